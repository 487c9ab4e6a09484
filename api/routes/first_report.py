"""突发事件信息报告 of an alert, as a file that the office edits and sends on."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Response

from alerts.duty.store import read_contact
from alerts.evidence.store import appeal_places
from alerts.response.store import read_moves
from alerts.store import read_alert
from api.admission import TheCaller
from api.answers import sends
from api.cursor import Number
from api.desk import TheDesk
from appeals.database import reading
from appeals.people.store import read_people
from maps.first_report import Kind, Occasion, paper_of
from maps.report.write import write_report

router = APIRouter(prefix="/api", tags=["alerts"])

_TYPES: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


@router.get(
    "/alerts/{alert_id}/report",
    summary="突发事件信息报告: 首报, 续报, 终报",
    responses=sends(*_TYPES.values()),
)
def report(
    desk: TheDesk,
    caller: TheCaller,
    alert_id: Number,
    kind: Kind = "first",
    since: Annotated[int, Query(ge=0, le=10**6, description="last move reported before")] = 0,
    part: Annotated[int, Query(ge=1, le=99, description="which 续报")] = 1,
    form: Annotated[Literal["docx", "pdf"], Query(alias="format")] = "docx",
) -> Response:
    """Give the report; what nobody knows reads 待核实."""
    with reading(desk.engine) as connection:
        alert = read_alert(connection, caller.viewer, alert_id)
        places = appeal_places(connection, alert["appeals"])
        names = {one.login: one.name for one in read_people(connection)}
        moves = [
            replace(made, who=names.get(made.who, made.who))
            for made in read_moves(connection, alert_id)
        ]
        login = caller.person.login if caller.person else ""
        contact = read_contact(connection, login) if login else None
    person = caller.person.name if caller.person else "值班员"
    occasion = Occasion(
        kind=kind,
        since=since,
        part=part,
        office=f"{desk.city}诉求值班室",
        reporter=person,
        phone=contact.phone if contact else "",
        made_at=desk.clock().astimezone(desk.zone),
    )
    paper = paper_of(alert, list(places["received_at"].dt.to_pydatetime()), moves, occasion)
    name = f"alert-{alert_id}-{kind}.{form}"
    with TemporaryDirectory(prefix="wangge-") as folder:
        file = Path(folder) / name
        write_report(paper, file)
        content = file.read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=_TYPES[form], headers=headers)
