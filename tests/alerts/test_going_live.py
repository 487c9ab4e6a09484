"""What was history is told once live appeals come to it, and history never."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from alerts.episode import Episode
from alerts.response.follow import SNOOZED
from alerts.response.snooze import Snooze
from alerts.response.store import write_snooze
from alerts.store import ALERTS, events_after, publish
from appeals.database import Engine, reading, writing
from appeals.seals import KeyRing
from tests.alerts.night import DAY, FOLLOWER, NOW, found, roster, told
from tests.alerts.test_store import appeals

LONG_AGO = NOW - 2 * DAY


@pytest.fixture
def smell(engine: Engine, ring: KeyRing) -> Episode:
    """Gas two days ago, published as history today; the roster is written."""
    roster(engine)
    one = found(appeals(engine, ring, 4)[:2], tick=LONG_AGO)
    publish_again(engine, one)
    assert standing_of(engine) == (True, None)
    return one


def publish_again(engine: Engine, one: Episode, stale_after: timedelta | None = DAY) -> None:
    with writing(engine) as connection:
        publish(connection, [one], NOW, stale_after, following=FOLLOWER)


def grown(one: Episode, newest: timedelta = timedelta(0)) -> Episode:
    """Give the episode with two more callers, the last of them so long after now."""
    one.add(next(iter(found([1, 2, 3, 4], callers=4, tick=NOW + newest).signals.values())))
    return one


def standing_of(engine: Engine) -> tuple[bool, str | None]:
    with reading(engine) as connection:
        row = connection.execute(sa.select(ALERTS.c.historical, ALERTS.c.aside)).one()
    return row.historical, row.aside


def news(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return [one["what"] for one in events_after(connection, 0)]


def test_history_to_which_live_appeals_come_is_raised_and_its_posts_are_told(
    engine: Engine, smell: Episode
) -> None:
    assert told(engine) == []
    publish_again(engine, grown(smell))

    assert standing_of(engine) == (False, None)
    assert news(engine) == ["raised", "raised", "moved"]
    assert [kind for kind, _, _ in told(engine)] == ["raise"] * 3


def test_what_went_live_stays_live_when_it_is_found_again_later(
    engine: Engine, smell: Episode
) -> None:
    publish_again(engine, grown(smell))
    with writing(engine) as connection:
        publish(connection, [smell], NOW + 3 * DAY, DAY, following=FOLLOWER)

    assert standing_of(engine) == (False, None)
    assert news(engine).count("raised") == 2


def test_an_import_of_history_tells_nobody_however_new_its_rows_are(
    engine: Engine, smell: Episode
) -> None:
    publish_again(engine, grown(smell, timedelta(hours=1)), stale_after=None)

    assert standing_of(engine) == (True, None)
    assert told(engine) == []


def test_history_that_is_only_found_again_stays_history(engine: Engine, smell: Episode) -> None:
    publish_again(engine, grown(smell), stale_after=None)
    publish_again(engine, smell)

    assert standing_of(engine) == (True, None)
    assert told(engine) == []


def test_history_of_which_nobody_wants_to_be_told_goes_live_set_apart(
    engine: Engine, smell: Episode
) -> None:
    key = ("sensitive", "city", 0, "燃气泄漏")
    with writing(engine) as connection:
        write_snooze(connection, Snooze(*key, "red", LONG_AGO, NOW + DAY, "王"), 1)
    publish_again(engine, grown(smell))

    assert standing_of(engine) == (False, SNOOZED)
    assert told(engine) == []
