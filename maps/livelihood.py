"""民生指数 out of the stores: each place with value, points and weight of every part."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from appeals.database import Connection
from appeals.errors import InputError
from hotspots.livelihood.index import growth, index, load
from hotspots.livelihood.scale import PARTS, Scale
from hotspots.shrinkage import Rates
from maps.asking import Question
from maps.layers import SMALL_BELOW
from maps.parts import WINDOW, Parts, parts_of

LEVELS: Final = ("district", "street", "community")
BACK: Final = 3
"""Months of which the index is given."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Indexed:
    """Places with the values and points of their parts and the index, shape (n, months) each."""

    of: Parts
    values: Mapping[str, Floats]
    points: Mapping[str, Floats]
    index: Floats
    known: Floats


def indexed(connection: Connection, asked: Question, scale: Scale, *, back: int = BACK) -> Indexed:
    """Work the index of a level out, ``back`` months where there are so many.

    Raises
    ------
    InputError
        The level has no index, or there are no data in the month.
    """
    if asked.level not in LEVELS:
        raise InputError(f"level: the index is of {', '.join(LEVELS)}")
    of = parts_of(connection, asked, back)
    months = of.n_3.shape[1]
    days = np.array([span.days for span in of.spans], dtype=np.int64)
    rate = of.by_name["rate_3"]
    values = {
        "load": load(rate, _city(of, days)[-months:]),
        "growth": growth(of.counts, days)[:, -months:],
        **{name: of.by_name[name] for name in PARTS[2:]},
    }
    return Indexed(of, values, *index(values, scale))


def _city(of: Parts, days: npt.NDArray[np.int64]) -> Floats:
    """Give the city's appeals in 30 days and a thousand households, of places whose are known."""
    households = of.places["households"].to_numpy(np.float64)
    known = households > 0
    base = np.where(known, households, 0.0) / 1000 if known.any() else np.ones(len(known))
    counted = known if known.any() else np.ones(len(known), dtype=np.bool_)
    out = np.full(of.counts.shape[1], np.nan)
    for month in range(len(out)):
        window = slice(max(month - WINDOW + 1, 0), month + 1)
        n = of.counts[counted, window].sum(axis=1)
        if n.sum():
            out[month] = Rates.of(n, base[counted] * days[window].sum() / 30).mean
    return out


def index_of(found: Indexed, asked: Question, scale: Scale) -> dict[str, object]:
    """Write the index out, the lowest first; figures of small counts are hidden."""
    ends = [asked.office.reckoning.month_of(span.last) for span in found.of.spans]
    months = [f"{year:04d}-{month:02d}" for year, month in ends][-found.index.shape[1] :]
    order = np.argsort(np.nan_to_num(found.index[:, -1], nan=np.inf), kind="stable")
    items = []
    for row in order.tolist():
        place, n_3 = found.of.places.iloc[row], int(found.of.n_3[row, -1])
        small = 0 < n_3 < SMALL_BELOW
        items.append(
            {
                "code": str(place["code"]),
                "name": str(place["name"]),
                "n_3": None if small else n_3,
                "small": small,
                "index": [None if small else _number(value, 1) for value in found.index[row]],
                "known": _number(found.known[row, -1], 3),
                "parts": {
                    name: {
                        "value": None if small else _number(found.values[name][row, -1], 4),
                        "points": None if small else _number(found.points[name][row, -1], 1),
                    }
                    for name in PARTS
                },
            }
        )
    this = found.of.spans[-1]
    return {
        "level": asked.level,
        "month": asked.text,
        "first_day": this.first,
        "last_day": this.last,
        "reading": asked.reading,
        "months": months,
        "of_data": len(found.of.spans),
        "scale": {
            "known": scale.known,
            "parts": {
                name: {"weight": part.weight, "full": part.full, "none": part.none}
                for name, part in scale.parts.items()
            },
        },
        "items": items,
    }


def _number(value: object, digits: int) -> float | None:
    number = float(value)  # type: ignore[arg-type]
    return None if np.isnan(number) else round(number, digits)
