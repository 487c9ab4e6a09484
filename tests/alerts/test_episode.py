from datetime import UTC, datetime, timedelta

from alerts.episode import Episode, Signal, gather

START = datetime(2026, 3, 28, 12, tzinfo=UTC)


def signal(
    appeals: range | list[int],
    *,
    kind: str = "surge",
    area: tuple[str, int] = ("community", 7),
    code: str = "噪声/施工噪声",
    hours: int = 0,
    score: float = 5.0,
    expected: float | None = 0.5,
    callers: int | None = None,
) -> Signal:
    tick = START + timedelta(hours=hours)
    return Signal(
        tick, kind, *area, f"{area[0]}{area[1]}", code, 24, len(appeals),
        len(appeals) if callers is None else callers, expected, score, tick, "因为", {},
        frozenset(appeals),
    )  # fmt: skip


def test_the_narrow_view_names_what_the_wide_one_saw_first() -> None:
    episodes: list[Episode] = []
    wide = signal(range(30), area=("city", 0), code="噪声", score=3.0, expected=18.0)
    narrow = signal(range(12), score=9.0)

    gather(episodes, [wide, narrow])

    assert len(episodes) == 1
    assert episodes[0].named == narrow
    assert episodes[0].kind == "surge"


def test_two_places_of_one_class_are_two_matters_though_the_city_saw_both() -> None:
    episodes: list[Episode] = []
    city = signal(range(60), area=("city", 0), score=4.0, expected=20.0)
    one = signal(range(14), area=("community", 1), score=9.0)
    other = signal(range(20, 33), area=("community", 2), score=8.0)

    gather(episodes, [city, one, other])

    assert {e.named.area_name for e in episodes} == {"community1", "community2"}


def test_what_a_district_shows_of_a_firm_is_the_firms_alert() -> None:
    firm = signal(range(28), area=("subject", 5), code="物业/押金", score=15.0)
    district = signal(range(17, 29), area=("district", 2), code="物业/押金", hours=9, score=3.0)
    tenants = signal(range(40, 52), area=("district", 2), code="物业/押金", hours=9, score=3.0)
    for rise, alerts in ((district, 1), (tenants, 2)):
        episodes: list[Episode] = []
        gather(episodes, [firm])
        gather(episodes, [rise])

        assert len(episodes) == alerts
        assert episodes[0].kind == "subject"


def test_a_firm_is_not_hidden_by_a_greater_rise_of_the_city() -> None:
    episodes: list[Episode] = []
    city = signal(range(200), area=("city", 0), code="物业/押金", score=40.0, expected=20.0)
    firm = signal(range(28), area=("subject", 5), code="物业/押金", hours=1, score=9.0)

    gather(episodes, [city])
    gather(episodes, [firm])

    assert [e.kind for e in episodes] == ["surge", "subject"]


def test_a_cluster_by_the_street_that_rose_is_one_alert_with_its_district() -> None:
    district = signal(range(10), area=("district", 1), score=4.0)
    street = signal(range(5), area=("street", 7), score=6.0)
    by_it = signal(range(3, 9), kind="cluster", area=("cell_8", 1), score=4.0)
    elsewhere = signal(range(5, 10), kind="cluster", area=("cell_8", 2), score=4.0)
    for cluster, alerts in ((by_it, 1), (elsewhere, 2)):
        episodes: list[Episode] = []
        gather(episodes, [district, street, cluster])

        assert len(episodes) == alerts


def test_a_wave_keeps_its_small_parts_and_their_classes_together() -> None:
    episodes: list[Episode] = []
    wave = signal(range(200), area=("city", 0), code="供热", score=40.0, expected=20.0)
    finer = signal(range(120), area=("city", 0), code="供热/不热", score=20.0, expected=15.0)
    sister = signal(range(120, 200), area=("city", 0), code="供热/漏水", score=9.0, expected=5.0)

    gather(episodes, [wave])
    gather(episodes, [finer, sister])

    assert len(episodes) == 1


def test_sister_classes_that_rise_one_after_the_other_are_one_wave_named_by_what_is_above() -> None:
    city = ("city", 0)
    meters = signal(range(10), area=city, code="公用/供电/电表", score=3.4, expected=1.6)
    power = signal(range(42), area=city, code="公用/供电", hours=1, score=3.3, expected=14.8)
    lines = signal(
        range(10, 24), area=city, code="公用/供电/线路", hours=1, score=3.2, expected=2.9
    )
    water = signal(range(50, 70), area=city, code="公用/供水", hours=1, score=3.2, expected=2.9)
    episodes: list[Episode] = []

    gather(episodes, [meters])
    gather(episodes, [power, lines, water])

    assert [e.named.class_code for e in episodes] == ["公用/供电", "公用/供水"]
    assert len(episodes[0].signals) == 3


def test_a_wave_is_not_hidden_by_a_small_matter_of_the_same_wide_class() -> None:
    episodes: list[Episode] = []
    small = signal(range(18), code="公用/通信/资费", score=15.0)
    wide = signal(range(60), area=("city", 0), code="公用", score=6.0, expected=20.0)
    wave = signal(
        range(18, 107), area=("city", 0), code="公用/供电", hours=1, score=15.0, expected=17.0
    )
    wider = signal(range(137), area=("city", 0), code="公用", hours=1, score=10.0, expected=45.0)
    part = signal(
        range(18, 30), area=("city", 0), code="公用/供电/计费", hours=1, score=5.0, expected=2.0
    )

    gather(episodes, [small])
    gather(episodes, [wide])
    gather(episodes, [wave, wider, part])

    assert [e.named for e in episodes] == [small, wave]


def test_every_sensitive_appeal_stays_in_an_alert() -> None:
    episodes: list[Episode] = []
    for hours, appeals in (
        (0, [1]),
        (5, [1, 2]),
        (20, [1, 2, 3]),
        (30, [3, 4]),
        (54, [4, 5]),
        (90, [9]),
    ):
        gather(episodes, [signal(appeals, kind="sensitive", hours=hours, score=3.0, expected=None)])

    assert set().union(*(e.appeals for e in episodes)) == {1, 2, 3, 4, 5, 9}
    assert episodes[0].appeals == {1, 2, 3}


def test_a_quiet_matter_that_rises_again_is_a_new_alert() -> None:
    episodes: list[Episode] = []
    gather(episodes, [signal(range(8))])

    gather(episodes, [signal(range(8, 16), hours=49)])

    assert len(episodes) == 2


def test_a_window_that_still_holds_what_was_told_tells_nothing_new() -> None:
    episodes: list[Episode] = []
    gather(episodes, [signal(range(14), kind="cluster", area=("cell_8", 5))])

    echo = signal(
        range(2, 17), kind="cluster", area=("cell_8", 6), code="噪声", hours=96, expected=1.7
    )
    gather(episodes, [echo])
    assert len(episodes) == 1

    # It kept nothing open: a day later most is new.
    gather(episodes, [signal(range(10, 30), kind="cluster", area=("cell_8", 6), hours=120)])
    assert len(episodes) == 2


def test_usual_appeals_in_a_long_window_do_not_hide_a_new_rise() -> None:
    episodes: list[Episode] = []
    gather(episodes, [signal(range(60), kind="cluster", area=("cell_8", 5), expected=40.0)])

    # The week holds all that was told, 20 above the usual, and as much above it again thrice.
    week = signal(range(200), kind="cluster", area=("cell_8", 5), hours=72, expected=120.0)
    gather(episodes, [week])

    assert len(episodes) == 2
