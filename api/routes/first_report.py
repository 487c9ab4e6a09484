"""突发事件信息报告 of an alert, as a file that the office edits and sends on."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from alerts.duty.store import read_contact
from alerts.evidence.store import appeal_places
from alerts.response.moves import Made
from alerts.response.store import read_moves
from alerts.store import read_alert
from api.admission import TheCaller
from api.answers import sends
from api.cursor import Number
from api.desk import TheDesk
from api.paper_file import TYPES, paper_file
from appeals.database import Connection, reading
from appeals.people.store import read_people
from appeals.privacy import redact
from maps.first_report import Kind, Occasion, paper_of
from maps.notice_sheet import Sheet, sheet_of

router = APIRouter(prefix="/api", tags=["alerts"])


@router.get(
    "/alerts/{alert_id}/report",
    summary="突发事件信息报告: 首报, 续报, 终报",
    responses=sends(TYPES["docx"], TYPES["pdf"]),
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
        moves = _named_moves(connection, alert_id)
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
    return paper_file(paper, f"alert-{alert_id}-{kind}", form, caller, desk)


@router.get(
    "/alerts/{alert_id}/sheet",
    summary="《诉求风险提示单》, 抄告单",
    responses=sends(TYPES["docx"], TYPES["pdf"]),
)
def sheet(
    desk: TheDesk,
    caller: TheCaller,
    alert_id: Number,
    kind: Sheet = "sheet",
    to: Annotated[str, Query(max_length=60, description="主送; else the posts told")] = "",
    form: Annotated[Literal["docx", "pdf"], Query(alias="format")] = "docx",
) -> Response:
    """Give the sheet; a 抄告单 (``copy``) has a slip to be torn off and sent back."""
    with reading(desk.engine) as connection:
        alert = read_alert(connection, caller.viewer, alert_id)
        moves = _named_moves(connection, alert_id)
    now = desk.clock().astimezone(desk.zone)
    office = f"{desk.city}诉求值班室"
    paper = sheet_of(alert, moves, kind=kind, to=redact(to), office=office, made_at=now)
    return paper_file(paper, f"alert-{alert_id}-{kind}", form, caller, desk)


def _named_moves(connection: Connection, alert_id: int) -> list[Made]:
    """Give the moves of an alert, made by names in place of logins."""
    names = {one.login: one.name for one in read_people(connection)}
    return [
        replace(made, who=names.get(made.who, made.who))
        for made in read_moves(connection, alert_id)
    ]
