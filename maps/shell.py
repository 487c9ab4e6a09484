"""The shell of the grid worker's page: what a phone keeps to open it without a network."""

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Final

FILES: Final = (
    "field.css", "field.js", "field_ask.js", "field_here.js", "field_keep.js", "field_list.js",
    "field_map.js", "field_mine.js", "field_outbox.js", "field_photo.js", "field_report.js",
    "field_sheets.js", "field_task.js", "field_tasks.js", "basemap.js", "field-192.png",
    "vendor/leaflet/dist/leaflet.js", "vendor/leaflet/dist/leaflet.css",
)  # fmt: skip
"""Below ``maps/static``; the page itself and the word of the base map come besides."""

PAGE: Final = "/field"
_KEPT: Final = "/field/shell"
"""The page as a phone keeps it, without anybody's tasks."""
_BASE: Final = "/tiles/base.js"
_PACKED_READER: Final = "vendor/protomaps-leaflet/dist/protomaps-leaflet.js"


@cache
def service_worker(base: str, *, packed: bool) -> str:
    """Give the service worker; it changes when a file of the shell does, and only then.

    Parameters
    ----------
    base
        What pages are told of the base map: with another one, phones fetch the shell anew.
    packed
        Whether it is of packed tiles, whose reader then belongs to the shell.
    """
    names = (*FILES, _PACKED_READER) if packed else FILES
    static = files("maps") / "static"
    digest = hashlib.sha256((static / "field.html").read_bytes() + base.encode())
    for name in names:
        digest.update((static / name).read_bytes())
    shell = [_KEPT, _BASE, *(f"/static/{name}" for name in names)]
    worker = (static / "field_worker.js").read_text(encoding="utf-8")
    digest.update(worker.encode())
    head = {"version": digest.hexdigest()[:16], "page": PAGE, "kept": _KEPT, "files": shell}
    return f"const SHELL = {json.dumps(head)};\n{worker}"


def page_with(first: str) -> str:
    """Give the page with the first list in it, so that it is drawn without a further request.

    Parameters
    ----------
    first
        JSON of ``session`` and ``tasks``, as ``/api/session`` and ``/api/field/tasks`` give them.
    """
    # Nothing in it ends the element: in JSON the sign may be written by its number.
    data = first.replace("<", r"\u003c")
    block = f'<script type="application/json" id="first">{data}</script>\n</body>'
    text = (files("maps") / "static" / "field.html").read_text(encoding="utf-8")
    return text.replace("</body>", block)


def manifest() -> str:
    """Give the web app manifest, by which a phone installs the page."""
    icons = [
        {"src": f"/static/field-{n}.png", "sizes": f"{n}x{n}", "type": "image/png"}
        for n in (192, 512)
    ]
    app = {
        "id": PAGE, "name": "网格现场", "short_name": "网格", "lang": "zh-CN", "start_url": PAGE,
        "scope": PAGE, "display": "standalone", "background_color": "#ffffff",
        "theme_color": "#0b4f9e", "icons": icons,
    }  # fmt: skip
    return json.dumps(app, ensure_ascii=False)
