"""值班: who is on duty, gaps of the roster, the telephone list, and the log of the duty."""

import tempfile
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from alerts.duty.entries import log_lines
from alerts.duty.imports import import_roster
from alerts.duty.log import Entry
from alerts.duty.roster import AHEAD, SEAT_WORDS, Contact, Post, Seat, Shift, gaps, on_duty
from alerts.duty.store import (
    read_contacts,
    read_entries,
    read_posts,
    read_shifts,
    unanswered,
    write_entry,
)
from alerts.response.store import moves_between, open_alerts
from alerts.store import read_alert
from alerts.verdicts.store import MOST_WORDS
from alerts.whistle.store import steps_between
from api.admission import TheCaller
from api.alert_moves import Soon
from api.answers import answer, in_zone, sends
from api.cursor import BIGGEST
from api.desk import Desk, TheDesk
from api.problems import RESPONSES, problem
from appeals.audit.store import append_entry
from appeals.database import Connection, reading, writing
from appeals.errors import Conflict, NotFound
from appeals.people.store import read_people
from appeals.privacy import redact
from appeals.store import calendar
from maps.roster_form import roster_form

router = APIRouter(prefix="/api/duty", tags=["duty"])

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ANSWERS = {"done": "instruction", "take_over": "hand_over"}
"""Kinds of entries that answer one of another kind."""


@router.get("", summary="Who is on duty")
def duty(desk: TheDesk) -> Response:
    """Give the posts with who holds them now, the gaps of 72 hours, and the shifts ahead.

    ``years_without_holidays``: no holiday of this year, or of the one that comes in a month, is
    known, so that what is usual on such days is taken from other ones.
    """
    now = desk.clock()
    with reading(desk.engine) as connection:
        posts, people = read_posts(connection), read_contacts(connection)
        shifts = read_shifts(connection, now, now + timedelta(days=7))
        instructions = unanswered(connection, "instruction", "done")
        handovers = unanswered(connection, "hand_over", "take_over")
        waiting, known = open_alerts(connection), calendar(connection)
    found = gaps(posts, shifts, now, now + AHEAD)
    return answer(
        {
            "now": now.astimezone(desk.zone),
            "posts": [_post(one, shifts, people, now) for one in posts],
            "gaps": [in_zone(asdict(one), desk.zone) for one in found],
            "shifts": [_shift(one, people, desk) for one in shifts],
            "instructions": [_entry(one, desk, now) for one in instructions],
            "handovers": [_entry(one, desk, now) for one in handovers],
            "open_alerts": waiting,
            "years_without_holidays": known.missing_soon(desk.today),
        }
    )


@router.get("/log", summary="The log of a day on duty")
def log(
    desk: TheDesk,
    day: Annotated[
        date | None,
        Query(description="local; today without it", ge=date(1900, 1, 1), le=date(2999, 1, 1)),
    ] = None,
) -> Response:
    """Give what was written and what was done from midnight to midnight, the oldest first."""
    asked = day or desk.today
    begin = datetime.combine(asked, time(), desk.zone)
    end = datetime.combine(asked + timedelta(days=1), time(), desk.zone)
    with reading(desk.engine) as connection:
        lines = log_lines(
            read_entries(connection, begin, end),
            moves_between(connection, begin, end),
            steps_between(connection, begin, end),
            begin,
            end,
        )
        names = {one.login: one.name for one in read_people(connection)}
    rows = (
        asdict(one) | {"who": names.get(one.who, one.who), "words": redact(one.words)}
        for one in lines
    )
    items = [in_zone(row, desk.zone) for row in rows]
    return answer({"day": asked, "items": items})


class Writing(BaseModel):
    """An entry by hand."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["nil", "note", "instruction", "done", "hand_over", "take_over"]
    who: str = Field(min_length=1, max_length=100, description="used where nobody signs in")
    words: str = Field(default="", max_length=MOST_WORDS)
    post: str = Field(default="", max_length=100)
    leader: str = Field(default="", max_length=100, description="whose instruction it is")
    about: int | None = Field(
        default=None, ge=1, le=BIGGEST, description="the entry that it answers"
    )
    alert_id: int | None = Field(default=None, ge=1, le=BIGGEST)
    due_at: Soon | None = None


@router.post("/entries", summary="Write into the log", status_code=201)
def write(desk: TheDesk, caller: TheCaller, said: Writing) -> Response:
    """Write an entry: 零报告, 记事, 领导批示, 落实情况, 交班, 接班."""
    if said.kind not in ("nil", "take_over") and not said.words.strip():
        return problem(422, "words: write what it is about")
    if said.kind in ANSWERS and said.about is None:
        return problem(422, "about: name the entry that it answers")
    now, who = desk.clock(), caller.said_by(said.who)
    with writing(desk.engine) as connection:
        if said.alert_id is not None:
            read_alert(connection, caller.viewer, said.alert_id)
        if said.kind in ANSWERS:
            _refuse_strange_answer(connection, said, who)
        detail = {"leader": said.leader} if said.leader else {}
        entry = Entry(
            said.kind, now, who, said.words.strip(), said.post, said.about, said.alert_id,
            said.due_at, detail,
        )  # fmt: skip
        number = write_entry(connection, entry)
        subject = f"duty entry {number}"
        append_entry(connection, now=now, actor=who, act=f"log {said.kind}", subject=subject)
    return answer({"entry_id": number}, 201)


@router.get("/roster.xlsx", summary="An empty roster to fill in", responses=sends(_XLSX))
def form() -> Response:
    """Give a workbook with the columns, their choices, and what each means."""
    headers = {"Content-Disposition": 'attachment; filename="roster.xlsx"'}
    return Response(roster_form(), media_type=_XLSX, headers=headers)


@router.post(
    "/roster",
    summary="Bring in a roster",
    responses=RESPONSES,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                _XLSX: {},
                "text/csv": {},
            },
        }
    },
)
async def roster(desk: TheDesk, caller: TheCaller, request: Request) -> Response:
    """Bring in a roster from a workbook or CSV; where a row is wrong nothing is brought in."""
    body = await request.body()
    suffix = ".xlsx" if body[:2] == b"PK" else ".csv"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"roster{suffix}"
        path.write_bytes(body)
        with writing(desk.engine) as connection:
            table = import_roster(connection, path, desk.zone)
            if not table.faults:
                append_entry(
                    connection,
                    now=desk.clock(),
                    actor=caller.viewer.actor,
                    act="import roster",
                    subject="roster",
                    detail=f"{len(table.shifts)} shifts",
                )
    if table.faults:
        errors = [asdict(one) for one in table.faults]
        return problem(422, "the roster has rows that are wrong: none was taken", errors=errors)
    data = {"posts": len(table.posts), "people": len(table.contacts), "shifts": len(table.shifts)}
    return answer(data)


def _refuse_strange_answer(connection: Connection, said: Writing, who: str) -> None:
    """Let an answer be to something of its kind, and a hand-over be taken by somebody else."""
    asked = ANSWERS[said.kind]
    found = [one for one in unanswered(connection, asked, said.kind) if one.entry_id == said.about]
    if not found:
        raise NotFound(f"there is no open {asked} {said.about}")
    if said.kind == "take_over" and found[0].who == who:
        raise Conflict("who hands over does not take over: both sign")


def _post(
    post: Post, shifts: list[Shift], people: dict[str, Contact], now: datetime
) -> dict[str, object]:
    seats = {}
    for seat in Seat:
        person = people.get(on_duty(shifts, post.name, seat, now))
        if person is not None:
            seats[seat.value] = {"name": person.name, "phone": person.phone, "mail": person.mail}
    return {**asdict(post), "seats": seats}


def _shift(shift: Shift, people: dict[str, Contact], desk: Desk) -> dict[str, object]:
    row = asdict(shift) | {"word": SEAT_WORDS[shift.seat], "name": people[shift.person].name}
    return in_zone(row, desk.zone)


def _entry(entry: Entry, desk: Desk, now: datetime) -> dict[str, object]:
    row = asdict(entry) | {"words": redact(entry.words)}
    row |= {"late": entry.due_at is not None and now > entry.due_at}
    return in_zone(row, desk.zone)
