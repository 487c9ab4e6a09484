"""Alerts are stored once, by one watcher, whatever is run again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from alerts.episode import Episode, Signal
from alerts.evidence.store import evidence
from alerts.lease.store import (
    Mark,
    lease_is_held,
    read_mark,
    release_lease,
    take_lease,
    write_mark,
)
from alerts.store import events_after, positions, publish, read_alert, read_alerts
from appeals.database import Engine, reading, writing
from appeals.errors import Conflict, NotFound
from appeals.privacy import Role, Viewer
from appeals.record import Appeal, Arrival, Kind, Personal, Precision
from appeals.seals import KeyRing
from appeals.store import append

NOW = datetime(2026, 3, 28, 12, tzinfo=UTC)
DAY = timedelta(days=1)
VIEWER = Viewer(actor="test", role=Role.OPERATOR)


def appeals(engine: Engine, ring: KeyRing, count: int = 6) -> list[int]:
    arrivals = [
        Arrival(
            i + 1,
            Appeal(
                source="test",
                source_id=f"A{i}",
                received_at=NOW,
                received_precision=Precision.SECOND,
                local_day=date(2026, 3, 28),
                local_hour=20,
                kind=Kind.COMPLAINT,
                class_code="噪声",
            ),
            Personal(),
        )
        for i in range(count)
    ]
    with writing(engine) as connection:
        outcomes = append(connection, arrivals, ring=ring, now=NOW, who="test")
    return [i + 1 for i, _ in enumerate(outcomes)]


def signal(ids: list[int], *, score: float = 5.0, tick: datetime = NOW) -> Signal:
    return Signal(
        tick, "surge", "city", 0, "演示市", "噪声", 24, len(ids), len(ids), 0.4, score, tick,
        "演示市“噪声”近24小时有6人反映（6件）。", {"detector": "test"}, frozenset(ids),
    )  # fmt: skip


def episode(ids: list[int], **given: object) -> Episode:
    one = Episode(NOW, NOW)
    one.add(signal(ids, **given))  # type: ignore[arg-type]
    return one


def test_publishing_again_gives_no_second_alert_and_no_second_event(
    engine: Engine, ring: KeyRing
) -> None:
    ids = appeals(engine, ring)
    with writing(engine) as connection:
        assert publish(connection, [episode(ids)], NOW, DAY) == (1, 1)
    with writing(engine) as connection:  # found again by a watcher that did not know the number
        assert publish(connection, [episode(ids)], NOW, DAY) == (0, 0)
    with reading(engine) as connection:
        assert len(read_alerts(connection, VIEWER)) == 1
        assert len(events_after(connection, 0)) == 1


def test_an_alert_that_grew_is_announced_again_under_its_number(
    engine: Engine, ring: KeyRing
) -> None:
    ids = appeals(engine, ring)
    with writing(engine) as connection:
        publish(connection, [episode(ids[:4])], NOW, DAY)
        assert publish(connection, [episode(ids, score=7.0)], NOW, DAY) == (0, 0)
    with reading(engine) as connection:
        alert = read_alerts(connection, VIEWER)[0]
        assert alert["cases"] == 6
        assert [e["what"] for e in events_after(connection, 0)] == ["raised", "updated"]
        assert positions(connection) == (1, 2)
        assert read_alert(connection, VIEWER, alert["alert_id"])["appeals"] == sorted(ids)


def test_a_part_that_stands_out_does_not_take_the_alert_of_the_whole(
    engine: Engine, ring: KeyRing
) -> None:
    ids = appeals(engine, ring)
    part = Episode(NOW, NOW)
    part.add(replace(signal(ids[:4]), area_kind="street", area=3, area_name="甲街道"))
    with writing(engine) as connection:
        publish(connection, [episode(ids)], NOW, DAY)
        assert publish(connection, [part], NOW, DAY) == (1, 1)
    with reading(engine) as connection:
        assert [a["area_kind"] for a in read_alerts(connection, VIEWER)] == ["street", "city"]


def test_history_is_stored_and_marked(engine: Engine, ring: KeyRing) -> None:
    ids = appeals(engine, ring)
    with writing(engine) as connection:
        publish(connection, [episode(ids)], NOW + 2 * DAY, DAY)
    with reading(engine) as connection:
        assert read_alerts(connection, VIEWER)[0]["historical"] is True


def test_an_alert_that_is_not_there_is_said_so(engine: Engine) -> None:
    with reading(engine) as connection, pytest.raises(NotFound, match="no alert 9"):
        read_alert(connection, VIEWER, 9)


def test_no_alerts_have_no_evidence(engine: Engine) -> None:
    with reading(engine) as connection:
        assert evidence(connection).empty


def test_one_watcher_at_a_time_and_the_next_one_when_it_is_gone(engine: Engine) -> None:
    with writing(engine) as connection:
        first = take_lease(connection, "one", NOW, timedelta(seconds=90))
        assert take_lease(connection, "two", NOW, timedelta(seconds=90)) is None
        assert take_lease(connection, "one", NOW, timedelta(seconds=90)) == first
        assert lease_is_held(connection, NOW)
        release_lease(connection, "one", NOW)
        assert not lease_is_held(connection, NOW)
        second = take_lease(connection, "two", NOW, timedelta(seconds=90))
    assert first == 1
    assert second == 2


def test_a_watcher_that_was_taken_for_dead_cannot_write_any_more(engine: Engine) -> None:
    mark = Mark(7, NOW, 1, b"state")
    with writing(engine) as connection:
        old = take_lease(connection, "slow", NOW, timedelta(seconds=1))
        new = take_lease(connection, "next", NOW + DAY, timedelta(seconds=90))
        assert old is not None
        assert new is not None
        write_mark(connection, mark, new)
        with pytest.raises(Conflict, match="another holder has taken over"):
            write_mark(connection, mark, old)
    with reading(engine) as connection:
        assert read_mark(connection) == mark
