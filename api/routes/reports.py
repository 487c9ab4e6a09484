"""日报告, 周分析, 月通报, 年体检 as files or as a page."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.admission import TheCaller
from api.answers import sends
from api.desk import TheDesk
from api.paper_file import TYPES, PaperForm, paper_file
from appeals.database import reading
from hotspots.periods import Step
from maps.report.gather import gather
from maps.report.papers import paper_of

router = APIRouter(prefix="/api", tags=["reports"])


@router.get(
    "/reports/{period}",
    summary="A report of the period in which a day lies",
    responses=sends(*TYPES.values()),
)
def report(
    desk: TheDesk,
    caller: TheCaller,
    period: Step,
    day: Annotated[
        date | None, Query(alias="date", description="a day in the period; yesterday without it")
    ] = None,
    form: Annotated[PaperForm, Query(alias="format")] = "html",
    theme: Annotated[
        str | None, Query(max_length=200, description="class of a weekly analysis")
    ] = None,
) -> Response:
    """Give the report as a page or a file; every form says the same."""
    now = desk.clock().astimezone(desk.zone)
    with reading(desk.engine) as connection:
        facts = gather(
            connection,
            caller.viewer,
            period,
            day or now.date() - timedelta(days=1),
            desk.office.reckoning,
            office=desk.city,
            now=now,
            demo=desk.settings.demo,
            theme=theme or None,
        )
    return paper_file(paper_of(facts), f"{period}-{facts.spans.whole.first}", form, caller, desk)
