"""The pages: the duty desk, and the hot-spot map that is one file."""

import threading
from datetime import date, datetime
from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from alerts.store import positions, read_alerts
from api.admission import Caller, TheCaller
from api.answers import answer
from api.cursor import Number
from api.desk import Desk, TheDesk
from api.guard import PAGE_POLICY
from appeals.database import Connection, reading
from appeals.people.roles import Right
from appeals.privacy import Role, Viewer
from grids.store import newest_serial
from maps.asking import Question, newest_month
from maps.atlas import layer_of, table_of
from maps.marks import alert_items
from maps.page import hotspot_page
from maps.sheet import LevelSheet, Sheet
from maps.sheet import desk_page as _desk_page
from maps.sheet import static_page

router = APIRouter(include_in_schema=False)

_ALL: Final = 1_000_000
_EMPTY: Final = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<title>诉求热点</title><link rel="icon" href="data:,">'
    '<body style="margin:24px;font:18px/1.6 sans-serif">'
    "<h1>诉求热点</h1><p>尚无诉求数据。导入诉求后，这里显示当月热点图。</p>"
    '<p><a href="/">返回值班台</a></p></html>'
)

State = tuple[int, int, str]


class PageCache:
    """The newest page and the state of the data that it shows; made once for many readers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: dict[bool, tuple[State, str]] = {}

    def get(self, desk: Desk, caller: Caller) -> str:
        """Give the page of the present data; whoever comes while it is made waits for it.

        Alerts stand on it for those who have a right to all of them.
        """
        told = Right.ALERTS in caller.rights and caller.viewer.role is not Role.STREET
        with self._lock, reading(desk.engine) as connection:
            state = newest_serial(connection), positions(connection)[1], desk.today.isoformat()
            if told not in self._pages or self._pages[told][0] != state:
                viewer = caller.viewer if told else None
                self._pages[told] = state, _hotspot_page(desk, viewer, connection)
            return self._pages[told][1]


@router.get("/")
def desk_page() -> Response:
    """Give the duty desk; its script asks for everything else."""
    return HTMLResponse(_desk_page(), headers={"Cache-Control": "no-cache"})


@router.get("/openapi.json")
def description(request: Request) -> Response:
    """Give the description of all routes below ``/api``."""
    app: FastAPI = request.app
    return answer(app.openapi())


@router.get("/alerts/backtest")
def backtest_page() -> Response:
    """Give the page of the last replay; its script asks for the tables."""
    return _page("backtest")


@router.get("/alerts")
def alerts_page() -> Response:
    """Give the page of all alerts; its script asks for them."""
    return _page("alerts")


@router.get("/alerts/{alert_id}")
def alert_page(alert_id: Number) -> Response:
    """Give the page of one alert; its script asks for it."""
    return _page("alert")


@router.get("/duty")
def duty_page() -> Response:
    """Give the page of rosters and of the log of the duty."""
    return _page("duty")


@router.get("/whistles")
def whistles_page() -> Response:
    """Give the page of all whistles."""
    return _page("whistles")


@router.get("/whistles/{whistle_id}")
def whistle_page(whistle_id: Number) -> Response:
    """Give the page of one whistle."""
    return _page("whistle")


def _page(name: str) -> Response:
    return HTMLResponse(static_page(name), headers={"Cache-Control": "no-cache"})


@router.get("/hotspots")
def hotspots_page(request: Request, desk: TheDesk, caller: TheCaller) -> Response:
    """Give the map of hot spots and alerts, the same file that can be handed on."""
    cache: PageCache = request.app.state.pages
    headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-cache"}
    return HTMLResponse(cache.get(desk, caller), headers=headers)


def _hotspot_page(desk: Desk, viewer: Viewer | None, connection: Connection) -> str:
    month = newest_month(connection, desk.office.reckoning)
    if month is None:
        return _EMPTY
    tables = [
        table_of(connection, Question(level, *month, office=desk.office))
        for level in ("street", "community", "district")
    ]
    # A level without units is not a level on which all appeals failed; districts only stand in.
    tables = [table for table in tables[:2] if len(table.rows)] or tables[2:]
    levels = [LevelSheet(layer_of(connection, table), table) for table in tables]
    this = levels[0].table.months.this

    def day(moment: datetime) -> date:
        return moment.astimezone(desk.zone).date()

    # Those that were alive in the month that the page is about.
    found = [
        alert
        for alert in (read_alerts(connection, viewer, limit=_ALL) if viewer else ())
        if day(alert["opened_at"]) <= this.last and day(alert["newest_at"]) >= this.first
    ]
    return hotspot_page(
        Sheet(
            jurisdiction=desk.settings.jurisdiction.name,
            made_at=desk.clock().astimezone(desk.zone),
            levels=levels,
            alerts=alert_items(found, desk.units(connection), desk.zone),
            demo=desk.settings.demo,
        )
    )
