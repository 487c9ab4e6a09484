"""Verdicts teach while they are in force, and nothing is left of one that was undone."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.episode import Episode, Signal
from alerts.store import events_after, publish, read_alert
from alerts.telling import JUDGED_FALSE, KNOWN, OVER_BUDGET, Budget, Telling, settle
from alerts.verdicts.moves import Verdict
from alerts.verdicts.store import give_verdict, judged_in_force, read_verdicts, undo_verdict
from alerts.verdicts.teach import MOST_DECADES, Judged, Taught, needed_decades
from api.store import AlertFigures, alert_figures
from appeals.database import Engine, reading, writing
from appeals.errors import Conflict, InputError
from appeals.privacy import Role, Viewer
from geo.cells import disk
from tests.alerts.test_store import NOW, VIEWER, appeals

KEY = ("surge", "street", 3, "噪声/施工噪声")
TERM = timedelta(days=14)
DAY = timedelta(days=1)
WHO = "值班员甲"


def signal(
    *,
    kind: str = "surge",
    area: int = 3,
    area_kind: str = "street",
    code: str = "噪声/施工噪声",
    callers: int = 6,
    margin: float = 0.7,
    tick: datetime = NOW,
    ids: tuple[int, ...] = (1, 2),
) -> Signal:
    return Signal(
        tick, kind, area_kind, area, "甲街道", code, 24, callers, callers, 0.4, 5.0, tick,
        "甲街道“施工噪声”近24小时有6人反映（6件）。",
        {"margin": margin} if kind == "surge" else {}, frozenset(ids),
    )  # fmt: skip


def episode(*signals: Signal) -> Episode:
    one = Episode(signals[0].tick, signals[0].tick)
    for own in signals:
        one.add(own)
    return one


def judged(verdict: str, **changes: object) -> Judged:
    until = NOW + TERM if verdict == "known" else None
    made = Judged(70, verdict, NOW - DAY, "blue", KEY, (KEY,), until)
    return replace(made, **changes)  # type: ignore[arg-type]


def aside(one: Episode, *verdicts: Judged, budget: Budget | None = None) -> str | None:
    settle([one], NOW, Counter(), Telling(budget or Budget(), Taught(verdicts), UTC))
    return one.aside


def test_what_is_known_is_not_told_again_and_says_of_which_alert_and_until_when() -> None:
    again = episode(signal())

    assert aside(again, judged("known")) == KNOWN
    assert again.lesson == "同一事项已判已知（在办）（提示70），4月11日前不再单独提示。"
    assert aside(episode(signal()), judged("known", until=NOW - DAY)) is None
    assert aside(episode(signal(code="噪声")), judged("known")) == KNOWN
    assert aside(episode(signal(area=4)), judged("known")) is None
    assert aside(episode(signal(code="物业")), judged("known")) is None


def test_what_is_known_is_told_where_it_comes_at_a_graver_level() -> None:
    assert aside(episode(signal(callers=11)), judged("known")) is None
    assert aside(episode(signal(callers=11)), judged("known", level="yellow")) == KNOWN


def test_a_wider_place_of_the_evidence_is_not_the_matter_that_was_judged() -> None:
    wide = ("surge", "city", 0, "噪声/施工噪声")
    cell = ("cluster", "cell_8", 613616697602998271, "噪声/施工噪声")
    of_street = judged("known", keys=(KEY, wide, cell))
    beside = next(one for one in disk(cell[2], 1) if one != cell[2])
    far = next(one for one in disk(cell[2], 3) if one not in disk(cell[2], 2))

    for area, why in ((cell[2], KNOWN), (beside, KNOWN), (far, None)):
        begun = episode(signal(kind="cluster", area_kind="cell_8", area=area))
        assert aside(begun, of_street) == why
    assert aside(episode(signal(area_kind="city", area=0)), of_street) is None


def test_what_was_judged_untrue_needs_more_evidence_and_tells_by_how_much() -> None:
    false = judged("false")
    weak, strong = episode(signal(margin=0.3)), episode(signal(margin=0.7))

    assert aside(weak, false) == JUDGED_FALSE
    assert aside(strong, false) is None
    assert strong.lesson == "同一事项曾判不属实（提示70），所需证据提高到3.1倍。"
    assert aside(episode(signal(margin=0.7)), false, replace(false, alert_id=71)) == JUDGED_FALSE
    assert aside(weak, false, judged("true", alert_id=72)) is None


def test_the_list_of_sensitive_words_is_never_kept_back() -> None:
    grave = signal(kind="sensitive", code="火灾燃气")
    key = ("sensitive", "street", 3, "火灾燃气")
    every = [judged(v, key=key, keys=(key,)) for v in ("known", "false")]

    assert aside(episode(grave), *every, budget=Budget(0)) is None


def test_a_verdict_says_nothing_of_the_alert_that_it_judges_nor_of_what_was_before_it() -> None:
    own = episode(signal())
    own.alert_id = 70

    assert aside(own, judged("known")) is None
    assert aside(episode(signal()), judged("known", at=NOW + DAY)) is None
    run_again = episode(signal())  # by a watch that does not know its number
    settle([run_again], NOW, Counter(), Telling(taught=Taught((judged("known", opened_at=NOW),))))
    assert (run_again.aside, run_again.lesson) == (None, "")


@given(st.lists(st.tuples(st.sampled_from(["true", "false"]), st.integers(0, 900)), max_size=30))
def test_the_evidence_asked_for_is_bounded_ages_and_is_never_less_than_without_verdicts(
    given_: list[tuple[str, int]],
) -> None:
    verdicts = [judged(v, at=NOW - age * DAY) for v, age in given_]
    decades = needed_decades(verdicts, NOW)
    later = needed_decades(verdicts, NOW + 60 * DAY)

    assert 0 <= decades <= MOST_DECADES
    assert later <= decades + 1e-9
    assert all(one.verdict == "true" for one in verdicts) <= (decades == 0)


def test_the_day_is_split_by_level_and_the_rest_is_kept() -> None:
    streets = [episode(signal(area=n, margin=float(n))) for n in range(1, 5)]
    city = episode(signal(area=0, area_kind="city"))
    spent: Counter[str] = Counter()
    telling = Telling(Budget(3, {"street": 2}))

    settle(streets, NOW, spent, telling)
    settle([city], NOW, spent, telling)

    assert [one.aside for one in streets].count(OVER_BUDGET) == 2
    assert city.aside is None
    assert spent == {"street": 2, "city": 1}
    late = episode(signal(area_kind="district", area=9))
    settle([late], NOW, spent, telling)
    assert late.aside == OVER_BUDGET


def test_what_was_set_apart_is_told_when_it_has_grown_and_what_was_told_stays_told() -> None:
    one, spent = episode(signal(margin=0.3)), Counter[str]()
    telling = Telling(taught=Taught((judged("false"),)))
    settle([one], NOW, spent, telling)
    before = one.aside
    one.add(replace(signal(margin=0.9), score=9.0, tick=NOW + DAY))
    settle([one], NOW + DAY, spent, telling)

    assert (before, one.aside, one.told) == (JUDGED_FALSE, None, True)
    settle([one], NOW + DAY, spent, Telling(taught=Taught((judged("known"),))))
    assert one.aside is None


def test_teach_and_undo_leave_what_was_there_before_to_the_bit(
    engine: Engine, ring: object
) -> None:
    ids = appeals(engine, ring)  # type: ignore[arg-type]
    for code in ("噪声", "物业"):
        with writing(engine) as connection:
            publish(connection, [episode(signal(ids=tuple(ids), code=code))], NOW, DAY)
    with writing(engine) as connection:
        give_verdict(connection, 2, Verdict.FALSE, who=WHO, now=NOW, term=TERM)
    with reading(engine) as connection:
        before = judged_in_force(connection), read_alert(connection, VIEWER, 1)
    for verdict in Verdict:
        with writing(engine) as connection:
            give_verdict(connection, 1, verdict, who=WHO, now=NOW, term=TERM)
        with reading(engine) as connection:
            assert len(judged_in_force(connection)) == 2
        with writing(engine) as connection:
            undo_verdict(connection, 1, who=WHO, reason="点错", now=NOW + DAY)
        with reading(engine) as connection:
            after = judged_in_force(connection), read_alert(connection, VIEWER, 1)
            assert after == before
            taught = Taught(tuple(after[0]))
            assert taught.of(episode(signal(code="噪声")), NOW + DAY) == Taught(
                tuple(before[0])
            ).of(episode(signal(code="噪声")), NOW + DAY)
    with reading(engine) as connection:
        trail = read_verdicts(connection, VIEWER, 1)
        assert [one["verdict"] for one in trail[:2]] == ["true", "undone"]
        assert len(trail) == 6
        assert [e["what"] for e in events_after(connection, 0)].count("judged") == 7


def test_alerts_are_counted_by_who_has_to_look_at_them(engine: Engine, ring: object) -> None:
    ids = appeals(engine, ring)  # type: ignore[arg-type]
    with writing(engine) as connection:
        for area in range(1, 6):
            one = episode(signal(area=area, ids=tuple(ids)))
            one.aside = {3: OVER_BUDGET, 4: KNOWN}.get(area)
            publish(connection, [one], NOW, DAY)
        old = episode(signal(area=6, ids=tuple(ids), tick=NOW - 2 * DAY))
        old.aside = OVER_BUDGET
        publish(connection, [old], NOW - 2 * DAY, DAY)
        give_verdict(connection, 1, Verdict.FALSE, who=WHO, now=NOW, term=TERM)
    with reading(engine) as connection:
        told = alert_figures(connection, VIEWER, NOW - DAY / 2)
        street = Viewer(WHO, Role.STREET, frozenset({2, 5}))
        own = alert_figures(connection, street, NOW - DAY / 2)

    assert told == AlertFigures(open=2, historical=0, ended=1, over_budget=1, aside=2)
    assert own == AlertFigures(open=2, historical=0, ended=0, over_budget=0, aside=0)


def test_a_verdict_names_who_and_is_given_once(engine: Engine, ring: object) -> None:
    ids = appeals(engine, ring)  # type: ignore[arg-type]
    with writing(engine) as connection:
        publish(connection, [episode(signal(ids=tuple(ids)))], NOW, DAY)
        with pytest.raises(InputError, match="names who"):
            give_verdict(connection, 1, Verdict.TRUE, who=" ", now=NOW, term=TERM)
        give_verdict(connection, 1, Verdict.TRUE, who=WHO, now=NOW, term=TERM)
        with pytest.raises(Conflict, match="undo the one before"):
            give_verdict(connection, 1, Verdict.FALSE, who=WHO, now=NOW, term=TERM)


def test_an_alert_that_becomes_graver_than_it_was_judged_waits_for_a_verdict_again(
    engine: Engine, ring: object
) -> None:
    ids = appeals(engine, ring)  # type: ignore[arg-type]
    one = episode(signal(ids=tuple(ids)))
    with writing(engine) as connection:
        publish(connection, [one], NOW, DAY)
        give_verdict(connection, 1, Verdict.FALSE, who=WHO, now=NOW, term=TERM)
        one.add(replace(signal(callers=7, ids=tuple(ids)), score=6.0))
        publish(connection, [one], NOW, DAY)
        assert read_alert(connection, VIEWER, 1)["state"] == "withdrawn"
        one.add(replace(signal(callers=14, ids=tuple(ids)), score=7.0))
        publish(connection, [one], NOW, DAY)

        alert = read_alert(connection, VIEWER, 1)
        assert (alert["level"], alert["state"], alert["verdict"]) == ("yellow", "detected", None)
        assert judged_in_force(connection) == []
        give_verdict(connection, 1, Verdict.TRUE, who=WHO, now=NOW, term=TERM)


def test_what_was_told_is_not_set_apart_by_a_later_run(engine: Engine, ring: object) -> None:
    ids = appeals(engine, ring)  # type: ignore[arg-type]
    one = episode(signal(ids=tuple(ids)))
    with writing(engine) as connection:
        publish(connection, [one], NOW, DAY)
        one.aside = OVER_BUDGET
        publish(connection, [one], NOW, DAY)
        assert read_alert(connection, VIEWER, 1)["aside"] is None
