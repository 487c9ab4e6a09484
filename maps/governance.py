"""The list of places under governance (治理类), out of the stores: parts, scores, proposals."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from appeals.database import Connection
from appeals.errors import InputError, NotFound
from grids.totals.store import totals
from hotspots.cube import Reading
from hotspots.governance.propose import propose, scores
from hotspots.governance.rules import BETTER_HIGH, PARTS, Rules
from hotspots.governance.store import Decision, decisions, listed_codes
from hotspots.periods import Span
from maps.asking import Question, times_of
from maps.layers import SMALL_BELOW
from maps.parts import parts_of

LEVELS: Final = ("street", "community")

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
    of = parts_of(connection, asked, rules.months)
    parts = {name: of.by_name[name] for name in PARTS}
    score = scores(parts, rules.weights, BETTER_HIGH)
    listed = listed_codes(connection, asked.level, asked.class_code or "")
    on_list = of.places["code"].isin(list(listed)).to_numpy(np.bool_)
    proposals = tuple(propose(score, of.n_3[:, -1], on_list, rules))
    return Standing(
        asked, of.spans[-1], of.places, parts, score, of.n_3, listed, proposals, len(of.spans)
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
    """Give the question in which the list is kept: 派单口径, where anything was sent at all.

    Every appeal counts; how many are repeats is a part.
    """
    this = times_of(connection, asked).months.this
    sent = totals(connection, asked.level, "sent", (this.first, this.last), [])
    reading: Reading = "sent" if sent["n"].sum() else "lies"
    return replace(asked, reading=reading, first_reports=None)


def history_of(connection: Connection, asked: Question) -> list[Decision]:
    """Give all decisions on a list, the newest first."""
    return decisions(connection, asked.level, asked.class_code or "")


def _said(one: Decision, zone: tzinfo) -> dict[str, object]:
    names = ("act", "month", "proposed", "who", "reason", "parts")
    return {name: getattr(one, name) for name in names} | {"at": one.at.astimezone(zone)}


def _number(value: object) -> float | None:
    number = float(value)  # type: ignore[arg-type]
    return None if np.isnan(number) else round(number, 4)
