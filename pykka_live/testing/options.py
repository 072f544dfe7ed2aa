"""What a test gives, checked: Django's client takes anything for a key of the WSGI environ, and
what is misspelt would say nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.test import Client
from django.test.client import RequestFactory
from django.utils.functional import Promise

_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def check_client_options(http: Any, options: Mapping[str, Any], own: Collection[str]) -> None:
    """Check what a `LiveClient` is made with.

    Args:
        http: Django's client, if one was given.
        options: what is for a new one.
        own: what `LiveClient` takes itself.

    Raises:
        TypeError: naming what is wrong, and what is allowed.
    """
    if http is not None and not isinstance(http, Client):
        raise TypeError(f"`http` must be a django.test.Client, not {http!r}")
    _check("LiveClient", options, own, (Client.__init__, RequestFactory.__init__))
    if http is not None and options:
        raise TypeError(
            f"LiveClient is given {', '.join(options)} and `http`: options are for a new client; "
            "give them to the one that you have"
        )


def check_flags(**flags: Any) -> None:
    """Raise TypeError for what is neither True nor False."""
    for name, value in flags.items():
        if not isinstance(value, bool):
            raise TypeError(f"`{name}` must be True or False, not {value!r}")


def check_request_options(path: Any, data: Any, extra: Mapping[str, Any]) -> None:
    """Check what is given for one request.

    Raises:
        TypeError: naming what is wrong, and what is allowed.
    """
    if not isinstance(path, str | Promise):
        raise TypeError(f"`path` must be a text such as '/counter/', not {path!r}")
    if isinstance(data, str | bytes):
        raise TypeError(f"`data` are the parameters of the query as a dictionary, not {data!r}")
    _check("get", extra, ("path", "data", "follow"), (Client.get,))


def written(text: Any) -> str:
    """Return what is typed for a value.

    Raises:
        TypeError: if it is None, which nobody types.
    """
    if text is None:
        raise TypeError("what is put into a field is a text or a number, not None; '' empties it")
    return str(text)


def _check(
    what: str,
    given: Mapping[str, Any],
    own: Collection[str],
    functions: Collection[Callable[..., Any]],
) -> None:
    named = [
        parameter.name
        for function in functions
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind in _NAMED and parameter.name not in ("self", *own)
    ]
    for name in given:
        is_of_environ = name == name.upper() or "." in name  # such as wsgi.url_scheme
        if name not in named and not is_of_environ:
            raise TypeError(
                f"{what} takes no {name!r}, but {', '.join([*own, *dict.fromkeys(named)])}, and "
                "keys of the WSGI environ such as REMOTE_ADDR"
            )
