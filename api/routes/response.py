"""What people do with an alert: each move is a route of its own, so that each asks for its right.

Where somebody was first the answer is 409 and says who did what.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from alerts.response.moves import Move
from alerts.routing import Routing
from alerts.store import read_alert
from api.admission import Caller, TheCaller
from api.alert_moves import ROWS, Merging, Moving, Receiving, make, said_by
from api.answers import answer
from api.cursor import Number
from api.desk import Desk, TheDesk
from api.move_routes import add_route
from api.own_posts import own_posts
from api.whole_alert import whole_alert
from appeals.database import Connection, writing
from appeals.errors import NotAllowed
from appeals.people.roles import Right

router = APIRouter(prefix="/api/alerts/{alert_id}", tags=["alerts"])


def _routing(request: Request) -> Routing:
    routing: Routing = request.app.state.routing
    return routing


TheRouting = Annotated[Routing, Depends(_routing)]


def _handler(move: Move) -> Callable[..., Response]:
    def handle(
        desk: TheDesk, caller: TheCaller, routing: TheRouting, alert_id: Number, said: Moving
    ) -> Response:
        with writing(desk.engine) as connection:
            stored = read_alert(connection, caller.viewer, alert_id)
            own = said_by(caller.said_by(said.who), desk.clock(), said, str(stored["level"]))
            if isinstance(said, Receiving):
                _refuse_strange_post(connection, desk, caller, said.post)
            if isinstance(said, Merging):
                read_alert(connection, caller.viewer, said.into)
            days = desk.settings.alerts.known_days
            make(connection, alert_id, move, said, own, routing, known_days=days)
            return answer(whole_alert(connection, desk, caller, alert_id))

    return handle


for _row in ROWS:
    add_route(router, "", _row, _handler(_row.move))


def _refuse_strange_post(connection: Connection, desk: Desk, caller: Caller, post: str) -> None:
    """Let a liaison answer for a post of their own alone: of their duty, or by the roster."""
    person = caller.person
    if person is None or Right.DUTY in caller.rights:
        return  # the desk records what was said on the telephone
    if post not in own_posts(connection, desk, caller):
        raise NotAllowed("this post is not yours to answer for")
