"""The ASGI application: pages over HTTP, live views over WebSockets."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "demo.settings")
http = get_asgi_application()  # loads the apps, so what needs them is imported below

from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler  # noqa: E402

from pykka_live.routing import websocket_urlpatterns, with_lifespan  # noqa: E402

if settings.DEBUG:
    # `runserver` serves static files by itself, uvicorn does not.
    # In production a web server or WhiteNoise does.
    http = ASGIStaticFilesHandler(http)

application = with_lifespan(
    ProtocolTypeRouter(
        {
            "http": http,
            "websocket": AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns)),
        }
    )
)
