"""One topic a month (每月一题), out of the stores: what is nominated, and how far each topic is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from appeals.database import Connection
from appeals.errors import InputError
from grids.store import unit_versions
from grids.totals.store import handled, totals
from hotspots.monthly.nominate import at_depth, difficulty, nominate, persistence, spread
from hotspots.monthly.rules import PARTS, Rules
from hotspots.monthly.store import Topic, overdue, read_topics
from hotspots.periods import Span, period_numbers
from maps.asking import Question, newest_month, question, times_of
from maps.layers import SMALL_BELOW
from maps.office import Office

YEAR: Final = 12
_WINDOW: Final = 3

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Nominations:
    """The classes that can be a topic, with parts, scores and ranks, each of shape (k,).

    ``n_3`` are appeals of the last three months; rank 0 is not nominated; ``months`` of data.
    """

    asked: Question
    span: Span
    codes: tuple[str, ...]
    parts: Mapping[str, Floats]
    n_3: Counts
    score: Floats
    rank: Counts
    months: int

    def parts_of(self, code: str) -> tuple[int | None, dict[str, object]]:
        """Give rank and figures of one class as they are kept with a topic.

        Raises
        ------
        InputError
            The class has no appeals in these months, or is not one of the rules' depth.
        """
        if code not in self.codes:
            raise InputError("category: no class of this depth with appeals in these months")
        at = self.codes.index(code)
        said: dict[str, object] = {name: _number(of[at]) for name, of in self.parts.items()}
        said |= {"score": _number(self.score[at]), "n_3": int(self.n_3[at])}
        return int(self.rank[at]) or None, said


def nominations(connection: Connection, asked: Question, rules: Rules) -> Nominations:
    """Work out which classes are nominated in a month.

    Raises
    ------
    InputError
        There are no data in the month.
    """
    months = times_of(connection, asked, most=YEAR).months
    spans, cut = months.whole, asked.office.reckoning.cut_off_hour
    by_day = totals(
        connection, "city", "lies", (spans[0].first, spans[-1].last), ["class_code", "local_day"],
        cut_off_hour=cut,
    )  # fmt: skip
    by_day = _of_depth(by_day, rules.depth)
    codes = tuple(sorted(set(by_day["class_code"])))
    city = _by_month(by_day, codes, spans)
    three = spans[-_WINDOW].first if len(spans) >= _WINDOW else spans[0].first, spans[-1].last
    placed = totals(connection, "street", "lies", three, ["class_code", "area"], cut_off_hour=cut)
    versions = unit_versions(connection, "street", spans[-1].last)
    streets = sorted({*versions.loc[versions["holds"], "unit_id"], *placed["area"]})
    answers = handled(connection, "city", "sent", three, ["class_code"], cut_off_hour=cut)
    answers = _of_depth(answers[~answers["left_out"]], rules.depth).groupby("class_code").sum()
    answers = answers.reindex(list(codes)).fillna(0)

    def hard(word: str) -> Floats:
        return difficulty(*(answers[f"{word}_{said}"].to_numpy(np.int64) for said in ("no", "yes")))

    parts = {
        **persistence(city, rules.top),
        **spread(_by_street(_of_depth(placed, rules.depth), codes, streets)),
        "unsolved": hard("solved"),
        "unsatisfied": hard("satisfied"),
    }
    n_3 = city[:, -_WINDOW:].sum(axis=1)
    score, rank = nominate(parts, n_3, len(spans), rules)
    found = {name: parts[name] for name in PARTS}
    return Nominations(asked, months.this, codes, found, n_3, score, rank, len(spans))


def nominated(of: Nominations, rules: Rules, *, most: int = 30) -> dict[str, object]:
    """Write nominations out, the nominated first, then the highest scores."""
    order = np.lexsort(
        (-np.nan_to_num(of.score, nan=-1.0), np.where(of.rank, of.rank, len(of.rank) + 1))
    )
    items = []
    for at in [row for row in order.tolist() if of.n_3[row] >= SMALL_BELOW][:most]:
        rank, said = of.parts_of(of.codes[at])
        items.append({"code": of.codes[at], "rank": rank} | said)
    return {
        "month": of.asked.text,
        "first_day": of.span.first,
        "last_day": of.span.last,
        "months": of.months,
        "can_from": _can_from(of, rules),
        "rules": {
            "weights": rules.weights, "depth": rules.depth, "top": rules.top, "least": rules.least,
            "reach": rules.reach, "months": rules.months, "nominate": rules.nominate,
        },
        "items": items,
    }  # fmt: skip


def _can_from(of: Nominations, rules: Rules) -> str | None:
    """Give the month from which there are months of data enough; none where there are."""
    missing = rules.months - of.months
    if missing <= 0:
        return None
    years, month = divmod(of.asked.month - 1 + missing, 12)
    return f"{of.asked.year + years:04d}-{month + 1:02d}"


def topics_chosen(
    connection: Connection, office: Office, today: date, zone: tzinfo
) -> list[dict[str, object]]:
    """Give the topics that were chosen, the newest first, with lists, moves and what came of it."""
    return [_told(connection, one, office, today, zone) for one in read_topics(connection)]


def _told(
    connection: Connection, one: Topic, office: Office, today: date, zone: tzinfo
) -> dict[str, object]:
    names = "topic_id", "month", "class_code", "lead", "plan", "rank", "parts", "who"
    return {
        **{name: getattr(one, name) for name in names},
        "at": one.at.astimezone(zone),
        "ended": one.ended,
        "items": [
            {
                "item_id": item.item_id, "list": item.list, "about": item.about,
                "what": item.what, "due_on": item.due_on, "done": item.done,
                "overdue": overdue(item, today), "who": item.who, "at": item.at.astimezone(zone),
            }
            for item in one.items
        ],
        "moves": [
            {
                "item_id": move.item_id, "act": move.act, "reason": move.reason, "who": move.who,
                "at": move.at.astimezone(zone),
            }
            for move in one.moves
        ],
        "course": _course(connection, one, office),
    }  # fmt: skip


def _course(connection: Connection, one: Topic, office: Office) -> dict[str, object] | None:
    """Give the class's counts of up to 25 months, and its share before the topic and since."""
    newest = newest_month(connection, office.reckoning)
    if newest is None:
        return None
    times = times_of(connection, question(connection, "street", newest, office))
    spans = times.months.whole
    days, cut = (spans[0].first, spans[-1].last), office.reckoning.cut_off_hour
    every, of_class = (
        totals(
            connection, "city", "lies", days, ["local_day"], cut_off_hour=cut, class_code=code
        ).assign(class_code="")
        for code in (None, one.class_code)
    )  # fmt: skip
    n, total = (_by_month(frame, ("",), spans)[0] for frame in (of_class, every))
    ends = [office.reckoning.month_of(span.last) for span in spans]
    months = [f"{year:04d}-{month:02d}" for year, month in ends]
    past = np.array([month <= one.month for month in months])
    year = past & (np.cumsum(past[::-1])[::-1] <= YEAR)
    return {
        "months": months,
        "n": [None if 0 < k < SMALL_BELOW else k for k in n.tolist()],
        "share_before": _share(n[year], total[year]),
        "share_since": _share(n[~past], total[~past]),
    }


def _share(n: Counts, total: Counts) -> float | None:
    return round(float(n.sum() / total.sum()), 4) if total.sum() else None


def _of_depth(frame: pd.DataFrame, depth: int) -> pd.DataFrame:
    known = frame[frame["class_code"] != ""]
    return known.assign(class_code=at_depth(known["class_code"].tolist(), depth))


def _by_month(frame: pd.DataFrame, codes: Sequence[str], spans: Sequence[Span]) -> Counts:
    """Sum counts of statistical days by class and month, shape (k, months)."""
    days = pd.to_datetime(frame["local_day"]).to_numpy("datetime64[D]")
    period = period_numbers(days, tuple(spans))
    row = pd.Index(codes).get_indexer(pd.Index(frame["class_code"]))
    out = np.zeros((len(codes), len(spans)), dtype=np.int64)
    kept = period >= 0
    np.add.at(out, (row[kept], period[kept]), frame["n"].to_numpy(np.int64)[kept])
    return out


def _by_street(frame: pd.DataFrame, codes: Sequence[str], streets: Sequence[int]) -> Counts:
    row = pd.Index(codes).get_indexer(pd.Index(frame["class_code"]))
    column = pd.Index(streets).get_indexer(pd.Index(frame["area"]))
    out = np.zeros((len(codes), len(streets)), dtype=np.int64)
    np.add.at(out, (row, column), frame["n"].to_numpy(np.int64))
    return out


def _number(value: object) -> float | None:
    number = float(value)  # type: ignore[arg-type]
    return None if np.isnan(number) else round(number, 4)
