"""A draft on an old alert: it is no live alert until somebody is told of it."""

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from alerts.response.act import Said, make_move, verify
from alerts.response.moves import Move
from alerts.response.store import open_alerts
from alerts.routing import read_routing
from alerts.store import ALERTS
from alerts.verdicts.moves import Verdict
from appeals.database import open_database, upgrade_schema, writing
from tests.alerts.told import OPENED_AT, add_alert


def test_an_old_alert_counts_as_live_from_when_it_is_pushed_not_when_it_is_drafted(
    tmp_path: Path,
) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'wangge.db'}")
    upgrade_schema(engine)
    routing, now = read_routing(), OPENED_AT + timedelta(days=9)
    said = Said("甲", now, "仍未解决")
    draft = {"ask": "复查", "expires_at": (now + timedelta(hours=12)).isoformat()}
    with writing(engine) as connection:
        add_alert(connection, 1, level="yellow")
        connection.execute(sa.update(ALERTS).values(historical=True))
        verify(connection, 1, Verdict.TRUE, said, routing, term=timedelta(days=1))
        drafted = Said("甲", now, "仍未解决", detail=draft)
        make_move(connection, 1, Move.ASSESS, drafted, routing)
        assert open_alerts(connection) == []

        make_move(connection, 1, Move.PUSH, said, routing)
        assert [one["id"] for one in open_alerts(connection)] == [1]
    engine.dispose()
