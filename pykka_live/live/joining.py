"""A join, seen from the view: the request that brings a socket to it, and what it finds when it
arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import View

from pykka_live.actors import Fenced, Killed, check_fence
from pykka_live.actors._errors import describe
from pykka_live.exceptions import JoinRefused, MountFailed
from pykka_live.live.embedding import call_embedded
from pykka_live.live.page import adoptions, dotted_name, mount
from pykka_live.live.page_components import ComponentAdoption, adopt_components
from pykka_live.live.pubsub import hub
from pykka_live.live.request import Handshake, LiveRequest, respond
from pykka_live.live.stage import Stage
from pykka_live.live.talking import Mail, PagePlace
from pykka_live.live.token import PageToken
from pykka_live.live.user_code import call
from pykka_live.live.view import LiveView
from pykka_live.logs import own_logger

if TYPE_CHECKING:
    from pykka_live.live.record import ComponentRecord, ViewRecord
    from pykka_live.vdom import Element

logger = own_logger(__name__)


class Join:
    """One attempt of a socket to reach its view.

    Args:
        token: the page's.
        path: where the view's actor lives.
        living: the view, if it is up already; it then only gets the new request.
        csrf_token: that of the live session, if it has one already.

    Attributes:
        view: the view that was reached, mounted or adopted; None before `run`.
        stage: its surroundings.
        picture: what the page shows, if the view was adopted.
        is_current: whether that is what the view would show now.
        mail: what it has sent before it was live.
    """

    def __init__(
        self, token: PageToken, path: str, living: LiveView | None, csrf_token: str | None
    ) -> None:
        self._token = token
        self._path = path
        self._living = living
        self._csrf_token = csrf_token
        self._refused: JoinRefused | None = None
        self._failure: BaseException | None = None
        self._has_entered = False
        self.view: LiveView | None = None
        self.stage: Stage | None = None
        self.picture: Element | None = None
        self.is_current = False
        self.mail: list[Mail] = []
        self._components: tuple[ComponentAdoption, ...] = ()

    def run(self, handshake: Handshake) -> tuple[LiveView, Stage]:
        """Send the join's request through the project to the view.

        Raises:
            JoinRefused: if the project, or the view, answered otherwise.
            MountFailed: if `mount` raised; the cause is chained.
        """
        request = LiveRequest(handshake, self._token.path, self._token.query, self)
        try:
            response = respond(request)
        except (Fenced, Killed):
            raise
        except BaseException as error:
            raise MountFailed(describe(error)) from error
        finally:
            request.join = None  # what the view keeps must not keep this
        if self._refused is not None:
            raise self._refused
        if self.view is not None and self.stage is not None and response.status_code == 204:
            if self._living is not None:
                # Not its own setup, which may set state: this is the same view on another request.
                arrived = self.view
                View.setup(self._living, arrived.request, *arrived.args, **arrived.kwargs)
                self.view = self._living
            return self.view, self.stage
        if response.status_code >= 500:
            failure = self._failure
            raise MountFailed(describe(failure) if failure else response.reason_phrase) from failure
        if 300 <= response.status_code < 400 and response.has_header("Location"):
            raise JoinRefused(
                "redirect", "the page has moved", response.status_code, response["Location"]
            )
        raise JoinRefused("denied", response.reason_phrase, response.status_code)

    def arrive(self, view: LiveView) -> HttpResponseBase:
        """Take the instance that Django made for this request: adopt, mount, or hand its request to
        the living view. A page that only holds the view lets the join through to it."""
        if self._token.arguments is not None and not view._live_embedded:
            return self.enter(view.request)
        try:
            self._token.check_owner(view.request)
            if dotted_name(type(view)) != self._token.view:
                raise JoinRefused(
                    "bad_token", "another view has this address now; load the page again"
                )
            answer = None
            if self._living is None:
                view._live_path = self._path
                view._live_place = place = PagePlace()
                self.mail = place.mail
                answer = None if self._adopt(view) else mount(view)
                check_fence()  # what was given up saves and commits nothing
            if isinstance(answer, HttpResponseBase):
                return answer
            self.stage = Stage.of(view, self._csrf_token)
        except JoinRefused as refused:
            self._refused = refused
            return HttpResponse(status=403)
        self.view = view
        return HttpResponse(status=204)

    def may_enter(self, request: HttpRequest) -> bool:
        """Tell whether the page is an ordinary one that holds the view. A live view that holds it
        lets the join through by itself."""
        page = getattr(getattr(request.resolver_match, "func", None), "view_class", None)
        is_live = isinstance(page, type) and issubclass(page, LiveView)
        return self._token.arguments is not None and not self._has_entered and not is_live

    def enter(self, request: HttpRequest) -> HttpResponseBase:
        """Go on to the view that the page holds, which has let the request through."""
        self._has_entered = True
        try:
            return call_embedded(self._token, request)
        except JoinRefused as refused:
            self._refused = refused
            return HttpResponse(status=403)

    def fail(self, error: Exception) -> bool:
        """Note what was raised on the way to the view, or in it. Returns whether it fails the
        actor, which logs it."""
        self._failure = error
        return self._living is None

    def _adopt(self, view: LiveView) -> bool:
        adoption = adoptions.take(self._token.view_id)
        if adoption is None:
            return False
        if adoption.topics and not hub.adopt(self._path, adoption.topics, adoption.version):
            return False  # the page has missed something
        bare = dict(vars(view))
        try:
            adoption.state.restore(view)
            call(view.on_restore)
        except (Fenced, Killed):
            raise
        except BaseException:
            logger.exception("%s could not be adopted and is mounted again", self._token.view)
            vars(view).clear()
            vars(view).update(bare)
            return False
        self.picture = adoption.picture
        # Whoever makes something anew may have changed what is seen.
        self.is_current = type(view).on_restore is LiveView.on_restore
        self._csrf_token = adoption.csrf_token
        self._components = adoption.components
        self.mail += adoption.mail
        return True

    def components(self, record: ViewRecord) -> dict[str, ComponentRecord]:
        """Return the records of the components that the page has left."""
        return adopt_components(self._components, record)
