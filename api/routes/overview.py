"""The head of the duty desk: what came in on the newest day with data."""

from fastapi import APIRouter, Response

from api.answers import answer
from api.desk import TheDesk, TheViewer
from api.store import DayFigures, alert_figures, count_streets, day_figures
from appeals.database import reading
from grids.store import counted_days
from maps.asking import months_with_data, newest_month

router = APIRouter(prefix="/api", tags=["overview"])


@router.get("/overview", summary="Figures of the newest local day with data")
def overview(desk: TheDesk, viewer: TheViewer) -> Response:
    """Give the day's totals; ``as_of`` is the moment of the answer, ``day`` the day counted.

    Alerts are counted as far as the caller sees them, so that they are those of the list.
    """
    now = desk.clock().astimezone(desk.zone)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    with reading(desk.engine) as connection:
        days = counted_days(connection)
        figures = DayFigures() if days is None else day_figures(connection, days[1])
        streets = count_streets(connection, now.date())
        alerts = alert_figures(connection, viewer, midnight)
        months = months_with_data(connection, desk.office.reckoning)
        opened = newest_month(connection, desk.office.reckoning)
    return answer(
        {
            "demo": desk.settings.demo,
            "jurisdiction": desk.settings.jurisdiction.name,
            "as_of": now,
            "day": None if days is None else days[1],
            "today": figures,
            "streets": streets,
            "alerts_open": alerts.open,
            "alerts_historical": alerts.historical,
            "alerts_ended": alerts.ended,
            "alerts_over_budget": alerts.over_budget,
            "alerts_aside": alerts.aside,
            "months": [
                {"month": month, "first_day": span.first, "last_day": span.last}
                for month, span in months
            ],
            "month": None if opened is None else f"{opened[0]:04d}-{opened[1]:02d}",
        }
    )
