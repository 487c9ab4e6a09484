"""The list of places under governance (治理类), out of the stores: parts, scores, proposals."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from appeals.database import Connection
from appeals.errors import InputError, NotFound
from grids.store import counted_rows, day_counts, unit_versions
from grids.totals.store import handled
from hotspots.governance.parts import (
    LEAST,
    busiest_share,
    rolling,
    shares,
    steady_rates,
    topics_for_half,
)
from hotspots.governance.propose import propose, scores
from hotspots.governance.rules import BETTER_HIGH, PARTS, Rules
from hotspots.governance.store import Decision, decisions, listed_codes
from hotspots.periods import Span, period_numbers
from hotspots.repeats import WITHIN_DAYS
from maps.asking import Question, times_of
from maps.atlas import counts_by_month, is_first
from maps.layers import SMALL_BELOW

LEVELS: Final = ("street", "community")
_PARTS_OF: Final[Mapping[str, str]] = {"street": "community_id", "community": "cell_9"}
_WINDOW: Final = 3

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Where the places of a level stand in a month.

    ``places`` has area, code, name and households; ``parts`` by name, ``score`` and ``n_3`` the
    newest month last, shape (n, months); ``proposals`` of each place; ``months`` looked back on.
    """

    asked: Question
    span: Span
    places: pd.DataFrame
    parts: Mapping[str, Floats]
    score: Floats
    n_3: Counts
    listed: frozenset[str]
    proposals: tuple[str, ...]
    months: int

    def parts_of(self, code: str) -> dict[str, object]:
        """Give the figures of one place as they are kept with a decision.

        Raises
        ------
        NotFound
            There is no such place.
        """
        rows = np.flatnonzero((self.places["code"] == code).to_numpy())
        if not len(rows):
            raise NotFound(f"there is no {self.asked.level} with this code")
        row = int(rows[0])
        said = {name: _number(values[row, -1]) for name, values in self.parts.items()}
        n_3 = int(self.n_3[row, -1])
        return said | {
            "score": _number(self.score[row, -1]),
            "n_3": n_3,
            "reading": self.asked.reading,
        }

    def proposal_of(self, code: str) -> str:
        """Say what the rules propose for one place."""
        codes = self.places["code"].tolist()
        return self.proposals[codes.index(code)] if code in codes else ""


def standing_of(connection: Connection, asked: Question, rules: Rules) -> Standing:
    """Work out parts, scores and proposals of a level for a month.

    Raises
    ------
    InputError
        The level has no such list, or there are no data in the month.
    """
    if asked.level not in LEVELS:
        raise InputError(f"level: the list is of {' and '.join(LEVELS)}")
    times = times_of(connection, asked)
    whole = times.months.whole
    places, counts = counts_by_month(connection, asked, times)
    back = min(rules.months, len(whole))
    looked = whole[-(back + _WINDOW - 1) :]
    rows = _rows(connection, asked, looked, places)
    n = len(places)
    cases = _count(rows["row"], rows["period"], n, len(looked))
    again = rows[rows["again"]]
    repeats = shares(_count(again["row"], again["period"], n, len(looked)), cases)
    households = places["households"].to_numpy(np.float64)
    days = np.array([span.days for span in whole], dtype=np.int64)
    parts = {
        "rate_12": steady_rates(counts, households, days, 12),
        "rate_3": steady_rates(counts, households, days, _WINDOW),
        "repeats": repeats,
        "topics": _topics(rows, n, len(looked)),
        "inside": _inside(rows, asked.level, n, len(looked)),
        **_answers(connection, asked, places, whole[-back:]),
    }
    parts = {name: parts[name][:, -back:] for name in PARTS}
    score = scores(parts, rules.weights, BETTER_HIGH)
    n_3 = rolling(counts, _WINDOW)[:, -back:]
    listed = listed_codes(connection, asked.level, asked.class_code or "")
    on_list = places["code"].isin(list(listed)).to_numpy(np.bool_)
    proposals = tuple(propose(score, n_3[:, -1], on_list, rules))
    return Standing(
        asked, times.months.this, places, parts, score, n_3, listed, proposals, len(whole)
    )


def list_of(
    standing: Standing, rules: Rules, history: list[Decision], zone: tzinfo
) -> dict[str, object]:
    """Write a list out: one item a place, the worst score first; small counts are hidden."""
    newest: dict[str, Decision] = {}
    for decision in history:
        newest.setdefault(decision.code, decision)
    order = np.argsort(-np.nan_to_num(standing.score[:, -1], nan=-1.0), kind="stable")
    items = []
    for row in order.tolist():
        place = standing.places.iloc[row]
        code, n_3 = str(place["code"]), int(standing.n_3[row, -1])
        small = 0 < n_3 < SMALL_BELOW
        last = newest.get(code)
        items.append(
            {
                "code": code,
                "name": str(place["name"]),
                "n_3": None if small else n_3,
                "small": small,
                "listed": code in standing.listed,
                "proposed": standing.proposals[row],
                "scores": [_number(value) for value in standing.score[row]],
                "decided": None if last is None else _said(last, zone),
                **{
                    name: None if small else _number(values[row, -1])
                    for name, values in standing.parts.items()
                },
            }
        )
    asked = standing.asked
    return {
        "level": asked.level,
        "month": asked.text,
        "first_day": standing.span.first,
        "last_day": standing.span.last,
        "reading": asked.reading,
        "category": asked.class_code,
        "months": standing.months,
        "rules": {
            "weights": rules.weights,
            "enter": {
                "score": rules.enter_score, "months": rules.enter_months, "least": rules.least,
            },
            "leave": {"score": rules.leave_score, "months": rules.leave_months},
        },
        "items": items,
        "history": [_said(one, zone) | {"code": one.code} for one in history],
    }  # fmt: skip


def headline(connection: Connection, asked: Question) -> Question:
    """Give the question in 派单口径, in which the list is kept, where anything was sent at all."""
    this = times_of(connection, asked).months.this
    sent = day_counts(connection, asked.level, (this.first, this.last), "sent")
    return replace(asked, reading="sent" if len(sent) else "lies")


def history_of(connection: Connection, asked: Question) -> list[Decision]:
    """Give all decisions on a list, the newest first."""
    return decisions(connection, asked.level, asked.class_code or "")


def _said(one: Decision, zone: tzinfo) -> dict[str, object]:
    names = ("act", "month", "proposed", "who", "reason", "parts")
    return {name: getattr(one, name) for name in names} | {"at": one.at.astimezone(zone)}


def _number(value: object) -> float | None:
    number = float(value)  # type: ignore[arg-type]
    return None if np.isnan(number) else round(number, 4)


def _rows(
    connection: Connection, asked: Question, spans: tuple[Span, ...], places: pd.DataFrame
) -> pd.DataFrame:
    """Read the appeals of some months with the row of their place, their month and ``again``."""
    days = spans[0].first - timedelta(days=WITHIN_DAYS), spans[-1].last + timedelta(days=1)
    rows = counted_rows(connection, days, asked.class_code, asked.kinds)
    rows = rows.assign(again=~is_first(rows, "place") if len(rows) else False)
    if asked.first_reports is not None and len(rows):
        rows = rows[is_first(rows, asked.first_reports)]
    column = f"sent_{asked.level}_id" if asked.reading == "sent" else f"{asked.level}_id"
    heir = unit_versions(connection, asked.level, spans[-1].last).set_index("unit_id")["heir"]
    area = rows[column].map(heir)
    at = pd.Index(places["area"]).get_indexer(pd.Index(area.fillna(-1).astype("int64")))
    hours = rows["local_hour"].fillna(-1).to_numpy(np.int64)
    received = pd.to_datetime(rows["local_day"]).to_numpy("datetime64[D]")
    period = period_numbers(asked.office.reckoning.statistical_days(received, hours), spans)
    found = rows.assign(row=at, period=period)
    return found[(found["row"] >= 0) & (found["period"] >= 0)]


def _count(row: pd.Series, period: pd.Series, n: int, months: int) -> Counts:
    at = row.to_numpy(np.int64) * months + period.to_numpy(np.int64)
    return np.bincount(at, minlength=n * months).reshape(n, months).astype(np.int64)


def _topics(rows: pd.DataFrame, n: int, months: int) -> Floats:
    topic, names = pd.factorize(rows["class_code"])
    k = max(len(names), 1)
    pair = pd.Series(rows["row"].to_numpy(np.int64) * k + topic)
    counts = _count(pair, rows["period"], n * k, months).reshape(n, k, months)
    return topics_for_half(counts)


def _inside(rows: pd.DataFrame, level: str, n: int, months: int) -> Floats:
    placed = rows[rows[_PARTS_OF[level]].notna()]
    pairs = placed.groupby(["row", _PARTS_OF[level]]).ngroup()
    k = int(pairs.max()) + 1 if len(pairs) else 0
    counts = _count(pairs, placed["period"], k, months)
    parent = np.zeros(k, dtype=np.int64)
    parent[pairs.to_numpy(np.int64)] = placed["row"].to_numpy(np.int64)
    return busiest_share(counts, parent, n)


def _answers(
    connection: Connection, asked: Question, places: pd.DataFrame, spans: tuple[Span, ...]
) -> dict[str, Floats]:
    """Give 解决率 and 满意率 of three months each, appeals left out (剔除) not counted."""
    out = {
        name: np.full((len(places), len(spans)), np.nan) for name in ("resolution", "satisfaction")
    }
    index = pd.Index(places["area"])
    for month, span in enumerate(spans):
        window = _three_months(asked, span)
        found = handled(
            connection, asked.level, asked.reading, window, ["area"],
            cut_off_hour=asked.office.reckoning.cut_off_hour, class_code=asked.class_code,
        )  # fmt: skip
        found = found[~found["left_out"] & found["area"].isin(index)].set_index("area")
        rows = index.get_indexer(found.index)
        for name, word in (("resolution", "solved"), ("satisfaction", "satisfied")):
            yes = found[f"{word}_yes"].to_numpy(np.float64)
            asked_of = yes + found[f"{word}_no"].to_numpy(np.float64)
            rate = np.full(len(yes), np.nan)
            np.divide(yes, asked_of, out=rate, where=asked_of >= LEAST)
            out[name][rows, month] = rate
    return out


def _three_months(asked: Question, span: Span) -> tuple[date, date]:
    year, month = asked.office.reckoning.month_of(span.last)
    year, month = (year, month - 2) if month > 2 else (year - 1, month + 10)
    return asked.office.reckoning.month(year, month)[0], span.last
