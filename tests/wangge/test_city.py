import csv
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely

from appeals.categories import read_class_tree
from geo.datums import wgs84_from_gcj02
from geo.places import read_places
from grids.read import read_layer
from wangge.city.make import CityFiles, make_city
from wangge.city.truth import Event, EventKind, read_truth

LEVELS = ("district", "street", "community", "grid")
SINGLE = (EventKind.SENSITIVE, EventKind.LOOKALIKE)
# What an office would look for; the normal run of things must hold none of it, so that each
# sensitive alert beside the planted appeals is a false one.
HARD_WORDS = (
    *("泄漏", "漏气", "煤气", "着火", "起火", "失火", "火灾", "爆炸", "炸", "坍塌", "塌", "中毒"),
    *("自杀", "轻生", "跳楼", "不想活", "割腕", "持刀", "打人", "砍人", "猥亵", "未成年", "家暴"),
    *("讨薪", "欠薪", "拖欠", "上访", "聚集", "罢", "横幅", "堵路", "被困", "困人", "触电", "落水"),
    *("死人", "去世", "血", "救命", "杀人", "失踪", "走失", "威胁", "虐", "受伤"),
)


Row = dict[str, str]


class City:
    """One made-up city read back from its files; of a 工单编号 the last line stands."""

    def __init__(self, files: CityFiles) -> None:
        self.files = files
        self.truth = read_truth(files.truth)
        self.units = {
            layer.level: read_layer(
                layer.path,
                level=layer.level,
                datum=layer.datum,
                encoding=layer.encoding,
                **layer.columns,
            )
            for layer in files.units
        }
        self.rows: dict[str, Row] = {}
        for path, encoding in zip(files.appeals, ("gb18030", "utf-8-sig"), strict=True):
            with path.open(encoding=encoding, newline="") as file:
                for row in csv.DictReader(file):
                    if not row["工单编号"].startswith("YZX") and row["工单编号"]:
                        self.rows[row["工单编号"]] = row

    def events(self, *kinds: EventKind) -> list[Event]:
        return [event for event in self.truth.events if event.kind in kinds]

    def rows_of(self, event: Event) -> list[Row]:
        return [self.rows[number] for number in event.appeals]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return City(make_city(tmp_path_factory.mktemp("city"), days=60, seed=7))


def class_of(row: Row) -> str:
    return "/".join(row[f"{level}级分类"] for level in "一二三")


def points(rows: list[Row]) -> np.ndarray:
    pins = [(float(row["经度"]), float(row["纬度"])) for row in rows if row["经度"]]
    x, y = np.array(pins).reshape(-1, 2).T
    return np.column_stack(wgs84_from_gcj02(x, y))


def received(row: Row) -> datetime:
    return datetime.fromisoformat(row["受理时间"]).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def test_a_month_of_the_export_is_one_file_and_the_encodings_take_turns(city: City) -> None:
    heads = [path.read_bytes()[:3] for path in city.files.appeals]

    assert [path.name[-10:] for path in city.files.appeals] == ["202504.csv", "202505.csv"]
    assert heads[0].decode("gb18030", errors="replace")[:1] == "工"
    assert heads[1] == b"\xef\xbb\xbf"


def test_it_has_the_units_of_a_city(city: City) -> None:
    numbers = {level: len(units) for level, units in city.units.items()}

    assert numbers["district"] == 3
    assert 12 <= numbers["street"] <= 14
    assert numbers["community"] >= 120
    assert numbers["grid"] >= 600
    assert all((units["code"].str.startswith("99")).all() for units in city.units.values())
    for level, length in zip(LEVELS, (6, 9, 12, 15), strict=True):
        assert (city.units[level]["code"].str.len() == length).all()
        assert city.units[level]["code"].is_unique


@pytest.mark.parametrize(("upper", "lower"), list(pairwise(LEVELS)))
def test_levels_nest_exactly_with_their_codes_and_their_people(
    city: City, upper: str, lower: str
) -> None:
    parts, wholes = city.units[lower], city.units[upper].set_index("code")

    assert [code[:-3] for code in parts["code"]] == parts["parent"].tolist()
    together = parts.dissolve("parent", aggfunc={"households": "sum", "people": "sum"})
    together = together.reindex(wholes.index)
    assert together["households"].tolist() == wholes["households"].tolist()
    assert together["people"].tolist() == wholes["people"].tolist()
    left_over = shapely.symmetric_difference(
        np.asarray(together.geometry.array), np.asarray(wholes.geometry.array)
    )
    assert float(shapely.area(left_over).max()) == 0.0


@pytest.mark.parametrize("level", LEVELS)
def test_neighbours_share_their_borders_without_gaps_or_overlaps(city: City, level: str) -> None:
    shapes = np.asarray(city.units[level].geometry.array)

    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    outline = shapely.coverage_union_all(shapes)
    assert len(shapely.get_rings(outline)) == 1  # one piece, no holes
    borders_per_side = shapely.get_num_coordinates(shapes) / 6
    assert float(np.median(borders_per_side)) > 3  # ragged, not six straight sides


def test_there_are_nine_hundred_a_day_of_which_two_in_five_only_ask(city: City) -> None:
    n = len(city.rows)

    assert 850 < n / 60 < 950
    assert 0.35 < sum(row["诉求类型"] == "咨询" for row in city.rows.values()) / n < 0.40
    assert 0.06 < sum(not row["经度"] for row in city.rows.values()) / n < 0.10


def test_weeks_and_holidays_have_their_rhythm(city: City) -> None:
    times = [received(row) for row in city.rows.values()]
    days = Counter(time.date() for time in times)
    hours = Counter(time.hour for time in times)
    workday = np.mean([n for day, n in days.items() if day.weekday() < 5 and day.month == 4])
    holiday = np.mean([days[date(2025, 5, number)] for number in range(1, 6)])

    assert holiday < 0.8 * float(workday)
    assert hours[9] > 4 * hours[3]


def test_classes_are_a_tree_and_their_rates_are_skewed(city: City) -> None:
    tree = read_class_tree(city.files.classes)
    counts = Counter(class_of(row) for row in city.rows.values())
    common = sum(n for _, n in counts.most_common(15))

    assert set(counts) <= {one.code for one in tree}
    assert len(counts) >= 120
    assert common > 0.4 * len(city.rows)
    assert sum(n < 60 for n in counts.values()) > 40  # under one a day


def test_gazetteers_are_read_whole_and_agree_with_the_pins(city: City) -> None:
    for places in city.files.gazetteers:
        frame, report = read_places(places.path, places.columns, places.datum, places.kind, "演示")
        assert report.accepted == report.rows > 600
        districts = city.units["district"].set_index("name").geometry
        for name, some in frame.groupby("district"):
            assert shapely.contains_xy(districts[name], some["lon"], some["lat"]).all()


def test_the_sinks_are_the_only_coordinates_with_improbably_many_cases(city: City) -> None:
    lines = Counter((row["经度"], row["纬度"]) for row in city.rows.values() if row["经度"])
    crowded = [(float(x), float(y)) for (x, y), n in lines.items() if n >= 10]
    found = np.column_stack(wgs84_from_gcj02(*np.array(crowded).T))

    assert len(crowded) == len(city.truth.sinks) == 3
    assert np.allclose(sorted(found.tolist()), sorted(city.truth.sinks), atol=2e-6)


def test_the_truth_holds_at_least_what_the_city_is_for(city: City) -> None:
    surges = city.events(EventKind.SURGE)
    number = Counter(event.kind for event in city.truth.events)

    assert number[EventKind.SURGE] >= 12
    assert sum(event.size >= 10 for event in surges) >= 10
    assert sum(event.base_per_day < 1 for event in surges) == len(surges) / 2
    assert sum(event.base_per_day > 5 for event in surges) == len(surges) / 2
    assert number[EventKind.CLUSTER] >= 3
    assert number[EventKind.SUBJECT] >= 4
    assert number[EventKind.FIRST_TIME] >= 10
    assert number[EventKind.SENSITIVE] >= 30
    assert number[EventKind.LOOKALIKE] >= 60
    assert number[EventKind.CALLER] == number[EventKind.WAVE] == 1


def test_planted_appeals_are_in_the_files_where_and_when_the_truth_says(city: City) -> None:
    shapes = {
        code: shape
        for units in city.units.values()
        for code, shape in zip(units["code"], units.geometry, strict=True)
    }
    for event in city.truth.events:
        mine = city.rows_of(event)
        times = [received(row) for row in mine]
        assert (min(times), max(times)) == (event.start, event.end)
        assert all(class_of(row).startswith(event.class_code) for row in mine)
        if event.kind != EventKind.WAVE:
            area = shapely.union_all([shapes[code] for code in event.areas])
            assert shapely.contains_xy(area, points(mine)).all()


def test_events_wait_for_the_watch_to_learn_and_keep_apart(city: City) -> None:
    events = [event for event in city.truth.events if event.kind not in SINGLE]
    first = city.truth.start + timedelta(days=22)

    assert all(event.start.date() >= first for event in events)
    for k, one in enumerate(events):
        for other in events[:k]:
            related = (one.class_code + "/").startswith(other.class_code + "/") or (
                other.class_code + "/"
            ).startswith(one.class_code + "/")
            near = any(
                a.startswith(b) or b.startswith(a) or EventKind.WAVE in (one.kind, other.kind)
                for a in one.areas
                for b in other.areas
            )
            apart = one.start - other.end > timedelta(0) or other.start - one.end > timedelta(0)
            assert apart or not (related and near), (one.note, other.note)


def test_all_but_the_single_caller_are_different_people(city: City) -> None:
    for event in city.truth.events:
        phones = {row["来电号码"] for row in city.rows_of(event)}
        assert len(phones) == (1 if event.kind == EventKind.CALLER else event.size)
    assert city.events(EventKind.CALLER)[0].size == 30


def test_clusters_lie_within_half_a_kilometre_on_both_sides_of_a_street_border(
    city: City,
) -> None:
    for event in city.events(EventKind.CLUSTER):
        at = points(city.rows_of(event)) * [91_200.0, 110_940.0]
        assert float(np.hypot(*(at - (at.min(axis=0) + at.max(axis=0)) / 2).T).max()) < 600
        assert len({code[:9] for code in event.areas}) >= 2
        assert 10 <= event.size <= 16
        most = Counter(row["社区"] for row in city.rows_of(event)).most_common(1)[0][1]
        assert most <= 0.7 * event.size


def test_subjects_have_callers_in_many_streets_and_few_others(city: City) -> None:
    for event in city.events(EventKind.SUBJECT):
        name = event.note.partition("（")[0]
        everyone = [row for row in city.rows.values() if name in row["诉求内容"]]
        assert len(everyone) == event.size
        filled = [row["被反映主体"] for row in everyone if row["被反映主体"]]
        assert len(filled) < 0.8 * event.size
        assert set(filled) <= {name + "（演示）"}
        assert len({code[:9] for code in event.areas}) >= 7
        assert event.end - event.start < timedelta(days=3)


def test_first_reports_have_no_history_anywhere_and_company_within_three_days(city: City) -> None:
    for event in city.events(EventKind.FIRST_TIME):
        seen = [n for n, row in city.rows.items() if class_of(row) == event.class_code]
        assert sorted(seen) == sorted(event.appeals)
        assert event.size >= 3
        assert event.end - event.start <= timedelta(hours=72)
        assert len({row["诉求内容"] for row in city.rows_of(event)}) == event.size


def test_the_wave_lifts_the_class_everywhere_at_once(city: City) -> None:
    wave = city.events(EventKind.WAVE)[0]
    streets = {row["街道"] for row in city.rows_of(wave)} - {""}

    assert len(streets) == len(city.units["street"])
    assert 3 <= wave.size / 2 / wave.base_per_day <= 5


def test_nothing_but_planted_appeals_has_hard_words(city: City) -> None:
    planted = {number for event in city.events(*SINGLE) for number in event.appeals}
    found = {
        word
        for number, row in city.rows.items()
        if number not in planted
        for word in HARD_WORDS
        if word in row["诉求标题"] + row["诉求内容"]
    }

    assert found == set()


def test_planted_words_are_each_said_once(city: City) -> None:
    for kind in SINGLE:
        texts = [city.rows_of(event)[0]["诉求内容"] for event in city.events(kind)]
        assert len(set(texts)) == len(texts)
