"""The base map under the data of every page, always from this host."""

import threading
import urllib.request
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import FileResponse

from api.desk import Desk, TheDesk
from api.problems import problem
from maps.basemaps import Base, described, tile_address

router = APIRouter(prefix="/tiles", include_in_schema=False)

_TIMEOUT_S: Final = 5
_MOST_BYTES: Final = 2 * 1024 * 1024
_AT_ONCE = threading.BoundedSemaphore(8)  # a service that hangs holds no more handlers than this
_KEPT: Final = {"Cache-Control": "private, max-age=86400"}

Index = Annotated[int, Path(ge=0, le=2**24)]
Level = Annotated[int, Path(ge=0, le=24)]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


@router.get("/base.js")
def base(desk: TheDesk, request: Request) -> Response:
    """Say which base map there is, as a script, so that maps are made with it at once."""
    return Response(
        base_script(base_of(request), desk),
        media_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )


@router.get("/base.pmtiles")
def packed(request: Request) -> Response:
    """Give the office's own packed tiles, by ranges."""
    base = base_of(request)
    if base.kind != "pmtiles" or base.path is None:
        return problem(404, "the base map is not of packed tiles")
    return FileResponse(base.path, media_type="application/octet-stream", headers=_KEPT)


@router.get("/base/{layer}/{z}/{x}/{y}")
def tile(desk: TheDesk, request: Request, layer: str, z: Level, x: Index, y: Index) -> Response:
    """Pass on one tile of the service; 502 where it gives none."""
    base, box = base_of(request), desk.settings.jurisdiction.bounding_box
    address = tile_address(base, layer, z, x, y, box) if base.url else None
    if address is None:
        return problem(404, "there is no such tile in the jurisdiction")
    if not _AT_ONCE.acquire(timeout=_TIMEOUT_S):
        return problem(503, "the service of the base map is slow")
    try:
        found = _fetch(address)
    finally:
        _AT_ONCE.release()
    if found is None:
        return problem(502, "the service of the base map gives no tile")
    return Response(found[0], media_type=found[1], headers=_KEPT)


def base_of(request: Request) -> Base:
    """Give the base map of the site."""
    base: Base = request.app.state.base
    return base


def base_script(base: Base, desk: Desk) -> str:
    """Write what pages are told of the base map."""
    words = orjson.dumps(described(base, desk.settings.jurisdiction.bounding_box)).decode()
    return f"window.wangge = window.wangge || {{}};\nwindow.wangge.base = {words};\n"


def _fetch(address: str) -> tuple[bytes, str] | None:
    """Read a picture; its address, which may hold a key, is told to nobody."""
    asked = urllib.request.Request(address, headers={"Accept": "image/*", "User-Agent": "wangge"})
    try:
        with _OPENER.open(asked, timeout=_TIMEOUT_S) as answer:
            kind = answer.headers.get_content_type()
            body = answer.read(_MOST_BYTES + 1)
    except (OSError, ValueError):
        return None
    raster = kind.startswith("image/") and kind != "image/svg+xml"
    return (body, kind) if raster and len(body) <= _MOST_BYTES else None
