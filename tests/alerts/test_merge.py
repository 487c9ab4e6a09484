"""Several alerts of one incident: one goes on for all, and nothing of the others is lost."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa

from alerts.cap.document import NAMESPACE, document
from alerts.cap.of_alert import Issuer, message_of
from alerts.cap.store import issue, issued_of, issued_of_all
from alerts.duty.roster import Contact, Post
from alerts.duty.store import write_roster
from alerts.levels import read_levels
from alerts.outbox.store import OUTBOX
from alerts.response.act import Said, make_move, verify
from alerts.response.follow import Follower
from alerts.response.merge import family_of, merge, root_of, unmerge
from alerts.response.moves import Move
from alerts.response.standing import Standing, standing_of
from alerts.response.store import ALERT_MOVES, near_alerts, read_moves
from alerts.rooms.store import let_in, room_of
from alerts.routing import read_routing
from alerts.store import ALERTS, read_alert
from alerts.verdicts.moves import Verdict
from appeals.database import Connection, Engine, writing
from appeals.errors import Conflict, InputError
from appeals.privacy import Role, Viewer
from grids.boundaries import Boundaries
from grids.store import load_boundaries
from tests.alerts.told import OPENED_AT, add_alert

NOW = OPENED_AT + timedelta(minutes=10)
ROUTING = read_routing()
ISSUER = Issuer("990100", "001", "desk", "样板市诉求值班室")
DESK = Viewer("test", Role.OPERATOR)


@pytest.fixture(autouse=True)
def _planted(engine: Engine) -> None:
    with writing(engine) as connection:
        for number in (1, 2, 3):
            add_alert(connection, number, level="orange" if number == 3 else "red")
        posts = [Post("应急岗", "应急"), Post("公安岗", "公安")]
        write_roster(connection, posts, [Contact("甲", "甲", "", "")], [])


def said(**detail: object) -> Said:
    return Said("甲", NOW, "同一事故", detail=detail)


def told(connection: Connection, alert_id: int, duty: str, **called: str) -> None:
    """Let a post of a duty have been told of an alert."""
    make_move(connection, alert_id, Move.NOTE, said(called=called), ROUTING)
    make_move(connection, alert_id, Move.CALL_IN, said(duties=[duty]), ROUTING)


def standing(connection: Connection, alert_id: int) -> Standing:
    return standing_of(read_moves(connection, alert_id))


def state(connection: Connection, alert_id: int) -> str:
    return str(read_alert(connection, DESK, alert_id)["state"])


def test_calls_rooms_and_those_who_were_told_go_over(engine: Engine) -> None:
    with writing(engine) as connection:
        let_in(connection, 2, ["网信"], told=False)
        told(connection, 2, "公安", **{"119": "03:05"})
        merge(connection, 2, 1, said(), ROUTING)

        assert state(connection, 2) == "merged"
        assert standing(connection, 1).called == {"119": "03:05"}
        assert standing(connection, 1).merged == [2]
        assert room_of(connection, 1) == ["公安", "网信"]
        query = sa.select(OUTBOX).where(OUTBOX.c.kind == "cancel")
        (notice,) = connection.execute(query).all()
        assert (notice.alert_id, notice.post) == (2, "公安岗")
        assert notice.reasons == ["已并入提示1，请按该提示处置"]


def test_the_messages_of_one_incident_share_its_name_and_refer_to_each_other(
    engine: Engine,
) -> None:
    with writing(engine) as connection:
        for number in (1, 2):
            issue(connection, number, 1, "raise", NOW)
            told(connection, number, "应急")
        connection.execute(
            sa.update(ALERT_MOVES).where(ALERT_MOVES.c.number == 2).values(move="push")
        )
        merge(connection, 2, 1, said(), ROUTING)
        units = load_boundaries(connection, NOW.date())
        one, other = (_message(connection, units, number) for number in (1, 2))

    def text(tree: ElementTree.Element, name: str) -> str:
        return tree.findtext(f"{{{NAMESPACE}}}{name}") or ""

    assert (text(one, "msgType"), text(other, "msgType")) == ("Update", "Cancel")
    assert text(one, "incidents") == text(other, "incidents") == "1"
    assert text(other, "identifier") in text(one, "references")
    assert len(text(one, "references").split()) == 3


def _message(connection: Connection, units: Boundaries, number: int) -> ElementTree.Element:
    now = standing(connection, number)
    merged = issued_of_all(connection, now.merged)
    alert, issued = read_alert(connection, DESK, number), issued_of(connection, number)
    written = document(message_of(alert, issued, ISSUER, units, now, merged))
    return ElementTree.fromstring(written)


def test_a_merged_alert_stands_for_itself_again(engine: Engine) -> None:
    with writing(engine) as connection:
        merge(connection, 2, 1, said(), ROUTING)
        unmerge(connection, 2, said(), ROUTING)

        assert state(connection, 2) == "detected"
        assert standing(connection, 1).merged == []
        assert standing(connection, 2).merged_into is None
        with pytest.raises(Conflict):
            unmerge(connection, 2, said(), ROUTING)


def test_what_was_judged_stays_so_when_it_is_parted(engine: Engine) -> None:
    with writing(engine) as connection:
        verify(connection, 2, Verdict.TRUE, said(), ROUTING, term=timedelta(days=1))
        merge(connection, 2, 1, said(), ROUTING)
        unmerge(connection, 2, said(), ROUTING)

        assert state(connection, 2) == "verified"


def test_chains_have_one_root_and_all_its_family(engine: Engine) -> None:
    with writing(engine) as connection:
        merge(connection, 3, 2, said(), ROUTING)
        merge(connection, 2, 1, said(), ROUTING)

        assert root_of(connection, 3) == 1
        assert family_of(connection, 1) == [2, 3]
        assert near_alerts(connection, 1) == [1]


def test_what_cannot_be_merged_is_refused(engine: Engine) -> None:
    with writing(engine) as connection:
        with pytest.raises(InputError, match="itself"):
            merge(connection, 1, 1, said(), ROUTING)
        with pytest.raises(Conflict, match="graver"):
            merge(connection, 1, 3, said(), ROUTING)
        make_move(connection, 2, Move.WITHDRAW, said(), ROUTING)
        with pytest.raises(Conflict, match="has ended"):
            merge(connection, 1, 2, said(), ROUTING)


@pytest.mark.parametrize(
    ("change", "after"),
    [
        ({"newest_at": NOW + timedelta(minutes=5)}, "merged"),
        ({"level": "red", "newest_at": NOW + timedelta(minutes=5)}, "detected"),
    ],
)
def test_it_comes_back_only_where_it_becomes_graver_than_the_one_that_goes_on(
    engine: Engine, change: dict[str, object], after: str
) -> None:
    follower = Follower(read_levels(), ROUTING)
    with writing(engine) as connection:
        make_orange = sa.update(ALERTS).where(ALERTS.c.alert_id == 1).values(level="orange")
        connection.execute(make_orange)
        merge(connection, 3, 1, said(), ROUTING)
        before = {"state": "merged", "level": "orange"}
        connection.execute(sa.update(ALERTS).where(ALERTS.c.alert_id == 3).values(change))
        follower.published(connection, 3, before, NOW + timedelta(minutes=6))

        assert state(connection, 3) == after
        assert standing(connection, 1).merged == ([3] if after == "merged" else [])


def test_it_comes_back_where_the_other_has_ended_and_there_are_new_appeals(engine: Engine) -> None:
    follower = Follower(read_levels(), ROUTING)
    with writing(engine) as connection:
        merge(connection, 2, 1, said(), ROUTING)
        make_move(connection, 1, Move.WITHDRAW, said(), ROUTING)
        later = datetime(2026, 3, 9, 5, tzinfo=UTC)
        connection.execute(sa.update(ALERTS).where(ALERTS.c.alert_id == 2).values(newest_at=later))
        follower.published(connection, 2, {"state": "merged", "level": "red"}, later)

        assert state(connection, 2) == "detected"


def test_a_note_after_the_end_tells_nobody_of_the_end_again(engine: Engine) -> None:
    with writing(engine) as connection:
        told(connection, 1, "公安")
        make_move(connection, 1, Move.WITHDRAW, said(), ROUTING)
        sent = sa.select(sa.func.count()).select_from(OUTBOX)
        before = connection.execute(sent).scalar_one()
        make_move(connection, 1, Move.NOTE, said(), ROUTING)

        assert connection.execute(sent).scalar_one() == before
