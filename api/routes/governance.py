"""治理类名单, 民生指数 and 整改成效: what is proposed and decided, and what it brought."""

import secrets
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from api.admission import TheCaller
from api.answers import answer
from api.desk import Desk, TheDesk
from api.routes.hotspots import Asked
from appeals.database import Connection, reading, writing
from hotspots.governance.rules import Rules, read_rules
from hotspots.governance.store import MOST_WORDS, Act, Decision, decide
from hotspots.livelihood.scale import read_scale
from hotspots.lots import draw_lot
from hotspots.remedies.store import Remedy, add_remedies, withdraw
from maps.governance import headline, history_of, list_of, standing_of
from maps.livelihood import index_of, indexed
from maps.remedies import check_remedy, remedies_of

router = APIRouter(prefix="/api", tags=["governance"])

Level = Literal["street", "community"]
TheQuestion = Annotated[Asked, Depends()]
Words = Annotated[str, Field(min_length=1, max_length=MOST_WORDS)]
MONTH = r"^[12]\d{3}-(0[1-9]|1[0-2])$"


class Deciding(BaseModel):
    """What a person decides of one place, and signs."""

    model_config = ConfigDict(extra="forbid")
    level: Level
    code: str = Field(min_length=1, max_length=40)
    month: str = Field(pattern=MONTH)
    category: str = Field(default="", max_length=200)
    act: Act = Field(description="enter, stay, leave; pass: proposed, and decided otherwise")
    who: Words
    reason: Words


class Remedying(BaseModel):
    """What was done at some places in one go."""

    model_config = ConfigDict(extra="forbid")
    batch: Words
    level: Literal["district", "street", "community", "grid"]
    codes: list[Annotated[str, Field(min_length=1, max_length=40)]] = Field(
        min_length=1, max_length=500
    )
    category: str = Field(default="", max_length=200)
    trigger_month: str = Field(pattern=MONTH, description="the month that set it off")
    started_on: date
    what: Words
    who: Words
    begin: int | None = Field(
        default=None,
        ge=1,
        description="that many places, drawn by lot, begin and the others wait; none: all begin",
    )


class Withdrawing(BaseModel):
    """Which batch was entered in error, and who says so."""

    model_config = ConfigDict(extra="forbid")
    batch: Words
    who: Words


def _rules(desk: Desk) -> Rules:
    return read_rules(desk.settings.hotspots.governance)


def _list(connection: Connection, desk: Desk, wanted: Asked, level: str) -> dict[str, object]:
    asked = headline(connection, wanted.of(connection, desk, level))
    rules = _rules(desk)
    standing = standing_of(connection, asked, rules)
    return list_of(standing, rules, history_of(connection, asked), desk.zone)


@router.get("/governance", summary="Places under governance and those proposed")
def governance(desk: TheDesk, wanted: TheQuestion, level: Level = "street") -> Response:
    """Give parts, scores, proposals and decisions of a level, in 派单口径 where it is known."""
    with reading(desk.engine) as connection:
        return answer(_list(connection, desk, wanted, level))


@router.get("/livelihood", summary="民生指数 of the places of a level, with its parts")
def livelihood(
    desk: TheDesk,
    wanted: TheQuestion,
    level: Literal["district", "street", "community"] = "street",
) -> Response:
    """Give index, parts and scale, in 派单口径 where it is known."""
    scale = read_scale(desk.settings.hotspots.index)
    with reading(desk.engine) as connection:
        asked = headline(connection, wanted.of(connection, desk, level))
        return answer(index_of(indexed(connection, asked, scale), asked, scale))


@router.post("/governance", summary="Decide on one place")
def deciding(desk: TheDesk, caller: TheCaller, said: Deciding) -> Response:
    """Write what a person decides with the figures seen; 409 where it does not fit the list."""
    wanted = Asked(said.month, said.category or None, "lies", None)
    with writing(desk.engine) as connection:
        asked = headline(connection, wanted.of(connection, desk, said.level))
        standing = standing_of(connection, asked, _rules(desk))
        parts = standing.parts_of(said.code)
        decision = Decision(
            said.level,
            said.code,
            said.category,
            said.month,
            said.act,
            standing.proposal_of(said.code),
            parts,
            caller.said_by(said.who),
            said.reason,
            desk.clock(),
        )
        decide(connection, decision)
    return answer({"code": said.code, "act": said.act})


@router.get("/remedies", summary="Remedies and whether they worked")
def remedies(desk: TheDesk) -> Response:
    """Judge every batch by the months after it."""
    with reading(desk.engine) as connection:
        return answer({"items": remedies_of(connection, desk.office)})


@router.post("/remedies", summary="Enter a batch of remedies")
def remedying(desk: TheDesk, caller: TheCaller, said: Remedying) -> Response:
    """Write what is done at some places, and who waits; 409 where the batch is of another kind."""
    who = caller.said_by(said.who)
    codes = sorted(set(said.codes))
    lot = None if said.begin is None else secrets.token_hex(8)
    begin = set(codes) if said.begin is None or lot is None else draw_lot(codes, said.begin, lot)
    each = [
        Remedy(
            said.batch.strip(), said.level, code, said.category, said.trigger_month,
            said.started_on, said.what, who, desk.clock(), lot, code not in begin,
        )
        for code in codes
    ]  # fmt: skip
    with writing(desk.engine) as connection:
        for one in each:
            check_remedy(connection, one, desk.office)
        add_remedies(connection, each)
    waits = [one.code for one in each if one.waits]
    return answer({"batch": said.batch.strip(), "places": len(each), "lot": lot, "waits": waits})


@router.post("/remedies/withdraw", summary="Take a batch of remedies back")
def withdrawing(desk: TheDesk, caller: TheCaller, said: Withdrawing) -> Response:
    """Withdraw a batch that was entered in error; 404 where there is none."""
    with writing(desk.engine) as connection:
        withdraw(connection, said.batch.strip(), caller.said_by(said.who), desk.clock())
    return answer({"batch": said.batch.strip()})
