"""What the watch does to the response: alarms at once, rises, what comes back, limits that pass.

Only what is live is told: history, and what is set apart, pages nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.duty.store import read_roster
from alerts.episode import GRAVITY
from alerts.levels import Levels
from alerts.response.act import SYSTEM, matter_of, write_move
from alerts.response.merge import root_of
from alerts.response.moves import ENDED, Made, Move, State, after
from alerts.response.snooze import is_snoozed
from alerts.response.standing import Standing, escalations, standing_of
from alerts.response.store import (
    hold_alert,
    moves_of,
    read_moves,
    snoozes_at,
    told_alerts,
)
from alerts.rooms.store import let_in
from alerts.routing import Routing, fits
from alerts.store import announce
from appeals.database import Connection

SNOOZED = "snoozed"
"""Why an alert is set apart: somebody asked not to be told of its key for a while."""


@dataclass(frozen=True, slots=True)
class Follower:
    """Follows what the watch publishes, with the office's tables of levels and of who is told."""

    levels: Levels
    routing: Routing

    def set_apart(
        self, connection: Connection, row: Mapping[str, Any], now: datetime
    ) -> str | None:
        """Say why a row about to be published is not told, ``None`` where it is."""
        if row["aside"] is not None or row["historical"]:
            return str(row["aside"]) if row["aside"] is not None else None
        key = row["kind"], row["area_kind"], row["area"], row["class_code"]
        held = is_snoozed(snoozes_at(connection, now), key, row["level"], now)
        return SNOOZED if held else None

    def published(
        self, connection: Connection, alert_id: int, before: Mapping[str, Any] | None, now: datetime
    ) -> None:
        """Do what an alert asks for that was just stored.

        Parameters
        ----------
        before
            Its row as it stood; ``None`` where it is new.
        """
        alert = hold_alert(connection, alert_id)
        if alert.historical or alert.aside is not None:
            return
        matter = matter_of(connection, alert, alert.level)
        let_in(connection, alert_id, filter(matter.may_know, matter.duties), told=False)
        moves = read_moves(connection, alert_id)
        if before is not None:
            self._changed(connection, alert_id, before, moves, now)
        self._alarm(connection, alert_id, now)

    def _changed(
        self,
        connection: Connection,
        alert_id: int,
        before: Mapping[str, Any],
        moves: list[Made],
        now: datetime,
    ) -> None:
        alert, was = hold_alert(connection, alert_id), State(before["state"])
        graver = GRAVITY.index(alert.level) > GRAVITY.index(before["level"])
        if was is State.MERGED:
            self._merged(connection, alert_id, moves, now)
        elif was in ENDED and moves and (graver or alert.newest_at > moves[-1].at):
            if was is not State.WITHDRAWN or graver:
                self._write(connection, alert_id, Move.REARM, State.DETECTED, alert.level, now)
        elif graver and moves and was not in ENDED:
            # What was judged known and has become graver is judged anew.
            state = State(alert.state) if alert.state != was else after(was, Move.RISE)
            self._write(connection, alert_id, Move.RISE, state, alert.level, now)

    def _merged(
        self, connection: Connection, alert_id: int, moves: list[Made], now: datetime
    ) -> None:
        """Let what was merged come back where the other does not stand for it any more."""
        alert, into = hold_alert(connection, alert_id), standing_of(moves).merged_into
        assert into is not None
        other = hold_alert(connection, root_of(connection, alert_id))
        over = State(other.state) in ENDED and alert.newest_at > moves[-1].at
        if over or GRAVITY.index(alert.level) > GRAVITY.index(other.level):
            self._write(connection, alert_id, Move.REARM, State.DETECTED, alert.level, now)
            parent = hold_alert(connection, into)
            state, detail = State(parent.state), {"of": alert_id}
            self._write(connection, into, Move.RELEASE, state, parent.level, now, detail)
        elif alert.newest_at > moves[-1].at:
            announce(connection, other.alert_id, "updated", now)

    def _alarm(self, connection: Connection, alert_id: int, now: datetime) -> None:
        """Tell at once of danger to life, 待核实、待审签; again only where it is graver."""
        alert = hold_alert(connection, alert_id)
        matter = matter_of(connection, alert, alert.level)
        at_once = any(row.at_once and fits(row, matter) for row in self.routing)
        if not at_once or State(alert.state) in ENDED:
            return
        standing = standing_of(read_moves(connection, alert_id))
        told = [GRAVITY.index(one.level) for one in standing.asked.values()]
        if standing.told_at and (not told or max(told) >= GRAVITY.index(alert.level)):
            return
        self._write(connection, alert_id, Move.ALARM, State(alert.state), alert.level, now)

    def _write(
        self,
        connection: Connection,
        alert_id: int,
        move: Move,
        state: State,
        level: str,
        now: datetime,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        alert = hold_alert(connection, alert_id)
        standing = standing_of(read_moves(connection, alert_id))
        made = Made(standing.number + 1, move, state, level, now, SYSTEM, detail=detail or {})
        write_move(connection, alert, standing, made, self.routing)

    def is_due(self, connection: Connection, now: datetime) -> list[int]:
        """Give the alerts of which a limit has passed: an answer is missing, or they expire."""
        moves = moves_of(connection, told_alerts(connection))
        shifts = read_roster(connection, now).shifts
        return [
            alert_id
            for alert_id, own in moves.items()
            if _expires(standing_of(own), now) or escalations(standing_of(own), shifts, now)
        ]

    def keep_time(self, connection: Connection, alert_id: int, now: datetime) -> None:
        """Ask the next where nobody has acknowledged in time, or end what has expired."""
        alert = hold_alert(connection, alert_id)
        standing, state = standing_of(read_moves(connection, alert_id)), State(alert.state)
        if _expires(standing, now) and state not in ENDED:
            ended = after(state, Move.EXPIRE)
            self._write(connection, alert_id, Move.EXPIRE, ended, alert.level, now)
            return
        told = escalations(standing, read_roster(connection, now).shifts, now)
        if told:
            detail = {"told": told}
            self._write(connection, alert_id, Move.ESCALATE, state, alert.level, now, detail)


def _expires(standing: Standing, now: datetime) -> bool:
    return standing.expires_at is not None and now >= standing.expires_at
