"""How many requests, how answered and how quickly: by route, never by what was asked for."""

import time

from prometheus_client import CollectorRegistry, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_NOWHERE = "none"


class Gauges:
    """The app's own registry: two apps in one process do not count for each other."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "rettidig_http_request_seconds",
            "How long requests took, by route, method and class of answer.",
            ("route", "method", "answer"),
            registry=self.registry,
            buckets=_SECONDS,
        )


class Timed:
    """Streams that last are timed until they begin to answer. *prefix*: of the API's routes."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app, self._prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def send_timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(scope, message["status"], time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, send_timed)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", _NOWHERE)
        if scope["path"].startswith(self._prefix):  # which a route does not know of itself
            route = self._prefix + route
        answer = f"{status // 100}xx"
        gauges: Gauges = scope["app"].state.gauges
        gauges.requests.labels(route, scope["method"], answer).observe(seconds)
