"""风险提示: the list, and one alert with its evidence."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from alerts.store import read_alert, read_alerts
from api.answers import answer
from api.cursor import read_cursor, write_cursor
from api.desk import TheDesk, TheViewer
from appeals.database import reading
from appeals.errors import NotFound

router = APIRouter(prefix="/api", tags=["alerts"])


@router.get("/alerts", summary="Alerts, the newest first")
def alerts(
    desk: TheDesk,
    viewer: TheViewer,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    after: Annotated[str | None, Query(max_length=200)] = None,
    state: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """Give a page of alerts; ``next`` is the cursor of the page that follows."""
    with reading(desk.engine) as connection:
        found = read_alerts(
            connection, viewer, state=state, after=read_cursor(after, int), limit=limit + 1
        )
    more = len(found) > limit
    items = found[:limit]
    following = write_cursor(int(str(items[-1]["id"]))) if more else None
    return answer({"items": items, "next": following})


@router.get("/alerts/{alert_id}", summary="One alert with its evidence")
def alert(desk: TheDesk, viewer: TheViewer, alert_id: Annotated[int, Path(ge=1)]) -> Response:
    """Give one alert, its signals and what it rests on."""
    with reading(desk.engine) as connection:
        found = read_alert(connection, viewer, alert_id)
    if found is None:
        raise NotFound("there is no such alert")
    return answer(found)
