"""值班日志: what was written by hand and what the moves of alerts and whistles tell, in order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.duty.log import ENTRY_WORDS, Entry
from alerts.response.moves import LABELS, Made, Move
from alerts.whistle.moves import ACT_WORDS, Act, Step


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log: when, what, who, at which post, about which alert or whistle."""

    at: datetime
    what: str
    who: str
    post: str
    words: str
    alert_id: int | None = None
    whistle_id: int | None = None
    entry_id: int | None = None
    due_at: datetime | None = None


def log_lines(
    entries: Iterable[Entry],
    moves: Mapping[int, Sequence[Made]],
    steps: Mapping[int, Sequence[Step]],
    begin: datetime,
    end: datetime,
) -> list[Line]:
    """Put entries, moves of alerts and moves of whistles of a stretch of time in one order."""
    lines = [*_of_entries(entries), *_of_moves(moves), *_of_steps(steps)]
    return sorted((one for one in lines if begin <= one.at < end), key=_order)


def _order(line: Line) -> tuple[datetime, int, int]:
    return line.at, line.alert_id or 0, line.entry_id or 0


def _of_entries(entries: Iterable[Entry]) -> Iterator[Line]:
    for one in entries:
        word = ENTRY_WORDS[one.kind]
        yield Line(
            one.at, word, one.who, one.post, one.words,
            alert_id=one.alert_id, entry_id=one.entry_id, due_at=one.due_at,
        )  # fmt: skip


def _of_moves(moves: Mapping[int, Sequence[Made]]) -> Iterator[Line]:
    for alert_id, own in moves.items():
        for made in own:
            label = LABELS[Move(made.move)]
            yield Line(made.at, label, made.who, made.post, made.stated_reason, alert_id=alert_id)


def _of_steps(steps: Mapping[int, Sequence[Step]]) -> Iterator[Line]:
    for whistle_id, own in steps.items():
        for step in own:
            label = ACT_WORDS[Act(step.move)]
            yield Line(step.at, label, step.who, step.bureau, step.words, whistle_id=whistle_id)
