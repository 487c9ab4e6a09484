"""Why there: one place of a hot-spot table taken apart, out of the stores."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from appeals.database import Connection
from appeals.errors import NotFound
from geo.cells import cell_name, cell_polygon
from grids.boundaries import Boundaries
from grids.store import counted_rows, load_boundaries, unit_versions
from grids.totals.store import totals
from grids.units.store import units_below
from hotspots.periods import Span, period_numbers
from hotspots.repeats import WITHIN_DAYS, repeat_share
from hotspots.why import making, similar
from maps.asking import Question, times_of
from maps.atlas import is_first
from maps.layers import SMALL_BELOW
from maps.solved import solved_of

MOST_PARTS: Final = 12
"""Parts that are listed at most; how many make up half is told in any case."""

MOST_ROWS: Final = 500

LEAST_CALLERS: Final = 3
"""Callers from which on a subject is named: it is not one person's affair then."""

_BELOW: Final[Mapping[str, tuple[str, ...]]] = {
    "district": ("street", "community"),
    "street": ("community", "grid"),
    "community": ("grid",),
    "grid": (),
}
_SPOTS: Final = "cell_10"


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """The place asked about, its appeals in both readings and those of the reading asked for."""

    code: str
    name: str
    ids: frozenset[int]
    both: pd.DataFrame
    rows: pd.DataFrame
    span: Span


def why_of(connection: Connection, asked: Question, code: str) -> dict[str, object]:
    """Take one place of a table apart: what makes up half of its appeals, and who is like it.

    Small parts are hidden, and subjects are named from three callers on.

    Raises
    ------
    NotFound
        There is no such place.
    InputError
        There are no data in the month.
    """
    place = _place(connection, asked, code)
    units = load_boundaries(connection, place.span.last)
    names = _names(units)
    rows = place.rows
    parts = {
        level: _parts(rows[f"{_column(asked, level)}"], lambda key: names.get(int(str(key))))
        for level in _BELOW.get(asked.level, ())
        if len(units.frame(level))
    }
    topics = _parts(rows["class_code"].replace("", pd.NA), lambda key: (str(key), str(key)))
    shown = rows[~rows["sink"]]
    callers = rows["caller_hash"]
    return {
        "level": asked.level,
        "code": place.code,
        "name": place.name,
        "reading": asked.reading,
        "first_day": place.span.first,
        "last_day": place.span.last,
        "n": _shown(len(rows)),
        "parts": parts,
        "topics": topics,
        "subjects": _subjects(rows),
        "spots": _spots(shown),
        "on_sinks": _shown(int(rows["sink"].sum())),
        "without_point": _shown(int(rows["lon"].isna().sum())),
        "callers": _shown(int(callers.nunique())),
        "places": _shown(int(rows[["lon", "lat"]].dropna().drop_duplicates().shape[0])),
        "repeats": _repeats(rows) if len(rows) >= SMALL_BELOW else None,
        "similar": _similar(connection, asked, place, names),
        "solved": solved_of(connection, asked, place.code, _busiest(topics)),
        "readings": None if asked.by_cell else _readings(asked, place),
    }


def difference_of(connection: Connection, asked: Question, code: str) -> dict[str, object]:
    """List the appeals that one reading counts to a place and the other does not.

    Those sent to another place come first, those sent to none of this level last.

    Raises
    ------
    NotFound
        There is no such place.
    """
    place = _place(connection, asked, code)
    lies, sent = _in_readings(asked, place)
    names = _names(load_boundaries(connection, place.span.last))
    only = place.both[lies != sent]
    elsewhere = only[f"sent_{asked.level}_id"] != 0
    only = only.assign(elsewhere=elsewhere).sort_values(
        ["elsewhere", "serial"], ascending=[False, True], ignore_index=True
    )

    def named(unit: object) -> str | None:
        found = None if pd.isna(unit) else names.get(int(unit))  # type: ignore[call-overload]
        return None if found is None else found[1]

    items = [
        {
            "appeal_id": int(row["appeal_id"]),
            "day": row["local_day"],
            "class_code": row["class_code"],
            "lies": named(row[f"{asked.level}_id"]),
            "sent": named(row[f"sent_{asked.level}_id"] or pd.NA),
        }
        for row in only.head(MOST_ROWS).to_dict("records")
    ]
    return {"n": len(only), "items": items}


def _column(asked: Question, level: str) -> str:
    return f"sent_{level}_id" if asked.reading == "sent" else f"{level}_id"


def _place(connection: Connection, asked: Question, code: str) -> _Place:
    span = times_of(connection, asked).months.this
    if asked.by_cell:
        ids, name = frozenset({_cell_number(code)}), ""
        of = asked.area_kind, ids
    else:
        versions = unit_versions(connection, asked.level, span.last)
        mine = versions[versions["code"] == code]
        if mine.empty:
            raise NotFound(f"there is no {asked.level} with this code")
        ids, name = frozenset(mine["unit_id"].astype(int)), str(mine["name"].iloc[-1])
        below = units_below(connection, [f"{asked.level}:{code}"])
        of = asked.level, ids | below
    # What came shortly before tells which appeals of the month are repeats.
    days = span.first - timedelta(days=WITHIN_DAYS), span.last + timedelta(days=1)
    read = counted_rows(connection, days, asked.class_code, asked.kinds, of=of)
    if asked.first_reports is not None and len(read):
        read = read[is_first(read, asked.first_reports)]
    both = read[_within(read, asked, span)].reset_index(drop=True)
    column = asked.area_kind if asked.by_cell else _column(asked, asked.level)
    mine_rows = both[both[column].isin(ids)]
    if asked.by_cell:
        mine_rows = mine_rows[~mine_rows["sink"]]
    return _Place(code, name, ids, both, mine_rows.reset_index(drop=True), span)


def _cell_number(code: str) -> int:
    try:
        number = int(code, 16)
        cell_polygon(number)
    except (ValueError, OverflowError) as error:
        raise NotFound("there is no such cell") from error
    return number


def _within(rows: pd.DataFrame, asked: Question, span: Span) -> npt.NDArray[np.bool_]:
    days = pd.to_datetime(rows["local_day"]).to_numpy("datetime64[D]")
    hours = rows["local_hour"].fillna(-1).to_numpy(np.int64)
    counted = asked.office.reckoning.statistical_days(days, hours)
    return period_numbers(counted, (span,)) >= 0


def _names(units: Boundaries) -> dict[int, tuple[str, str]]:
    of = units.units
    return {
        int(unit): (str(code), str(name))
        for unit, code, name in zip(of["unit_id"], of["code"], of["name"], strict=True)
    }


def _shown(n: int) -> int | None:
    """Give a count, None where it is small."""
    return None if 0 < n < SMALL_BELOW else n


def _parts(keys: pd.Series, named: Callable[[object], tuple[str, str] | None]) -> dict[str, object]:
    """Count by part, and list those that make up half."""
    counts = keys.dropna().value_counts(sort=False)
    counts = counts[[named(key) is not None for key in counts.index]]
    counts = counts.sort_index().sort_values(ascending=False, kind="stable")
    n: npt.NDArray[np.int64] = np.asarray(counts, dtype=np.int64)
    half = making(n)
    items = []
    for key, count in zip(counts.index[: min(len(half), MOST_PARTS)], n, strict=False):
        code, name = named(key) or ("", "")
        share = None if count < SMALL_BELOW else float(count / len(keys))
        items.append({"code": code, "name": name, "n": _shown(int(count)), "share": share})
    return {
        "half": len(half),
        "of": int((n > 0).sum()),
        "not_told": _shown(int(len(keys) - n.sum())),
        "items": items,
    }


def _busiest(topics: dict[str, object]) -> list[str]:
    """Give the classes of listed topics that are not small."""
    items = topics["items"]
    assert isinstance(items, list)
    return [str(one["code"]) for one in items if one["n"] is not None]


def _subjects(rows: pd.DataFrame) -> list[dict[str, object]]:
    """Name the subjects (被反映主体) of which several callers spoke."""
    named = rows[rows["subject"].notna() & (rows["subject"] != "")]
    found = named.groupby("subject").agg(n=("serial", "size"), callers=("caller_hash", "nunique"))
    found = found[(found["n"] >= SMALL_BELOW) & (found["callers"] >= LEAST_CALLERS)]
    found = found.sort_values("n", ascending=False, kind="stable").head(MOST_PARTS)
    return [
        {"name": str(subject), "n": int(row["n"]), "callers": int(row["callers"])}
        for subject, row in found.iterrows()
    ]


def _spots(rows: pd.DataFrame) -> list[dict[str, object]]:
    """Give the smallest cells in which enough appeals lie, by their middle."""
    counts = rows[_SPOTS].dropna().value_counts()
    counts = counts[counts >= SMALL_BELOW].head(MOST_PARTS)
    spots = []
    numbers: list[int] = counts.index.astype("int64").tolist()
    for number, n in zip(numbers, counts.tolist(), strict=True):
        middle = cell_polygon(number).centroid
        spots.append(
            {
                "cell": cell_name(number),
                "lon": round(float(middle.x), 5),
                "lat": round(float(middle.y), 5),
                "n": n,
                "share": n / len(rows),
            }
        )
    return spots


def _repeats(rows: pd.DataFrame) -> dict[str, float | None]:
    """Tell what share comes from places and callers of the days before, within the month."""
    day = pd.to_datetime(rows["local_day"]).to_numpy("datetime64[D]").astype(np.int64)
    out: dict[str, float | None] = {}
    for word, columns in (("place", ["lon", "lat"]), ("caller", ["caller_hash"])):
        known = rows[columns].notna().all(axis=1)
        number = rows.groupby(columns, dropna=False).ngroup().to_numpy(np.int64)
        key = np.where(known, number, -1)
        share = repeat_share(key, day, within_days=WITHIN_DAYS)
        out[word] = None if np.isnan(share) else share
    return out


def _similar(
    connection: Connection, asked: Question, place: _Place, names: Mapping[int, tuple[str, str]]
) -> list[dict[str, object]]:
    """Name the places whose topics are mixed alike."""
    if asked.by_cell:
        return []
    days = place.span.first, place.span.last
    counts = totals(
        connection, asked.level, asked.reading, days, ["area", "class_code"],
        cut_off_hour=asked.office.reckoning.cut_off_hour, class_code=asked.class_code,
        kinds=asked.kinds,
    )  # fmt: skip
    table = counts.pivot_table(
        index="area", columns="class_code", values="n", aggfunc="sum", fill_value=0
    )
    rows = [position for position, area in enumerate(table.index) if int(area) in place.ids]
    if not rows:
        return []
    mixes = table.to_numpy(np.int64)
    found = similar(mixes, rows[0])
    out = []
    for row, alike in zip(found.rows, found.alike, strict=True):
        code, name = names.get(int(table.index[row]), ("", ""))
        out.append({"code": code, "name": name, "alike": alike, "n": int(mixes[row].sum())})
    return out


def _in_readings(
    asked: Question, place: _Place
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    lies = place.both[f"{asked.level}_id"].isin(place.ids).to_numpy(np.bool_)
    sent = place.both[f"sent_{asked.level}_id"].isin(place.ids).to_numpy(np.bool_)
    return lies, sent


def _readings(asked: Question, place: _Place) -> dict[str, int | None] | None:
    """Count what lies in a place, what was sent to it, and what only one of them holds.

    None where no appeal says to whom it was sent.
    """
    lies, sent = _in_readings(asked, place)
    if not sent.any():
        return None
    counted = {
        "lies": lies.sum(),
        "sent": sent.sum(),
        "only_lies": (lies & ~sent).sum(),
        "only_sent": (sent & ~lies).sum(),
    }
    return {name: _shown(int(n)) for name, n in counted.items()}
