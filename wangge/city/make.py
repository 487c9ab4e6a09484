"""The made-up city (演示·云泽市) as files that a user would bring."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from appeals.errors import InputError
from wangge.city.alarms import plant_alarms
from wangge.city.background import make_rates, run_of_things
from wangge.city.calls import Callers, joined
from wangge.city.classes import Leaf, read_leaves
from wangge.city.export import HEADERS, Sheet, make_sheet
from wangge.city.faults import Line, with_faults
from wangge.city.groups import plant_caller, plant_clusters, plant_first_times, plant_subjects
from wangge.city.land import LAT_0, LON_0, make_land
from wangge.city.layers import (
    PLACE_COLUMNS,
    UNIT_COLUMNS,
    unit_frames,
    write_gazetteers,
    write_table,
    write_units,
)
from wangge.city.names import CITY
from wangge.city.outline import Ints
from wangge.city.settlement import settle
from wangge.city.stage import CITY_CODE, LEAST_DAYS, Planted, Stage
from wangge.city.surges import plant_surges, plant_wave
from wangge.city.truth import Event, Truth, write_truth

TIME_ZONE = "Asia/Shanghai"
SOURCE = "12345"
DATUM = "gcj02"
WEEK, EVENT = "演示_最近七天.csv", "事件"
"""The last seven days without faults, each row with the number of its planted event at the end; see
:mod:`wangge.city.again`."""
DEFAULT_START = date(2025, 4, 1)  # 清明 and 五一 lie within sixty days


@dataclass(frozen=True, slots=True)
class LayerFile:
    """One boundary file and how it is to be imported.

    ``columns`` maps ``code``, ``name`` and (but for districts) ``parent`` to the file's own column
    names; 户数 and 人口 are found by these names. ``datum`` and ``encoding`` are what ``wangge
    units import`` takes.
    """

    path: Path
    level: str
    columns: Mapping[str, str]
    datum: str
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class PlacesFile:
    """One gazetteer file and how it is to be imported.

    ``columns`` maps ``name``, ``address``, ``district``, ``lon``, ``lat`` to the file's own column
    names; ``kind`` is ``compound``, ``plate`` or ``point``.
    """

    path: Path
    kind: str
    columns: Mapping[str, str]
    datum: str


@dataclass(frozen=True, slots=True)
class CityFiles:
    """All files of one made-up city.

    Attributes
    ----------
    folder
        Where they lie.
    units
        Boundary files from districts down to grids: import in this order.
    gazetteers
        Compounds (BD-09), door plates and other named places (GCJ-02).
    appeals
        12345 exports in the order of time: ingest in this order.
    source, datum
        Name of the appeals' source and the datum of its coordinates.
    classes
        Class tree (CSV: 编码, 名称, 上级; a code is the path of the names).
    settings
        A TOML snippet: ``demo``, ``[jurisdiction]`` and ``[datum]`` as this city needs them.
    truth
        ``truth.json``, see :mod:`wangge.city.truth`.
    """

    folder: Path
    units: tuple[LayerFile, ...]
    gazetteers: tuple[PlacesFile, ...]
    appeals: tuple[Path, ...]
    source: str
    datum: str
    classes: Path
    settings: Path
    truth: Path


def make_city(folder: Path, *, days: int, seed: int, start: date = DEFAULT_START) -> CityFiles:
    """Write a city as files; the same seed, days and start give the same content.

    Parameters
    ----------
    folder
        Where the files go; it is made if it is not there.
    days
        Length of the export; events other than single appeals are planted from 25 days on, their
        number in proportion (60 days: 14 surges, 4 clusters, 4 subjects, 12 first reports).
    seed
        What everything is drawn from.
    start
        First day of the export.

    Raises
    ------
    InputError
        The number of days or the seed makes no sense.
    """
    if days < 1 or seed < 0:
        raise InputError("a city needs at least one day, and a seed that is not negative")
    folder.mkdir(parents=True, exist_ok=True)

    def stream(part: int) -> np.random.Generator:
        # Each part has its own stream, so that a change in one leaves the others as they are.
        return np.random.default_rng([seed, part])

    land = make_land(stream(1))
    settlement = settle(land, stream(2))
    leaves = read_leaves()
    rates = make_rates(leaves, land, settlement, start, days, stream(3))
    callers = Callers(len(land.communities.codes), stream(4))
    calls = run_of_things(leaves, land, settlement, rates, callers, stream(5))
    stage = Stage(leaves, land, settlement, rates, callers, days)
    _plant(stage, stream(6))
    calls = joined([calls, *stage.parts])
    families = {k: (event.kind, event.note) for k, event in enumerate(stage.planted)}
    sheet = make_sheet(calls, leaves, land, settlement, families, start, stream(7))
    midnight = datetime(start.year, start.month, start.day)  # noqa: DTZ001 as an export has it
    until = midnight + timedelta(days=days, seconds=-1)
    of_event = calls["event"].to_numpy()
    lines, counts = with_faults(sheet, of_event, leaves, until, stream(8))

    units = write_units(folder, unit_frames(land, settlement))
    gazetteers = write_gazetteers(folder, land, settlement, stream(9))
    truth = Truth(
        city=CITY,
        seed=seed,
        start=start,
        days=days,
        time_zone=TIME_ZONE,
        events=_events(stage.planted, calls, sheet),
        rows=counts,
        sinks=sheet.sinks,
    )
    write_truth(folder / "truth.json", truth)
    _write_week(folder, sheet, of_event, until)
    return CityFiles(
        folder=folder,
        units=tuple(_layer(level, path) for level, path in units.items()),
        gazetteers=tuple(
            PlacesFile(path, kind, PLACE_COLUMNS, "bd09" if kind == "compound" else "gcj02")
            for kind, path in gazetteers.items()
        ),
        appeals=_write_appeals(folder, lines, until),
        source=SOURCE,
        datum=DATUM,
        classes=_write_classes(folder, leaves),
        settings=_write_settings(folder),
        truth=folder / "truth.json",
    )


def _plant(stage: Stage, rng: np.random.Generator) -> None:
    if stage.days >= LEAST_DAYS:
        plant_wave(stage, rng)
        plant_surges(stage, rng)
        plant_clusters(stage, rng)
        plant_subjects(stage, rng)
        plant_first_times(stage, rng)
        plant_caller(stage, rng)
    plant_alarms(stage, rng)


def _events(planted: list[Planted], calls: pd.DataFrame, sheet: Sheet) -> tuple[Event, ...]:
    of_event = calls["event"].to_numpy()
    events = []
    for number, event in enumerate(planted):
        mine = np.flatnonzero(of_event == number).tolist()
        times = [sheet.received[k].replace(tzinfo=ZoneInfo(TIME_ZONE)) for k in mine]
        events.append(
            Event(
                kind=event.kind,
                areas=event.areas,
                class_code=event.class_code,
                start=min(times),
                end=max(times),
                appeals=tuple(sheet.rows[k][0] for k in mine),
                base_per_day=event.base_per_day,
                note=event.note,
            )
        )
    return tuple(events)


def _layer(level: str, path: Path) -> LayerFile:
    columns = {k: v for k, v in UNIT_COLUMNS.items() if k != "parent" or level != "district"}
    return LayerFile(path, level, columns, "wgs84", "GBK" if level == "street" else None)


def _write_appeals(folder: Path, lines: list[Line], until: datetime) -> tuple[Path, ...]:
    """Write one file a month, by turns in GB18030 and in UTF-8 with a mark."""
    paths = []
    by_month = groupby(lines, lambda line: f"{min(line.at, until):%Y%m}")
    for number, (month, some) in enumerate(by_month):
        path = folder / f"演示_12345工单_{month}.csv"
        encoding = "utf-8-sig" if number % 2 else "gb18030"
        write_table(path, HEADERS, (line.row for line in some), encoding=encoding)
        paths.append(path)
    return tuple(paths)


def _write_week(folder: Path, sheet: Sheet, of_event: Ints, until: datetime) -> None:
    every = zip(sheet.rows, sheet.received, of_event.tolist(), strict=True)
    rows = (
        [*row, "" if event < 0 else str(event)]
        for row, at, event in every
        if at > until - timedelta(days=7)
    )
    write_table(folder / WEEK, [*HEADERS, EVENT], rows, encoding="utf-8-sig")


def _write_classes(folder: Path, leaves: tuple[Leaf, ...]) -> Path:
    codes: dict[str, None] = {}
    for leaf in leaves:
        names = leaf.code.split("/")
        codes.update(dict.fromkeys("/".join(names[: k + 1]) for k in range(len(names))))
    path = folder / "演示_诉求分类.csv"
    rows = ([code, code.rpartition("/")[2], code.rpartition("/")[0]] for code in codes)
    write_table(path, ("编码", "名称", "上级"), rows, encoding="utf-8-sig")
    return path


def _write_settings(folder: Path) -> Path:
    path = folder / "settings.toml"
    box = [LON_0 - 0.4, LAT_0 - 0.4, LON_0 + 0.4, LAT_0 + 0.4]
    path.write_text(
        "demo = true\n\n[jurisdiction]\n"
        f'name = "{CITY}"\ncode = "{CITY_CODE}"\ntime_zone = "{TIME_ZONE}"\n'
        f"bounding_box = {[round(value, 2) for value in box]}\n\n"
        f'[datum]\n"{SOURCE}" = "{DATUM}"\n',
        encoding="utf-8",
    )
    return path
