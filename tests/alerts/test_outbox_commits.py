"""An outbox beside other transactions: no position is lost, what is undone was never there."""

import threading
import time
from datetime import UTC, datetime

import sqlalchemy as sa

from alerts.outbox.store import ATTEMPTS, OUTBOX, put_notices
from alerts.store import EVENTS, announce
from appeals.database import Connection, Engine, reading, writing
from tests.alerts.told import add_alert, notice

START = datetime(2026, 3, 9, 3, 10, tzinfo=UTC)


def plant(engine: Engine, alerts: int) -> None:
    with writing(engine) as connection:
        for number in range(1, alerts + 1):
            add_alert(connection, number)


def test_a_transaction_held_open_across_anothers_commit_loses_no_position(engine: Engine) -> None:
    """Whoever remembers the highest position that was seen must not miss a lower one later."""
    plant(engine, 2)
    seen: list[tuple[int, ...]] = []

    def positions(connection: Connection) -> tuple[int, ...]:
        events = connection.execute(sa.select(EVENTS.c.position)).scalars().all()
        return (*sorted(events), *connection.execute(sa.select(OUTBOX.c.position)).scalars().all())

    def other() -> None:
        with writing(engine) as connection:
            announce(connection, 2, "raised", START)
            put_notices(connection, [notice(2)], START)

    with writing(engine) as held:
        announce(held, 1, "raised", START)
        put_notices(held, [notice(1)], START)
        thread = threading.Thread(target=other)
        thread.start()
        time.sleep(0.3)
        with reading(engine) as connection:
            seen.append(positions(connection))
    thread.join(10)
    with reading(engine) as connection:
        seen.append(positions(connection))

    assert seen == [(), (1, 2, 1, 2)]
    with reading(engine) as connection:
        order = connection.execute(sa.select(OUTBOX.c.alert_id).order_by(OUTBOX.c.position))
        assert order.scalars().all() == [1, 2]


def test_a_move_that_is_undone_leaves_no_notice(engine: Engine) -> None:
    plant(engine, 1)
    with writing(engine) as connection:
        put_notices(connection, [notice(1)], START)
        connection.rollback()

    with reading(engine) as connection:
        assert connection.execute(sa.select(OUTBOX)).all() == []
        assert connection.execute(sa.select(ATTEMPTS)).all() == []
