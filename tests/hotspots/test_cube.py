from collections import Counter
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from grids.cube import CUBE, count_rows, slice_of
from hotspots.cube import About, Cube, build
from hotspots.periods import Reckoning
from hotspots.repeats import first_reports

OFFICE = Reckoning(month_start=19, cut_off_hour=8)
SPANS = OFFICE.spans(date(2024, 4, 1), date(2024, 6, 18), "month")  # 19 March to 18 June
ABOUT = About("street", "lies", date(2024, 6, 18), "Asia/Shanghai")
CLASSES = ["噪声", "噪声/夜间施工", "噪声扰", "供水"]


def rows(seed: int, n: int = 300) -> pd.DataFrame:
    """Appeals as the counts take them, some without a street, hour or caller."""
    chance = np.random.default_rng(seed)
    days = np.datetime64("2024-03-10") + chance.integers(0, 110, n).astype("timedelta64[D]")
    frame = pd.DataFrame(
        {
            "local_day": pd.Series(days).dt.date.to_numpy(object),
            "local_hour": pd.array(chance.integers(0, 24, n), dtype="Int64"),
            "class_code": chance.choice(CLASSES, n),
            "kind": chance.choice(["complaint", "consult"], n),
            "street_id": pd.array(chance.integers(0, 4, n), dtype="Int64"),
            "place": chance.integers(-1, 20, n),
        }
    )
    frame.loc[::7, "local_hour"] = pd.NA
    for column in ("district", "community", "grid"):
        frame[f"{column}_id"] = 0
    for column in ("district", "street", "community", "grid"):
        frame[f"sent_{column}_id"] = frame["street_id"] if column == "street" else 0
    for resolution in (8, 9, 10):
        frame[f"cell_{resolution}"] = 0
    return frame


def cube_of(frame: pd.DataFrame, about: About = ABOUT) -> Cube:
    counts = count_rows(frame)
    parts = slice_of(counts, "street", "lies"), slice_of(counts, "city", "lies")
    return build(*parts, SPANS, about, OFFICE, areas=[1, 2, 3, 9])


def slowly(frame: pd.DataFrame, class_code: str | None) -> Counter[tuple[int, int]]:
    """Appeals by street and period, row by row."""
    found: Counter[tuple[int, int]] = Counter()
    columns = (frame[name].tolist() for name in ("local_day", "local_hour", "class_code"))
    for day, hour, code, street in zip(*columns, frame["street_id"].tolist(), strict=True):
        counted = day - timedelta(days=1) if hour is not pd.NA and hour < 8 else day
        for period, span in enumerate(SPANS):
            asked = class_code in (None, code) or code.startswith(f"{class_code}/")
            found[street, period] += span.first <= counted <= span.last and asked
    return found


@pytest.mark.parametrize("class_code", [None, "噪声", "供水"])
def test_the_cube_counts_what_counting_row_by_row_gives(class_code: str | None) -> None:
    frame = rows(5)
    cube, expected = cube_of(frame), slowly(frame, class_code)
    found, periods = cube.of(class_code), range(len(SPANS))

    assert cube.areas.tolist() == [1, 2, 3, 9]
    assert found.tolist() == [[expected[area, t] for t in periods] for area in (1, 2, 3, 9)]
    beside = cube.not_placed[cube.rows_of(class_code)].sum(axis=0)
    assert beside.tolist() == [expected[0, t] for t in periods]
    assert found.sum() > 10


def test_kinds_are_chosen_and_sinks_stand_beside() -> None:
    frame = rows(1)
    counts = count_rows(frame)
    level, city = slice_of(counts, "street", "lies"), slice_of(counts, "city", "lies")
    sinks = slice_of(count_rows(frame[frame["place"] == 3]), "street", "lies")
    whole = build(level, city, SPANS, ABOUT, OFFICE)
    cube = build(level, city, SPANS, ABOUT, OFFICE, sinks=sinks)

    assert cube.sinks.sum() > 0
    assert (cube.of() + 0).sum() + cube.sinks.sum() == whole.of().sum()
    assert (cube.not_placed == whole.not_placed).all()
    few = build(level, city, SPANS, About("street", "lies", None, "UTC", ("consult",)), OFFICE)
    assert few.of().sum() == cube_of(frame[frame["kind"] == "consult"]).of().sum()


def test_first_reports_alone_are_counted_from_the_appeals_that_are_left() -> None:
    frame = rows(2)
    day = pd.to_datetime(frame["local_day"]).to_numpy("datetime64[D]").astype(np.int64)
    first = first_reports(frame["place"].to_numpy(np.int64), day)
    about = About("street", "lies", None, "Asia/Shanghai", first_reports="place")
    cube = cube_of(frame[first], about)

    assert 0 < cube.of().sum() < cube_of(frame).of().sum()


def test_frames_that_do_not_belong_together_are_refused() -> None:
    frame = rows(3)
    counts = count_rows(frame)
    level, city = slice_of(counts, "street", "lies"), slice_of(counts, "city", "lies")
    with pytest.raises(ValueError, match="more appeals than the city"):
        build(level, city.iloc[:0], SPANS, ABOUT, OFFICE)
    with pytest.raises(ValueError, match="sinks"):
        build(level, city, SPANS, ABOUT, OFFICE, sinks=pd.concat([level, level]))
    with pytest.raises(ValueError, match="no column hour"):
        build(level.drop(columns="hour"), city, SPANS, ABOUT, OFFICE)


def test_no_appeals_at_all_are_zeros() -> None:
    empty = pd.DataFrame({name: [] for name in CUBE})
    cube = build(empty, empty, SPANS, ABOUT, OFFICE, areas=[4, 5])

    assert cube.of().shape == (2, 3)
    assert not cube.of("供水").any()
