"""A night on duty: its roster, what is found in it, and the moves that people make."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from alerts.duty.roster import Contact, Post, Seat, Shift
from alerts.duty.store import write_roster
from alerts.episode import Episode, Signal
from alerts.levels import read_levels
from alerts.outbox.store import OUTBOX
from alerts.response.act import Said, make_move, verify
from alerts.response.follow import Follower
from alerts.response.moves import Move
from alerts.response.standing import Standing, standing_of
from alerts.response.store import read_moves
from alerts.routing import read_routing
from alerts.store import publish, read_alert
from alerts.verdicts.moves import Verdict
from appeals.database import Engine, reading, writing
from tests.alerts.test_store import VIEWER

NOW = datetime(2026, 3, 27, 19, 10, tzinfo=UTC)  # 03:10 in Beijing
DAY = timedelta(days=1)
TERM = timedelta(days=14)
ROUTING = read_routing()
FOLLOWER = Follower(read_levels(), ROUTING)
DESK, GAS, POLICE = "市值班室", "应急联络员岗", "公安联络员岗"


def roster(engine: Engine) -> None:
    posts = [Post(DESK, "值班"), Post(GAS, "应急", landline="010-0000"), Post(POLICE, "公安")]
    names = ("desk", "first", "deputy", "chief", "police")
    seats = [
        (DESK, Seat.OFFICER, "desk"),
        (GAS, Seat.OFFICER, "first"),
        (GAS, Seat.DEPUTY, "deputy"),
        (GAS, Seat.LEADER, "chief"),
        (POLICE, Seat.OFFICER, "police"),
    ]
    shifts = [Shift(*seat, NOW - DAY / 2, NOW + DAY / 2) for seat in seats]
    with writing(engine) as connection:
        write_roster(connection, posts, [Contact(name, name) for name in names], shifts)


def found(
    ids: list[int],
    *,
    kind: str = "sensitive",
    callers: int = 2,
    tick: datetime = NOW,
    severity: int = 3,
) -> Episode:
    detail = {"severity": severity, "family": "gas", "duties": ["应急", "公安"]}
    one = Episode(tick, tick)
    one.add(
        Signal(
            tick, kind, "city", 0, "演示市", "燃气泄漏", 24, len(ids), callers, None,
            float(severity), tick, "演示市有2人反映燃气异味。",
            detail if kind == "sensitive" else {}, frozenset(ids),
        )
    )  # fmt: skip
    return one


def raise_alert(engine: Engine, one: Episode, now: datetime = NOW) -> int:
    with writing(engine) as connection:
        publish(connection, [one], now, DAY, following=FOLLOWER)
    assert one.alert_id is not None
    return one.alert_id


def move(engine: Engine, alert_id: int, name: Move, who: str = "王", **given: object) -> int:
    said = Said(who, NOW, **given)  # type: ignore[arg-type]
    with writing(engine) as connection:
        return make_move(connection, alert_id, name, said, ROUTING).number


def check(engine: Engine, alert_id: int, verdict: Verdict = Verdict.TRUE) -> None:
    said = Said("王", NOW, reason="已回访来电人", detail={"how": "recall"})
    with writing(engine) as connection:
        verify(connection, alert_id, verdict, said, ROUTING, term=TERM)


def draft(engine: Engine, alert_id: int, who: str = "王", **given: object) -> int:
    until = (NOW + DAY / 2).isoformat()
    detail = {"ask": "派员到场", "expires_at": until, "called": {"119": "03:12"}}
    return move(engine, alert_id, Move.ASSESS, who, detail=detail, **given)


def state(engine: Engine, alert_id: int) -> str:
    with reading(engine) as connection:
        return str(read_alert(connection, VIEWER, alert_id)["state"])


def standing(engine: Engine, alert_id: int) -> Standing:
    with reading(engine) as connection:
        return standing_of(read_moves(connection, alert_id))


def told(engine: Engine) -> list[tuple[str, str, str]]:
    with reading(engine) as connection:
        rows = connection.execute(sa.select(OUTBOX).order_by(OUTBOX.c.position))
        return [(row.kind, row.post, row.person) for row in rows]


def pass_time(engine: Engine, now: datetime) -> None:
    with writing(engine) as connection:
        for alert_id in FOLLOWER.is_due(connection, now):
            FOLLOWER.keep_time(connection, alert_id, now)
