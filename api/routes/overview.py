"""The head of the duty desk: what came in on the newest day with data."""

from fastapi import APIRouter, Response

from alerts.store import count_open
from api.answers import answer
from api.desk import TheDesk
from appeals.database import reading
from grids.store import counted_days, day_summary

router = APIRouter(prefix="/api", tags=["overview"])


@router.get("/overview", summary="Figures of the newest local day with data")
def overview(desk: TheDesk) -> Response:
    """Give the day's totals; ``as_of`` is the moment of the answer, ``day`` the day counted."""
    with reading(desk.engine) as connection:
        days = counted_days(connection)
        summary = day_summary(connection, days[1]) if days is not None else None
        alerts_open = count_open(connection)
    return answer(
        {
            "demo": desk.settings.demo,
            "jurisdiction": desk.settings.jurisdiction.name,
            "as_of": desk.clock().astimezone(desk.zone),
            "day": days[1] if days is not None else None,
            "today": {
                "received": summary.received if summary else 0,
                "located": summary.located if summary else 0,
                "placed": summary.placed if summary else 0,
                "needs_confirm": summary.needs_confirm if summary else 0,
                "unlocated": summary.unlocated if summary else 0,
            },
            "streets": summary.streets if summary else 0,
            "alerts_open": alerts_open,
        }
    )
