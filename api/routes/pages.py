"""The pages: the duty desk, and the hot-spot map that is one file."""

import threading
from importlib import resources
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from alerts.store import positions, read_alerts
from api.desk import Desk, TheDesk, TheViewer
from api.guard import PAGE_POLICY
from appeals.database import Connection, reading
from appeals.privacy import Viewer
from grids.store import newest_serial
from maps.atlas import Question, layer_of, newest_month, table_of
from maps.layers import alert_layer
from maps.marks import alert_items
from maps.page import hotspot_page
from maps.sheet import LevelSheet, Sheet

router = APIRouter(include_in_schema=False)

_MOST_ALERTS: Final = 500
_EMPTY: Final = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>诉求热点</title>'
    "<p>尚无诉求数据。</p></html>"
)

State = tuple[int, int, str]


class PageCache:
    """The newest page and the state of the data that it shows; made once for many readers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: State | None = None
        self._page = ""

    def get(self, desk: Desk, viewer: Viewer) -> str:
        """Give the page of the present data; whoever comes while it is made waits for it."""
        with self._lock, reading(desk.engine) as connection:
            state = newest_serial(connection), positions(connection)[1], desk.today.isoformat()
            if state != self._state:
                self._page = _hotspot_page(desk, viewer, connection)
                self._state = state
            return self._page


@router.get("/")
def desk_page() -> Response:
    """Give the duty desk; its script asks for everything else."""
    page = resources.files("maps") / "static" / "index.html"
    return HTMLResponse(page.read_text(encoding="utf-8"), headers={"Cache-Control": "no-cache"})


@router.get("/hotspots")
def hotspots_page(request: Request, desk: TheDesk, viewer: TheViewer) -> Response:
    """Give the map of hot spots and alerts, the same file that can be handed on."""
    cache: PageCache = request.app.state.pages
    headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-cache"}
    return HTMLResponse(cache.get(desk, viewer), headers=headers)


def _hotspot_page(desk: Desk, viewer: Viewer, connection: Connection) -> str:
    start = desk.settings.period.month_start
    month = newest_month(connection, start)
    if month is None:
        return _EMPTY
    levels = []
    for level in ("street", "community"):
        table = table_of(connection, Question(level, *month, month_start=start))
        levels.append(LevelSheet(layer_of(connection, table), table))
    found = read_alerts(connection, viewer, limit=_MOST_ALERTS)
    items = alert_items(found, desk.units(connection))
    marks = alert_layer(items)
    return hotspot_page(
        Sheet(
            jurisdiction=desk.settings.jurisdiction.name,
            made_at=desk.clock().astimezone(desk.zone),
            levels=levels,
            alerts=marks,
            alerts_without_point=len(items) - len(marks),
            demo=desk.settings.demo,
        )
    )
