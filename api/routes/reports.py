"""日报告, 周分析, 月通报, 年体检 as files or as a page."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from api.answers import sends
from api.desk import TheDesk, TheViewer
from appeals.database import reading
from hotspots.periods import Step
from maps.report.gather import gather
from maps.report.papers import paper_of
from maps.report.write import write_report

router = APIRouter(prefix="/api", tags=["reports"])

Form = Literal["html", "docx", "xlsx", "pdf"]
_TYPES: dict[Form, str] = {
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@router.get(
    "/reports/{period}",
    summary="A report of the period in which a day lies",
    responses=sends(*_TYPES.values()),
)
def report(
    desk: TheDesk,
    viewer: TheViewer,
    period: Step,
    day: Annotated[
        date | None, Query(alias="date", description="a day in the period; yesterday without it")
    ] = None,
    form: Annotated[Form, Query(alias="format")] = "html",
    theme: Annotated[
        str | None, Query(max_length=200, description="class of a weekly analysis")
    ] = None,
) -> Response:
    """Give the report as a page or a file; every form says the same."""
    now = desk.clock().astimezone(desk.zone)
    with reading(desk.engine) as connection:
        facts = gather(
            connection,
            viewer,
            period,
            day or now.date() - timedelta(days=1),
            desk.office.reckoning,
            office=desk.city,
            now=now,
            demo=desk.settings.demo,
            theme=theme or None,
        )
    name = f"{period}-{facts.spans.whole.first}.{form}"
    with TemporaryDirectory(prefix="wangge-") as folder:
        file = Path(folder) / name
        write_report(paper_of(facts), file)
        content = file.read_bytes()
    headers = {} if form == "html" else {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=_TYPES[form], headers=headers)
