"""The grid worker's page, and what installs it on a phone."""

import gzip

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.admission import TheCaller
from api.answers import encode, squeezed
from api.desk import TheDesk
from api.routes.casework import TheRules
from api.routes.login import session_of
from api.routes.tiles import base_of, base_script
from api.tasks import list_tasks
from maps.sheet import static_page
from maps.shell import manifest, page_with, service_worker

router = APIRouter(prefix="/field", include_in_schema=False)

_FRESH = {"Cache-Control": "no-cache"}
_LEVEL = 1  # of gzip: a list of 200 in a millisecond or two, in a tenth of its size


@router.get("")
def page(desk: TheDesk, caller: TheCaller, rules: TheRules, request: Request) -> Response:
    """Give the page with the first list in it: that needs no second question."""
    first = {"session": session_of(desk, caller), "tasks": list_tasks(desk, caller, rules)}
    packed = gzip.compress(page_with(encode(first).decode()).encode(), _LEVEL)
    headers = {"Cache-Control": "no-store"}
    return squeezed(request, packed, media_type="text/html; charset=utf-8", headers=headers)


@router.get("/shell")
def shell() -> Response:
    """Give the page without anybody's tasks: a phone may keep it."""
    return HTMLResponse(static_page("field"), headers=_FRESH)


@router.get("/sw.js")
def worker(desk: TheDesk, request: Request) -> Response:
    """Give the service worker, which may answer for the page above it."""
    base = base_of(request)
    script = service_worker(base_script(base, desk), packed=base.kind == "pmtiles")
    headers = _FRESH | {"Service-Worker-Allowed": "/field"}
    return Response(script, media_type="text/javascript; charset=utf-8", headers=headers)


@router.get("/manifest.webmanifest")
def installable() -> Response:
    """Give the web app manifest."""
    return Response(manifest(), media_type="application/manifest+json", headers=_FRESH)
