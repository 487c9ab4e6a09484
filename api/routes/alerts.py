"""风险提示: the list, and one alert with its evidence."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from alerts.store import read_alert, read_alerts
from api.answers import answer
from api.cursor import Number, read_cursor, write_cursor
from api.desk import TheDesk, TheViewer
from appeals.database import reading
from maps.marks import alert_items, signal_items

router = APIRouter(prefix="/api", tags=["alerts"])


@router.get("/alerts", summary="Alerts, the newest first")
def alerts(
    desk: TheDesk,
    viewer: TheViewer,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Give a page of alerts; ``next`` is the cursor of the page that follows."""
    with reading(desk.engine) as connection:
        found = read_alerts(connection, viewer, before=read_cursor(after), limit=limit + 1)
        items = alert_items(found[:limit], desk.units(connection), desk.zone)
    following = write_cursor(found[limit - 1]["alert_id"]) if len(found) > limit else None
    return answer({"items": items, "next": following})


@router.get("/alerts/{alert_id}", summary="One alert with its evidence")
def alert(desk: TheDesk, viewer: TheViewer, alert_id: Number) -> Response:
    """Give one alert, its signals and the numbers of its appeals."""
    with reading(desk.engine) as connection:
        found = read_alert(connection, viewer, alert_id)
        item = alert_items([found], desk.units(connection), desk.zone)[0]
    return answer(item | {"signals": signal_items(found, desk.zone), "appeals": found["appeals"]})
