"""The review of hot spots: the page, and the same map as one file that can be handed on."""

import threading
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from alerts.store import positions, read_alerts
from api.admission import Caller, TheCaller
from api.desk import Desk, TheDesk
from api.guard import PAGE_POLICY
from api.routes.hotspots import Asked, Level
from appeals.database import Connection, reading
from appeals.people.roles import Right
from appeals.privacy import Reach, Viewer
from grids.store import newest_serial
from maps.answer import silent_of
from maps.asking import Question, newest_month
from maps.atlas import layer_of, table_of
from maps.marks import alert_items
from maps.page import hotspot_page
from maps.sheet import LevelSheet, Sheet, static_page

router = APIRouter(include_in_schema=False)

_ALL: Final = 1_000_000
_KEPT: Final = 16
_EMPTY: Final = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<title>诉求热点</title><link rel="icon" href="data:,">'
    '<body style="margin:24px;font:18px/1.6 sans-serif">'
    "<h1>诉求热点</h1><p>尚无诉求数据。导入诉求后，这里显示当月热点图。</p>"
    '<p><a href="/">返回值班台</a></p></html>'
)

State = tuple[int, int, str]
Key = tuple[bool, Question, bool]


class PageCache:
    """The newest files and the state of the data that they show; made once for many readers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: State | None = None
        self._pages: dict[Key, str] = {}

    def get(self, desk: Desk, caller: Caller, wanted: Asked, level: str | None) -> str:
        """Give the file of the present data; whoever comes while it is made waits for it.

        Alerts stand on it for those who have a right to all of them.
        """
        told = Right.ALERTS in caller.rights and caller.viewer.reach is Reach.ALL
        with self._lock, reading(desk.engine) as connection:
            state = newest_serial(connection), positions(connection)[1], desk.today.isoformat()
            if self._state != state:
                self._state, self._pages = state, {}
            if newest_month(connection, desk.office.reckoning) is None:
                return _EMPTY
            asked = wanted.of(connection, desk, level or "street")
            key = told, asked, level is None
            if key not in self._pages:
                if len(self._pages) >= _KEPT:
                    self._pages.pop(next(iter(self._pages)))
                viewer = caller.viewer if told else None
                levels = ("street", "community", "district") if level is None else (level,)
                self._pages[key] = _file(desk, viewer, connection, asked, levels)
            return self._pages[key]


@router.get("/hotspots")
def hotspots_page() -> Response:
    """Give the page of the officials' review; its script asks for everything else."""
    return HTMLResponse(static_page("hotspots"), headers={"Cache-Control": "no-cache"})


@router.get("/hotspots/file")
def hotspots_file(
    request: Request,
    desk: TheDesk,
    caller: TheCaller,
    wanted: Annotated[Asked, Depends()],
    level: Level | None = None,
) -> Response:
    """Give the map of hot spots and alerts as one file; streets and communities without a level."""
    cache: PageCache = request.app.state.pages
    headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-cache"}
    return HTMLResponse(cache.get(desk, caller, wanted, level), headers=headers)


def _file(
    desk: Desk,
    viewer: Viewer | None,
    connection: Connection,
    asked: Question,
    levels: tuple[str, ...],
) -> str:
    tables = [table_of(connection, replace(asked, level=level)) for level in levels]
    # A level without units is not a level on which all appeals failed; districts only stand in.
    tables = [table for table in tables[:2] if len(table.rows)] or tables[-1:]
    sheets = [LevelSheet(layer_of(connection, table), table) for table in tables]
    this = sheets[0].table.months.this

    def day(moment: datetime) -> date:
        return moment.astimezone(desk.zone).date()

    # Those that were alive in the month that the file is about.
    found = [
        alert
        for alert in (read_alerts(connection, viewer, limit=_ALL) if viewer else ())
        if day(alert["opened_at"]) <= this.last and day(alert["newest_at"]) >= this.first
    ]
    return hotspot_page(
        Sheet(
            jurisdiction=desk.settings.jurisdiction.name,
            made_at=desk.clock().astimezone(desk.zone),
            levels=sheets,
            alerts=alert_items(found, desk.units(connection), desk.zone),
            demo=desk.settings.demo,
            silent=silent_of(connection, tables[0], asked),
        )
    )
