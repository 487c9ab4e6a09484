"""每月一题: what is nominated, and the topics chosen with their plan, three lists and moves."""

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from api.admission import TheCaller
from api.answers import answer
from api.desk import Desk, TheDesk
from api.routes.governance import MONTH, Words
from api.routes.hotspots import Asked, Month
from appeals.database import reading, writing
from hotspots.monthly.rules import Rules, read_rules
from hotspots.monthly.store import MOST_WORDS, Act, List, add_item, choose_topic, move
from maps.monthly import nominated, nominations, topics_chosen

router = APIRouter(prefix="/api/monthly", tags=["governance"])

_BIGGEST: Final = 2**63 - 1
TopicId = Annotated[int, Path(ge=1, le=_BIGGEST)]
LineId = Annotated[int | None, Field(ge=1, le=_BIGGEST)]


class Choosing(BaseModel):
    """Which class becomes the topic of a month, who leads, and by what plan."""

    model_config = ConfigDict(extra="forbid")
    month: str = Field(pattern=MONTH)
    category: str = Field(min_length=1, max_length=200)
    lead: Words
    plan: str = Field(min_length=1, max_length=MOST_WORDS)
    who: Words


class Listing(BaseModel):
    """A line of one of the three lists."""

    model_config = ConfigDict(extra="forbid")
    list: List
    about: LineId = Field(default=None, description="the problem of a task, the task of a duty")
    what: Words
    due_on: date | None = Field(default=None, description="of a task, and of nothing else")
    who: Words


class Moving(BaseModel):
    """What became of a line, or of the topic itself."""

    model_config = ConfigDict(extra="forbid")
    act: Act = Field(description="done, reopen: of a problem or task; end: of the topic")
    item_id: LineId = Field(default=None, description="of the line; empty: the topic itself")
    reason: Words
    who: Words


def _rules(desk: Desk) -> Rules:
    return read_rules(desk.settings.hotspots.monthly)


@router.get("", summary="Classes nominated as topic of a month")
def monthly(desk: TheDesk, month: Month = None) -> Response:
    """Give classes with their parts and scores, the nominated first."""
    rules = _rules(desk)
    with reading(desk.engine) as connection:
        asked = Asked(month, None, "lies", None).of(connection, desk, "street")
        return answer(nominated(nominations(connection, asked, rules), rules))


@router.get("/topics", summary="Topics chosen, with their lists")
def topics(desk: TheDesk) -> Response:
    """Give every topic with plan, lists, moves and the course of its counts, the newest first."""
    with reading(desk.engine) as connection:
        return answer({"items": topics_chosen(connection, desk.office, desk.today, desk.zone)})


@router.post("/topics", summary="Choose the topic of a month")
def choosing(desk: TheDesk, caller: TheCaller, said: Choosing) -> Response:
    """Write topic and plan with the figures seen; 409 where the class is an open topic already."""
    with writing(desk.engine) as connection:
        asked = Asked(said.month, None, "lies", None).of(connection, desk, "street")
        rank, parts = nominations(connection, asked, _rules(desk)).parts_of(said.category)
        number = choose_topic(
            connection, month=said.month, class_code=said.category, lead=said.lead,
            plan=said.plan, rank=rank, parts=parts, who=caller.said_by(said.who),
            now=desk.clock(),
        )  # fmt: skip
    return answer({"topic_id": number})


@router.post("/topics/{topic_id}/items", summary="Write a line into a list of a topic")
def listing(desk: TheDesk, caller: TheCaller, topic_id: TopicId, said: Listing) -> Response:
    """Add a problem, a task of a problem, or who answers for a task."""
    with writing(desk.engine) as connection:
        number = add_item(
            connection, topic_id, said.list, about=said.about, what=said.what,
            due_on=said.due_on, who=caller.said_by(said.who), now=desk.clock(),
        )  # fmt: skip
    return answer({"item_id": number})


@router.post("/topics/{topic_id}/moves", summary="Say what became of a line or a topic")
def moving(desk: TheDesk, caller: TheCaller, topic_id: TopicId, said: Moving) -> Response:
    """Write a move; 409 where it does not fit the lists."""
    with writing(desk.engine) as connection:
        move(
            connection, topic_id, said.item_id, said.act, reason=said.reason,
            who=caller.said_by(said.who), now=desk.clock(),
        )  # fmt: skip
    return answer({"topic_id": topic_id, "act": said.act})
