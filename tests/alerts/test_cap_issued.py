"""Which moves are messages, and the number that each has for itself."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts.cap.message import (
    identifier_of,
    sent_of,
)
from alerts.cap.store import MESSAGES, issued_of
from alerts.outbox.store import put_notices
from appeals.database import Engine, reading, writing
from tests.alerts.told import add_alert, notice

NOW = datetime(2026, 3, 9, 3, 10, 5, tzinfo=UTC)


def test_a_thousand_messages_of_one_second_have_a_thousand_identifiers(engine: Engine) -> None:
    with writing(engine) as connection:
        for number in range(1, 41):
            add_alert(connection, number)
        put_notices(connection, [notice(1 + n % 40, move=n) for n in range(1000)], NOW)
        stamps = list(connection.execute(MESSAGES.select().order_by(MESSAGES.c.stamp)).mappings())

    named = {identifier_of("110101", "000", row["stamp"]) for row in stamps}
    assert len(named) == 1000
    assert all(len(name) == 31 for name in named)
    assert sent_of(stamps[9]["stamp"]) == NOW
    assert sent_of(stamps[10]["stamp"]) == NOW + timedelta(seconds=1)


def test_only_what_raises_updates_or_cancels_is_a_message_and_once(engine: Engine) -> None:
    with writing(engine) as connection:
        add_alert(connection, 1)
        told = [("raise", 2), ("raise", 2), ("escalate", 3), ("update", 4), ("cancel", 5)]
        notices = [notice(1, move=n, kind=kind, person=f"p{i}") for i, (kind, n) in enumerate(told)]
        assert put_notices(connection, notices, NOW) == 5
    with reading(engine) as connection:
        found = issued_of(connection, 1)

    assert [(one.move, one.kind) for one in found] == [(2, "raise"), (4, "update"), (5, "cancel")]


@pytest.mark.parametrize(("kind", "chain"), [("cancel", []), ("update", ["raise"])])
def test_the_first_message_of_an_alert_raises_it(
    engine: Engine, kind: str, chain: list[str]
) -> None:
    with writing(engine) as connection:
        add_alert(connection, 1)
        put_notices(connection, [notice(1, move=2, kind=kind)], NOW)
        assert [one.kind for one in issued_of(connection, 1)] == chain
