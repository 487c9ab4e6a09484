"""What holds for every request: a body of bounded size, guarding headers, no error's own words."""

import logging
import traceback
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem, unforeseen

_LOG = logging.getLogger(__name__)

POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""Scripts are files of ours; map libraries set styles on elements, hence the inline style."""

PAGE_POLICY: Final = POLICY.replace("script-src", "script-src 'unsafe-inline'")
"""For the one page that carries its scripts within itself: it is also handed on as a file."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), payment=(), usb=()",
}


MOST_BYTES: Final = 16 * 1024 * 1024
"""A request with a larger body is refused before any of it is understood."""

_BODILESS: Final = ("GET", "HEAD", "OPTIONS")


class Guard:
    """Adds the headers to every answer, and lets no unforeseen error out and no huge body in.

    The headers are such that nothing is loaded from, framed by or told to another host. ASGI, so
    that streams flow.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and add the headers to its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        private = scope["path"].startswith(("/api/", "/ogc"))
        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if private:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            if scope["method"] not in _BODILESS:
                body = await _body(receive)
                if body is None:
                    words = f"the body is larger than {MOST_BYTES // 1024**2} MiB: send less"
                    await problem(413, words)(scope, receive, with_headers)
                    return
                receive = _replay(body, receive)
            await self._app(scope, receive, with_headers)
        except Exception as error:
            # Neither message nor values: they may hold what a citizen wrote. The server would log
            # both with the whole trace if the error went on.
            where = traceback.extract_tb(error.__traceback__)[-1]
            _LOG.error("%s at %s:%d", type(error).__name__, where.filename, where.lineno or 0)
            if not started:
                await unforeseen(Request(scope))(scope, receive, with_headers)


async def _body(receive: Receive) -> bytes | None:
    """Read the whole body; ``None`` where it is too large or breaks off."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None  # no answer reaches a caller who has gone
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
        size += len(parts[-1])
        if size > MOST_BYTES:
            return None
    return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
