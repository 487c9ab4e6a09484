"""风险提示: the list, one alert with its evidence, and what the desk says of it."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from alerts.replays.store import newest_replay
from alerts.response.act import Said, verify
from alerts.response.act import undo as undo_judging
from alerts.response.moves import Move
from alerts.store import read_alert, read_alerts
from alerts.verdicts.moves import Verdict
from alerts.verdicts.store import MOST_WORDS
from api.admission import TheCaller
from api.answers import answer, in_zone
from api.cursor import Number, read_cursor, write_cursor
from api.desk import TheDesk, TheViewer
from api.routes.response import TheRouting
from api.whole_alert import whole_alert
from appeals.database import reading, writing
from maps.marks import alert_items

router = APIRouter(prefix="/api", tags=["alerts"])


class Undoing(BaseModel):
    """Who takes a verdict back, and why."""

    model_config = ConfigDict(extra="forbid")
    who: str = Field(min_length=1, max_length=MOST_WORDS, description="a person or a post")
    reason: str = Field(default="", max_length=MOST_WORDS, description="why")


class Judging(Undoing):
    """What the desk says of an alert."""

    verdict: Verdict = Field(description="属实, 不属实, 已知（在办）")
    days: int | None = Field(
        default=None, ge=1, le=366, description="term of what is known; else the settings' days"
    )


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


@router.get("/backtest", summary="Tables of the last replay")
def backtest(desk: TheDesk) -> Response:
    """Give what the last `wangge backtest` found, ``replay`` null where there was none."""
    with reading(desk.engine) as connection:
        found = newest_replay(connection)
    names = {"jurisdiction": desk.settings.jurisdiction.name, "demo": desk.settings.demo}
    return answer(names | {"replay": None if found is None else in_zone(found, desk.zone)})


@router.get("/alerts/{alert_id}", summary="One alert with its evidence")
def alert(desk: TheDesk, caller: TheCaller, alert_id: Number) -> Response:
    """Give one alert, its signals and appeals, all that was done, and what the caller may do."""
    with reading(desk.engine) as connection:
        return answer(whole_alert(connection, desk, caller, alert_id))


@router.post("/alerts/{alert_id}/verdict", summary="Judge one alert")
def verdict(
    desk: TheDesk, caller: TheCaller, routing: TheRouting, alert_id: Number, said: Judging
) -> Response:
    """Say of an alert that it is true, not true, or known; 409 where it was judged already."""
    term = timedelta(days=said.days or desk.settings.alerts.known_days)
    own = Said(caller.said_by(said.who), desk.clock(), said.reason)
    with writing(desk.engine) as connection:
        read_alert(connection, caller.viewer, alert_id)
        verify(connection, alert_id, said.verdict, own, routing, term=term, move=Move.JUDGE)
        return answer(whole_alert(connection, desk, caller, alert_id))


@router.post("/alerts/{alert_id}/undo-verdict", summary="Take the verdict on an alert back")
def undo(
    desk: TheDesk, caller: TheCaller, routing: TheRouting, alert_id: Number, said: Undoing
) -> Response:
    """Undo a verdict, and with it what it taught; 409 where none is in force."""
    own = Said(caller.said_by(said.who), desk.clock(), said.reason)
    with writing(desk.engine) as connection:
        read_alert(connection, caller.viewer, alert_id)
        undo_judging(connection, alert_id, own, routing)
        return answer(whole_alert(connection, desk, caller, alert_id))
