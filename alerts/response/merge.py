"""Several alerts of one incident: one goes on for all, and nothing of the others is lost.

What was called for the one that is merged, who was told of it and who may see it goes over; its
moves stay where they are. It comes back by itself where it becomes graver than the one that goes
on, or where that one has ended and there are new appeals.
"""

from dataclasses import replace

from alerts.episode import GRAVITY
from alerts.response.act import Said, make_move
from alerts.response.moves import ENDED, Made, Move, State
from alerts.response.standing import standing_of
from alerts.response.store import hold_alert, read_moves
from alerts.rooms.store import let_in, room_of
from alerts.routing import Routing
from appeals.database import Connection
from appeals.errors import Conflict, InputError


def merge(connection: Connection, alert_id: int, into: int, said: Said, routing: Routing) -> Made:
    """Merge an alert into another one of the same incident.

    Raises
    ------
    NotFound
        There is no such alert.
    InputError
        They are the same.
    Conflict
        One of them has ended, the one to go on is lighter, or somebody was first.
    """
    if into == alert_id:
        raise InputError("into: an alert is not merged into itself")
    # Held in the order of their numbers: two who merge crosswise do not wait for each other.
    held = {number: hold_alert(connection, number) for number in sorted((alert_id, into))}
    if State(held[into].state) in ENDED:
        raise Conflict(f"alert {into} has ended: nothing is merged into it")
    if GRAVITY.index(held[into].level) < GRAVITY.index(held[alert_id].level):
        raise Conflict("the graver alert goes on: merge the lighter one into it")
    standing = standing_of(read_moves(connection, alert_id))
    made = make_move(
        connection, alert_id, Move.MERGE, replace(said, detail={"into": into}), routing
    )
    detail = {"of": alert_id, "called": standing.called}
    absorbed = replace(said, seen=None, detail=detail)
    make_move(connection, into, Move.ABSORB, absorbed, routing)
    let_in(connection, into, room_of(connection, alert_id), told=False)
    let_in(connection, into, [one.duty for one in standing.asked.values()])
    return made


def unmerge(connection: Connection, alert_id: int, said: Said, routing: Routing) -> Made:
    """Let an alert stand for itself again.

    Raises
    ------
    NotFound, Conflict
        There is no such alert; it is not merged, or somebody was first.
    """
    into = standing_of(read_moves(connection, alert_id)).merged_into
    for number in sorted({alert_id, into or alert_id}):
        hold_alert(connection, number)
    made = make_move(connection, alert_id, Move.UNMERGE, said, routing)
    assert into is not None
    released = replace(said, seen=None, detail={"of": alert_id})
    make_move(connection, into, Move.RELEASE, released, routing)
    return made


def root_of(connection: Connection, alert_id: int) -> int:
    """Give the alert that goes on for this one; itself where it is not merged."""
    into = standing_of(read_moves(connection, alert_id)).merged_into
    return alert_id if into is None else root_of(connection, into)


def family_of(connection: Connection, alert_id: int) -> list[int]:
    """Give all alerts for which this one goes on, those merged into them too."""
    own = standing_of(read_moves(connection, alert_id)).merged
    return [one for number in own for one in (number, *family_of(connection, number))]
