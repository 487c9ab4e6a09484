"""Files of a made-up city: read whole, the same for a seed, refused where senseless."""

from collections import Counter
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from appeals.errors import InputError
from appeals.files import open_rows
from appeals.intake import Rules, plan, understand
from appeals.mapping import DEFAULT
from appeals.record import Arrival, Kind, Reject
from wangge.city.make import CityFiles, make_city
from wangge.city.truth import EventKind, Truth, read_truth, write_truth
from wangge.pins import notation_of, settle

SINGLE = (EventKind.SENSITIVE, EventKind.LOOKALIKE)


@pytest.fixture(scope="module")
def short_city(tmp_path_factory: pytest.TempPathFactory) -> CityFiles:
    return make_city(tmp_path_factory.mktemp("short"), days=26, seed=5)


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(tmp_path: Path) -> None:
    cities = [
        make_city(tmp_path / name, days=1, seed=seed, start=date(2025, 10, 1))
        for name, seed in (("a", 3), ("b", 3), ("c", 4))
    ]
    contents = [
        {path.name: path.read_bytes() for path in sorted(city.folder.iterdir())} for city in cities
    ]

    assert contents[0] == contents[1]
    assert all(contents[0][name] != contents[2][name] for name in ("truth.json", "演示_区.geojson"))


def test_the_reader_accounts_for_every_line_and_knows_every_header(short_city: CityFiles) -> None:
    counts = read_truth(short_city.truth).rows
    read: list[Arrival | Reject] = []
    for path in short_city.appeals:
        zone = ZoneInfo("Asia/Shanghai")
        rules = Rules(short_city.source, DEFAULT, zone, short_city.datum)
        with open_rows(path) as rows:
            how = plan(rows.headers, rules)
            read += [
                cells if isinstance(cells, Reject) else understand(number, cells, how)
                for number, cells in rows
            ]
    understood = [one for one in read if isinstance(one, Arrival)]
    arrivals, _ = settle(understood, notation_of(understood[:500], short_city.datum, None), None)
    appeals = [one.appeal for one in arrivals]
    phones = [one.personal.phone for one in arrivals]
    times = Counter(one.source_id for one in appeals)

    assert len(read) == counts["rows"]
    assert len(read) - len(appeals) == counts["broken"] > 50
    assert len(times) == counts["appeals"]
    assert len(appeals) - len(times) == counts["corrections"] + counts["duplicates"]
    assert min(counts["corrections"], counts["late"]) > 100
    assert counts["duplicates"] > 30
    assert {one.kind for one in appeals} == set(Kind) - {Kind.OTHER}
    assert all(one.class_code.count("/") == 2 for one in appeals)
    assert sum(one.direct is True for one in appeals) > 0.2 * len(appeals)
    assert any(one.transferred for one in appeals)
    assert any(one.excluded and one.exclusion_reason for one in appeals)
    assert {phone is None for phone in phones} == {True, False}


def test_a_short_city_has_fewer_events(short_city: CityFiles) -> None:
    events = read_truth(short_city.truth).events

    assert {event.kind for event in events} == set(EventKind)
    assert len(events) < 80


def test_before_the_watch_has_learnt_only_single_appeals_are_planted(tmp_path: Path) -> None:
    events = read_truth(make_city(tmp_path, days=1, seed=5).truth).events

    assert {event.kind for event in events} == set(SINGLE)


def test_a_city_without_days_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least one day"):
        make_city(tmp_path, days=0, seed=1)


def test_the_truth_survives_its_file(tmp_path: Path, short_city: CityFiles) -> None:
    truth = read_truth(short_city.truth)
    write_truth(tmp_path / "truth.json", truth)
    again = read_truth(tmp_path / "truth.json")

    assert isinstance(again, Truth)
    assert [event.appeals for event in again.events] == [e.appeals for e in truth.events]
    assert (again.start, again.rows, again.sinks) == (
        truth.start,
        truth.rows,
        truth.sinks,
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [("{}", "lacks the field"), ("[]", "not a truth file"), ("no json", "not a truth file")],
)
def test_a_truth_file_that_is_none_is_named(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "truth.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(InputError, match=words):
        read_truth(path)
