"""The grid worker's page with what installs it on a phone; its scripts ask for everything else."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.desk import TheDesk
from api.routes.tiles import base_of, base_script
from maps.sheet import static_page
from maps.shell import manifest, service_worker

router = APIRouter(prefix="/field", include_in_schema=False)

_FRESH = {"Cache-Control": "no-cache"}


@router.get("")
def page() -> Response:
    """Give the page."""
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
