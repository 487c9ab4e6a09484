import numpy as np
import pandas as pd
import pytest
import shapely

from benchmarks.geocoding import peers
from benchmarks.geocoding.ceiling import ceiling
from benchmarks.geocoding.fit import fit
from benchmarks.geocoding.second import City, holders, other_half, teaching
from benchmarks.geocoding.tables import labelled, left_out
from benchmarks.geocoding.texts import NOISES, Asked, folds, mixed
from benchmarks.result import Share
from geo.gazetteer import COLUMNS
from geo.indexing import build_gazetteer
from geo.locate import NamedUnit, locate_texts
from geo.matcher import matcher_of

UNITS = (
    NamedUnit("district", "990101", "东城区", None),
    NamedUnit("district", "990102", "西城区", None),
)
_FIRST, _SECOND = "松竹梅兰桂枫柳杏", "涛林湖岭溪泉石月"


def town() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = []
    for i, a in enumerate(_FIRST):
        for j, b in enumerate(_SECOND):
            lon, lat = 116.3 + i * 0.02, 39.9 + j * 0.02
            district = "东城区" if i < 4 else "西城区"
            road = f"{a}{_SECOND[-1 - j]}路{rng.integers(1, 90)}号"
            rows.append((f"{a}{b}家园", "compound", road, district, lon, lat, "made up"))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def test_folds_part_the_names_and_are_the_same_by_their_seed() -> None:
    frame = town()

    one, same, other = folds(frame, 1), folds(frame, 1), folds(frame, 2)

    assert np.array_equal(np.sort(np.concatenate(one)), np.arange(len(frame)))
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("noise", sorted(NOISES))
def test_noise_changes_a_name_by_little(noise: str) -> None:
    rng = np.random.default_rng(5)

    damaged = [NOISES[noise](rng, name) for name in town()["name"]]

    told = [(a, b) for a, b in zip(town()["name"], damaged, strict=True) if b is not None]
    assert len(told) > 50
    for name, text in told:
        assert text != name
        assert abs(len(text) - len(name)) <= 1


def test_texts_are_half_of_known_and_half_of_absent_names() -> None:
    frame = town()

    asked = mixed(frame, folds(frame, 1)[0].tolist(), np.random.default_rng(1), noise=0.5)

    assert sum(one.known for one in asked) == sum(not one.known for one in asked)


def test_a_fit_gives_a_weight_to_each_sort_of_reading() -> None:
    weights = fit(town(), UNITS, seeds=[1])

    assert {"named", "heard", "door", "road", "sibling", "district"} <= set(weights)
    assert all("base" in table for table in weights.values())


def test_a_second_city_weighs_as_much_as_the_first_along_roads() -> None:
    frame = town()
    gazetteer = build_gazetteer(frame)
    matcher = matcher_of(gazetteer, UNITS)
    # Where the doors of the second city lie elsewhere than its addresses say, doors tell less.
    columns = zip(*(frame[name].tolist() for name in ("address", "lon", "district")), strict=True)
    away = [
        (matcher, Asked(text, lon, 41.0, district, i, known=False))
        for i, (text, lon, district) in enumerate(columns)
    ]

    alone, both = fit(frame, UNITS, [1]), fit(frame, UNITS, [1], away)

    assert both["door"]["base"] < alone["door"]["base"]
    assert both["sibling"] == pytest.approx(alone["sibling"], abs=0.2)


def test_half_of_a_second_city_teaches_and_the_other_is_judged() -> None:
    frame = town()
    box = np.array([shapely.box(116, 39, 117, 41)], object)
    streets, homes = NamedUnit("street", "s0", "某街道", None), np.zeros(len(frame), np.int64)
    communities = NamedUnit("community", "c0", "某社区", "s0")
    shapes, within = {"street": box, "community": box}, {"street": homes, "community": homes}
    city = City(frame, (*UNITS, streets, communities), shapes, within)

    taught = {one.row for _, one in teaching(city)}
    shares = {share.name: share for share in other_half(city)}

    assert 0 < len(taught) < len(frame)
    assert shares["placed"].n == len(frame) - len(taught)
    assert all(one.text == frame["address"][one.row] for _, one in teaching(city))


def test_names_that_are_known_are_told_right_and_shares_count_all() -> None:
    shares = {share.name: share for share in left_out(town(), UNITS, seed=1)}

    assert shares["known names: of those within 500 m"].value > 0.95
    assert shares["all: placed"].n == (
        shares["known names: placed"].n + shares["absent names: placed"].n
    )


def test_a_labelled_table_is_judged_by_district_and_distance() -> None:
    frame = town()
    table = pd.DataFrame(
        {
            "text": [frame["name"][0], frame["name"][40], "不在名录家园"],
            "lon": [frame["lon"][0], 120.0, np.nan],
            "lat": [frame["lat"][0], 30.0, np.nan],
            "district": ["东城区", "东城区", "西城区"],
            "street": ["", "", ""],
            "source": ["46319943 a", "46319943 b", "c"],
        }
    )
    found = locate_texts(table["text"].tolist(), build_gazetteer(frame), UNITS)

    shares = {s.name: s for s in labelled(table, found, UNITS, frame["name"].tolist())}

    assert (shares["district right"].k, shares["district wrong"].k) == (1, 1)
    assert (shares["names in the gazetteer: within 100 m"].k, shares["street right"].n) == (1, 0)


def test_an_interval_holds_its_share() -> None:
    for k, n in ((0, 10), (10, 10), (3, 7)):
        low, high = Share("", k, n).interval()
        assert 0 <= low <= k / n + 1e-9
        assert k / n - 1e-9 <= high <= 1


def test_points_are_held_by_the_first_polygon_around_them_or_by_none() -> None:
    shapes = np.array([shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2)], object)

    held = holders(shapes, np.array([0.5, 1.5, 2.5, 9.0]), np.array([1.0, 1.0, 1.0, 1.0]))

    assert held.tolist() == [0, 0, 1, -1]


def test_the_ceiling_counts_right_readings_and_the_most_that_a_bound_can_keep() -> None:
    frame = town()
    gazetteer = build_gazetteer(frame)
    table = frame.assign(text=frame["name"])
    # The last place stands elsewhere than its name says.
    table.loc[len(table) - 1, "lat"] = 41.0
    found = locate_texts(table["text"].tolist(), gazetteer, UNITS)

    some, best, most = ceiling(table, found, gazetteer, UNITS)

    assert (some.k, best.k, some.n) == (len(table) - 1, len(table) - 1, len(table))
    assert most.k == len(table), "one wrong of so many still leaves the precision asked"


def test_a_peer_that_tells_no_district_is_not_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [None, "东城区", "西城区"]
    monkeypatch.setattr(peers, "PEERS", {"json": lambda texts: answers[: len(texts)]})

    right, wrong = peers.beside(["a", "b", "c"], ["东城区"] * 3)[0]

    assert (right.k, wrong.k, right.n) == (1, 1, 3)
