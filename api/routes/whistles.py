"""吹哨报到: a street calls bureaus, they come and report back, and the street lets them go."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from alerts.store import read_alert
from alerts.verdicts.store import MOST_WORDS
from alerts.whistle.act import Blown, draft_whistle, make_act
from alerts.whistle.causes import Causes
from alerts.whistle.moves import Act, Stage, Whistle
from alerts.whistle.rates import whistle_rates
from alerts.whistle.store import (
    appeals_by_street,
    read_whistle,
    read_whistles,
    steps_of,
)
from api.admission import Caller, TheCaller
from api.alert_moves import Soon
from api.answers import answer
from api.cursor import BIGGEST, Number
from api.desk import Desk, TheDesk
from api.move_routes import add_route
from api.move_row import Row
from api.routes.response import TheRouting
from api.whole_whistle import is_own, sees, whistle_item, whole_whistle
from appeals.database import Connection, reading, writing
from appeals.errors import InputError, NotAllowed, NotFound
from appeals.privacy import redact
from grids.units.store import unit_names

router = APIRouter(prefix="/api/whistles", tags=["whistles"])

Words = Annotated[str, Field(max_length=MOST_WORDS)]
Bureau = Annotated[str, Field(min_length=1, max_length=40)]

_OF_STREET = frozenset(
    {Act.APPROVE, Act.REFUSE, Act.BLOW, Act.END, Act.VETO, Act.WITHDRAW, Act.RATE}
)


def _causes(request: Request) -> Causes:
    causes: Causes = request.app.state.causes
    return causes


TheCauses = Annotated[Causes, Depends(_causes)]


class Acting(BaseModel):
    """Who makes a move, with which words, having seen which move last."""

    model_config = ConfigDict(extra="forbid")
    who: str = Field(min_length=1, max_length=100, description="used where nobody signs in")
    words: Words = ""
    seen: int | None = Field(default=None, ge=0, description="number of the last move seen")

    def detail(self) -> Mapping[str, Any]:
        """Give what belongs to this kind of move."""
        return {}


class OfBureau(Acting):
    """A move of one bureau."""

    bureau: Bureau


class ReportingIn(OfBureau):
    """报到签到 with the place."""

    place: str = Field(default="", max_length=100)
    lon: float | None = Field(default=None, ge=-180, le=180)
    lat: float | None = Field(default=None, ge=-90, le=90)

    def detail(self) -> Mapping[str, Any]:
        """Give where."""
        return {"place": redact(self.place), "lon": self.lon, "lat": self.lat}


class Allotting(Acting):
    """分哨: bureaus that are called beside those of the draft."""

    bureaus: list[Bureau] = Field(min_length=1, max_length=20)

    def detail(self) -> Mapping[str, Any]:
        """Give the bureaus."""
        return {"bureaus": list(dict.fromkeys(self.bureaus))}


class Rating(OfBureau):
    """考核 of one bureau by the street."""

    rating: Literal["good", "fair", "poor"] = Field(description="满意, 基本满意, 不满意")

    def detail(self) -> Mapping[str, Any]:
        """Give the rating."""
        return {"rating": self.rating}


class Drafting(Allotting):
    """拟哨."""

    cause: str = Field(min_length=1, max_length=40, description="key of the table of causes")
    street: str = Field(min_length=1, max_length=60, description="code of the unit that blows")
    alert_id: int | None = Field(default=None, ge=1, le=BIGGEST)
    tried: Words = Field(default="", description="what was tried already")
    ask: Words = Field(default="", description="what the bureaus are asked to do")
    place: str = Field(default="", max_length=100)
    agreed_at: Soon | None = Field(default=None, description="agreed time on site")

    def detail(self) -> Mapping[str, Any]:
        """Give the draft."""
        agreed = self.agreed_at.isoformat() if self.agreed_at else None
        texts = {name: redact(getattr(self, name)) for name in ("tried", "ask", "place")}
        return {**super().detail(), **texts, "agreed_at": agreed}


@router.get("", summary="Whistles, the newest first")
def whistles(desk: TheDesk, caller: TheCaller, causes: TheCauses) -> Response:
    """Give the whistles that the caller sees, the causes, and the streets they draft for."""
    with reading(desk.engine) as connection:
        found = [one for one in read_whistles(connection) if sees(connection, caller, one)]
        steps = steps_of(connection, [one.whistle_id for one in found])
        items = [whistle_item(desk, caller, one, steps[one.whistle_id], causes) for one in found]
        units = desk.units(connection).frame("street")
    own = [caller.open or int(one) in caller.viewer.area for one in units["unit_id"]]
    streets = units.loc[own, ["code", "name"]].to_dict("records")
    about = [asdict(one) for one in causes.values()]
    return answer({"items": items, "causes": about, "streets": streets})


@router.get("/rates", summary="吹哨率 by street and bureau")
def rates(
    desk: TheDesk, causes: TheCauses, days: Annotated[int, Query(ge=1, le=366)] = 30
) -> Response:
    """Give whistles a thousand appeals by street, and how often bureaus came in time."""
    now = desk.clock()
    since = now - timedelta(days=days)
    with reading(desk.engine) as connection:
        found = read_whistles(connection, since=since)
        steps = steps_of(connection, [one.whistle_id for one in found])
        appeals = appeals_by_street(connection, since)
    streets, bureaus = whistle_rates(found, steps, causes, appeals, now)
    return answer(
        {
            "days": days,
            "streets": [asdict(one) | {"per_thousand": one.per_thousand} for one in streets],
            "bureaus": [asdict(one) for one in bureaus],
        }
    )


@router.get("/{whistle_id}", summary="One whistle")
def whistle(desk: TheDesk, caller: TheCaller, causes: TheCauses, whistle_id: Number) -> Response:
    """Give one whistle with its bureaus, its moves, and what the caller may do."""
    with reading(desk.engine) as connection:
        return answer(whole_whistle(connection, desk, caller, causes, whistle_id))


@router.post("", summary="拟哨")
def draft(desk: TheDesk, caller: TheCaller, causes: TheCauses, said: Drafting) -> Response:
    """Draft a whistle of a street."""
    with writing(desk.engine) as connection:
        names = [one for one in unit_names(connection, said.street) if one.startswith("street:")]
        if len(names) != 1:
            raise InputError("street: there is no street of this code")
        boundaries = desk.units(connection)
        units = [boundaries.unit(one) for one in boundaries.coded(names[0].partition(":")[2])]
        name = next((one.name for one in units if one.level == "street"), said.street)
        made = Whistle(names[0], name, said.cause, Stage.DRAFTED, desk.clock(), said.alert_id)
        _refuse_other_street(connection, caller, made)
        if said.alert_id is not None:
            read_alert(connection, caller.viewer, said.alert_id)
        number = draft_whistle(connection, made, _blown(desk, caller, said), causes)
        return answer(whole_whistle(connection, desk, caller, causes, number), 201)


ROWS: Final[tuple[Row[Act, Acting], ...]] = (
    Row(
        Act.APPROVE,
        "审核通过",
        "Approve a draft, as the head of the street; not one's own.",
        Acting,
    ),
    Row(Act.REFUSE, "审核退回", "Give a draft back, with the reason.", Acting),
    Row(Act.BLOW, "吹哨", "Call the bureaus; their clocks begin.", Acting),
    Row(Act.ALLOT, "分哨", "Call further bureaus.", Allotting),
    Row(Act.ANSWER, "应哨", "Answer for a bureau.", OfBureau),
    Row(Act.REPORT_IN, "报到签到", "Report in on site, with place and time.", ReportingIn),
    Row(Act.HANDLE, "处置", "Say what is being done.", OfBureau),
    Row(Act.REPORT_BACK, "反馈", "Report back what was done.", OfBureau),
    Row(Act.END, "销哨", "Let the bureaus go; the street that blew alone may.", Acting),
    Row(Act.VETO, "不同意销哨", "Keep the bureaus on site, with the reason.", Acting),
    Row(Act.WITHDRAW, "撤回", "Take a whistle back before anybody is on site.", Acting),
    Row(Act.RATE, "考核", "Rate a bureau after the end, with the reason.", Rating),
    Row(
        Act.OBJECT,
        "异议",
        "Object to the rating, or to the whistle, as a bureau (双考核).",
        OfBureau,
    ),
)
"""Every move of a whistle that was drafted; rights stand in :mod:`api.move_rights`."""


def _handler(act: Act) -> Callable[..., Response]:
    def handle(
        desk: TheDesk,
        caller: TheCaller,
        causes: TheCauses,
        routing: TheRouting,
        whistle_id: Number,
        said: Acting,
    ) -> Response:
        bureau = said.bureau if isinstance(said, OfBureau) else ""
        with writing(desk.engine) as connection:
            own = read_whistle(connection, whistle_id)
            if not sees(connection, caller, own):
                raise NotFound(f"there is no whistle {whistle_id}")
            if act in _OF_STREET:
                _refuse_other_street(connection, caller, own)
            person = caller.person
            if bureau and act is not Act.RATE and person and bureau not in caller.viewer.duties:
                raise NotAllowed("this bureau is not yours to answer for")
            blown = _blown(desk, caller, said, bureau)
            make_act(connection, whistle_id, act, blown, causes, routing)
            return answer(whole_whistle(connection, desk, caller, causes, whistle_id))

    return handle


for _row in ROWS:
    add_route(router, "/{whistle_id}", _row, _handler(_row.move))


def _blown(desk: Desk, caller: Caller, body: Acting, bureau: str = "") -> Blown:
    return Blown(
        caller.said_by(body.who), desk.clock(), body.words, bureau, body.seen, body.detail()
    )


def _refuse_other_street(connection: Connection, caller: Caller, whistle: Whistle) -> None:
    if not caller.open and not is_own(connection, caller, whistle):
        raise NotAllowed("only the street that blows a whistle may do this")
