"""Topics of the month (每月一题) in and out of the database: one plan, three lists, every move.

Append-only: an item is never changed, what becomes of it is a move with a name and a reason.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, get_args

import sqlalchemy as sa

from appeals.audit.store import append_entry
from appeals.database import BIG_ID, METADATA, Connection, Instant
from appeals.errors import Conflict, InputError, NotFound
from appeals.redaction import redact

List = Literal["problem", "task", "duty"]
"""问题清单, 任务清单, 责任清单."""

LISTS: Final[tuple[List, ...]] = get_args(List)

ABOVE: Final[Mapping[List, List | None]] = {"problem": None, "task": "problem", "duty": "task"}
"""A task belongs to a problem, a duty to a task."""

Act = Literal["done", "reopen", "end"]
"""办结, 重新打开; 销题: of the topic itself."""

TOPICS = sa.Table(
    "month_topics",
    METADATA,
    sa.Column("topic_id", BIG_ID, primary_key=True),
    sa.Column("month", sa.Text, nullable=False),  # YYYY-MM: on whose figures it rests
    sa.Column("class_code", sa.Text, nullable=False),
    sa.Column("lead", sa.Text, nullable=False),  # 牵头单位
    sa.Column("plan", sa.Text, nullable=False),  # 方案, redacted
    sa.Column("rank", sa.Integer),  # among the nominated; None: a person's own choice
    sa.Column("parts", sa.JSON, nullable=False),  # the figures that were seen
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

ITEMS = sa.Table(
    "month_items",
    METADATA,
    sa.Column("item_id", BIG_ID, primary_key=True),
    sa.Column("topic_id", sa.ForeignKey("month_topics.topic_id"), nullable=False),
    sa.Column("list", sa.Text, nullable=False),  # of LISTS
    sa.Column("about", sa.ForeignKey("month_items.item_id")),  # of ABOVE
    sa.Column("what", sa.Text, nullable=False),  # redacted; of a duty: who answers for it
    sa.Column("due_on", sa.Date),  # of a task
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index(None, "topic_id"),
)

MOVES = sa.Table(
    "month_moves",
    METADATA,
    sa.Column("move_id", BIG_ID, primary_key=True),
    sa.Column("topic_id", sa.ForeignKey("month_topics.topic_id"), nullable=False),
    sa.Column("item_id", sa.ForeignKey("month_items.item_id")),  # None: the topic itself
    sa.Column("act", sa.Text, nullable=False),  # of Act
    sa.Column("reason", sa.Text, nullable=False),  # redacted
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index(None, "topic_id"),
)

MOST_WORDS: Final = 2000
"""Characters of a plan; a quarter of it of any other word."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list; ``done`` tells whether its last move says so."""

    item_id: int
    list: List
    about: int | None
    what: str
    due_on: date | None
    who: str
    at: datetime
    done: bool


def overdue(item: Item, today: date) -> bool:
    """Tell whether a task is not done after its day."""
    return item.due_on is not None and not item.done and item.due_on < today


@dataclass(frozen=True, slots=True)
class Move:
    """What was done with an item, with the topic itself where ``item_id`` is None."""

    item_id: int | None
    act: Act
    reason: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the month with its plan, its lists and all its moves in their order."""

    topic_id: int
    month: str
    class_code: str
    lead: str
    plan: str
    rank: int | None
    parts: Mapping[str, object]
    who: str
    at: datetime
    items: tuple[Item, ...]
    moves: tuple[Move, ...]

    @property
    def ended(self) -> bool:
        """Tell whether it was brought to its end (销题)."""
        return any(move.act == "end" for move in self.moves)

    def of(self, name: List) -> tuple[Item, ...]:
        """Give the lines of one list."""
        return tuple(item for item in self.items if item.list == name)


def choose_topic(
    connection: Connection,
    *,
    month: str,
    class_code: str,
    lead: str,
    plan: str,
    rank: int | None,
    parts: Mapping[str, object],
    who: str,
    now: datetime,
) -> int:
    """Make a class the topic of a month, in the caller's transaction; gives its number.

    Raises
    ------
    InputError
        A word is missing or too long.
    Conflict
        The class is a topic that is not ended yet.
    """
    words = {
        "lead": _words("lead", lead),
        "plan": _words("plan", plan, MOST_WORDS),
        "who": _words("who", who),
    }
    if any(one.class_code == class_code and not one.ended for one in read_topics(connection)):
        raise Conflict("the class is a topic that has not ended yet")
    said = words | {"lead": redact(words["lead"]), "plan": redact(words["plan"])}
    row = {"month": month, "class_code": class_code, "rank": rank, "at": now, **said}
    kept = json.loads(json.dumps(dict(parts), allow_nan=False))
    made = TOPICS.insert().values(**row, parts=kept).returning(TOPICS.c.topic_id)
    number = int(connection.execute(made).scalar_one())
    _audit(connection, now, words["who"], "topic chosen", number, f"{month} {class_code}")
    return number


def add_item(
    connection: Connection,
    topic_id: int,
    name: List,
    *,
    about: int | None,
    what: str,
    due_on: date | None,
    who: str,
    now: datetime,
) -> int:
    """Write a line into one of the three lists; gives its number.

    Raises
    ------
    NotFound
        There is no such topic, or no such line that it belongs to.
    InputError
        A word is missing or too long, a task has no day or something else has one.
    Conflict
        The topic has ended, or what the line belongs to is done.
    """
    topic = _open_topic(connection, topic_id)
    words, who = redact(_words("what", what)), _words("who", who)
    if (name == "task") != (due_on is not None):
        raise InputError("due_on: a task has a day, nothing else has one")
    above = ABOVE[name]
    if above is None and about is not None:
        raise InputError("about: a problem belongs to the topic itself")
    if above is not None:
        parent = next((i for i in topic.of(above) if i.item_id == about), None)
        if parent is None:
            raise NotFound(f"there is no such {above} in this topic")
        if parent.done:
            raise Conflict(f"the {above} is done")
    row = {"topic_id": topic_id, "list": name, "about": about, "what": words, "due_on": due_on}
    made = ITEMS.insert().values(**row, who=who, at=now).returning(ITEMS.c.item_id)
    number = int(connection.execute(made).scalar_one())
    _audit(connection, now, who, f"topic {name}", topic_id)
    return number


def move(
    connection: Connection,
    topic_id: int,
    item_id: int | None,
    act: Act,
    *,
    reason: str,
    who: str,
    now: datetime,
) -> None:
    """Say that a task or a problem is done or not done after all, or end the topic.

    A task is done when somebody answers for it, a problem when all its tasks are, and a topic ends
    when all its problems are done.

    Raises
    ------
    NotFound
        There is no such topic or line.
    InputError
        A word is missing or too long, or the act is of something else.
    Conflict
        It does not fit what stands in the lists.
    """
    topic = _open_topic(connection, topic_id)
    why, who = redact(_words("reason", reason)), _words("who", who)
    if (act == "end") != (item_id is None):
        raise InputError("act: a topic ends, a line is done or reopened")
    if item_id is None:
        problems = topic.of("problem")
        if not problems or not all(one.done for one in problems):
            raise Conflict("a problem of the topic is not done")
    else:
        item = next((one for one in topic.items if one.item_id == item_id), None)
        if item is None:
            raise NotFound("there is no such line in this topic")
        _check_move(topic, item, act)
    row = {"topic_id": topic_id, "item_id": item_id, "act": act, "reason": why}
    connection.execute(MOVES.insert().values(**row, who=who, at=now))
    _audit(connection, now, who, f"topic {act}", topic_id)


def _check_move(topic: Topic, item: Item, act: Act) -> None:
    if item.list == "duty":
        raise InputError("item_id: a duty is not done by itself, its task is")
    if item.done == (act == "done"):
        raise Conflict("the line stands so already")
    below = [one for one in topic.items if one.about == item.item_id]
    if act == "done" and item.list == "task" and not below:
        raise Conflict("nobody answers for the task")
    if act == "done" and item.list == "problem" and not (below and all(i.done for i in below)):
        raise Conflict("a task of the problem is not done")
    above = next((one for one in topic.items if one.item_id == item.about), None)
    if act == "reopen" and above is not None and above.done:
        raise Conflict("the problem of the task is done: reopen it first")


def read_topics(connection: Connection, topic_id: int | None = None) -> list[Topic]:
    """Give all topics, or one, the newest first, with lists and moves."""
    columns = [TOPICS.c[name] for name in Topic.__dataclass_fields__ if name in TOPICS.c]
    query = sa.select(*columns).order_by(TOPICS.c.topic_id.desc())
    if topic_id is not None:
        query = query.where(TOPICS.c.topic_id == topic_id)
    heads = connection.execute(query).mappings().all()
    moves: dict[int, list[Move]] = {}
    for row in connection.execute(sa.select(MOVES).order_by(MOVES.c.move_id)):
        one = Move(row.item_id, row.act, row.reason, row.who, row.at)
        moves.setdefault(row.topic_id, []).append(one)
    items: dict[int, list[Item]] = {}
    for row in connection.execute(sa.select(ITEMS).order_by(ITEMS.c.item_id)):
        acts = [one.act for one in moves.get(row.topic_id, ()) if one.item_id == row.item_id]
        of = row.item_id, row.list, row.about, row.what, row.due_on, row.who, row.at
        items.setdefault(row.topic_id, []).append(Item(*of, done=acts[-1:] == ["done"]))
    return [
        Topic(
            **head,
            items=tuple(items.get(head["topic_id"], ())),
            moves=tuple(moves.get(head["topic_id"], ())),
        )
        for head in heads
    ]


def _open_topic(connection: Connection, topic_id: int) -> Topic:
    # Held, so that nothing is added to what another person ends in the same moment.
    connection.execute(sa.select(TOPICS).where(TOPICS.c.topic_id == topic_id).with_for_update())
    found = read_topics(connection, topic_id)
    if not found:
        raise NotFound("there is no such topic")
    if found[0].ended:
        raise Conflict("the topic has ended")
    return found[0]


def _words(name: str, words: str, most: int = MOST_WORDS // 4) -> str:
    said = words.strip()
    if not said or len(said) > most or "\0" in said:  # no database keeps a NUL
        raise InputError(f"{name}: one to {most} characters, no NUL among them")
    return said


def _audit(
    connection: Connection, now: datetime, who: str, act: str, topic_id: int, detail: str = ""
) -> None:
    append_entry(
        connection, now=now, actor=who, act=act, subject=f"topic {topic_id}", detail=detail
    )
