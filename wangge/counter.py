"""The counter at which a sender is given what is to be said next, and says how it went.

Of one channel it is given one message at a time, and it is recorded that an attempt begins before
anything leaves. Whoever was killed in between left an attempt without an end: the message is given
out again, under the same key.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from alerts.cap.document import document
from alerts.cap.of_alert import message_of
from alerts.cap.store import issued_of, issued_of_all
from alerts.duty.store import read_contact
from alerts.lease import store as lease_store
from alerts.outbox import store
from alerts.outbox.pace import GIVE_UP_AFTER, Outcome, free_at, may_repeat, rests_until
from alerts.outbox.wording import number_of, outward_key, wording
from alerts.response.standing import standing_of
from alerts.response.store import read_moves
from alerts.store import read_alert
from api.routes.cap import issuer_of
from appeals.database import Connection, Engine, reading, writing
from appeals.errors import NotFound
from appeals.privacy import Role, Viewer
from grids.store import load_boundaries
from wangge.holder import is_dead
from wangge.senders.channel import Channel, Outgoing
from wangge.settings import Settings

LEASE_LASTS: Final = timedelta(seconds=90)
"""Longer than any attempt may take, and as long as nobody speaks where a machine was lost."""

IDLE: Final = timedelta(seconds=0.5)
_LOOK_BACK: Final = 9  # attempts: after more failures than these a channel rests no longer
_VIEWER: Final = Viewer("outbox", Role.OPERATOR)  # it carries what the desk told


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to be sent now, and the number of the attempt."""

    attempt_id: int
    outgoing: Outgoing


class Counter:
    """The outbox of one database, as senders see it.

    Parameters
    ----------
    engine, settings
        Of the installation.
    channels
        All that are declared, by name.
    clock
        Gives the present moment, aware.
    zone
        In which messages write times.
    """

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
        zone: tzinfo,
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._channels = channels
        self._clock = clock
        self._zone = zone

    def next(self, name: str, holder: str) -> Delivery | timedelta:
        """Give the next message of a channel, or how long to wait before asking again.

        Parameters
        ----------
        name
            Of the channel.
        holder
            Name of the sender; another one of the same channel waits until its lease ends.

        Raises
        ------
        NotFound
            No channel of this name is declared and on.
        """
        channel, now = self._channel(name), self._clock()
        with reading(self._engine) as connection:
            # Nothing is written, and nobody held up, as long as nothing is to be said.
            if store.most_urgent(connection, name, now) is None:
                return IDLE
        with writing(self._engine) as connection:
            if not _hold(connection, name, holder, now):
                return LEASE_LASTS / 10
            free = _free_at(connection, channel, now)
            if free > now:
                return free - now
            row = store.most_urgent(connection, name, now)
            if row is None:
                return IDLE
            if now - row["made_at"] >= GIVE_UP_AFTER:
                store.give_up(connection, row, "too late", now)
                return timedelta(0)
            tried = [one.outcome for one in store.attempts_of(connection, row["position"])]
            outgoing = self._outgoing(connection, channel, row, now, repeated=may_repeat(tried))
            attempt = store.begin_attempt(connection, row["position"], name, now)
            return Delivery(attempt, outgoing)

    def end(
        self,
        name: str,
        holder: str,
        attempt_id: int,
        outcome: Outcome,
        *,
        fault: str = "",
        reference: str = "",
    ) -> None:
        """Record how an attempt ended.

        Raises
        ------
        NotFound, Conflict
            There is no such attempt of this channel, or it ended before; another sender has taken
            the channel over and will repeat it.
        """
        channel, now = self._channel(name), self._clock()
        with writing(self._engine) as connection:
            if lease_store.lease_holder(connection, _lease(name)) != holder:
                raise NotFound(f"another sender speaks by {name} now")
            store.end_attempt(
                connection,
                attempt_id,
                outcome,
                now,
                channel=name,
                alike=channel.group,
                fault=fault[:80],
                reference=reference[:80],
            )

    def sweep(self) -> int:
        """Make dead letters of what waits for a channel that is not declared, or is off."""
        speaking = [name for name, channel in self._channels.items() if channel.on]
        with reading(self._engine) as connection:
            lost = store.waiting_elsewhere(connection, speaking)
        if not lost:
            return 0
        with writing(self._engine) as connection:
            for row in lost:
                off = row["channel"] in self._channels
                fault = "channel is off" if off else "no such channel"
                store.give_up(connection, row, fault, self._clock())
        return len(lost)

    def _channel(self, name: str) -> Channel:
        channel = self._channels.get(name)
        if channel is None or not channel.on:
            raise NotFound(f"no channel of the name {name} is declared and on")
        return channel

    def _outgoing(
        self,
        connection: Connection,
        channel: Channel,
        row: Mapping[str, Any],
        now: datetime,
        *,
        repeated: bool,
    ) -> Outgoing:
        contact = read_contact(connection, row["person"]) if row["person"] else None
        # What goes by the internet is made without the alert being read at all.
        inside = channel.network == "政务外网" and row["alert_id"] is not None
        alert = read_alert(connection, _VIEWER, row["alert_id"]) if inside else None
        headline = "；".join(row["reasons"]) if alert is None else str(alert["headline"])
        said = wording(row, headline, channel.network, channel.text, self._zone)
        written = ""
        if alert is not None and channel.inside_only and (issued := _issued(connection, row)):
            units = load_boundaries(connection, now.astimezone(self._zone).date())
            issuer = issuer_of(self._settings)
            moves = read_moves(connection, row["alert_id"])
            standing = standing_of([made for made in moves if made.number <= row["move"]])
            merged = issued_of_all(connection, standing.merged)
            said_now = message_of(alert, issued, issuer, units, standing, merged)
            written = document(said_now).decode()
        return Outgoing(
            key=outward_key(row["key"]),
            number=number_of(row),
            level=row["level"],
            subject=said.subject,
            text=said.text,
            phone="" if contact is None else contact.phone,
            mail="" if contact is None else contact.mail,
            sheet=None if alert is None or not channel.inside_only else _sheet(alert, row),
            document=written,
            repeated=repeated,
        )


def _issued(connection: Connection, row: Mapping[str, Any]) -> list[Any]:
    return [m for m in issued_of(connection, row["alert_id"]) if m.move <= row["move"]]


def _sheet(alert: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, str]:
    """Give what is handed on with a matter: what and where, never who."""
    return {
        "编号": number_of(row),
        "等级": str(alert["level"]),
        "标题": str(alert["headline"]),
        "类别": str(alert["class_code"]),
        "地点": str(alert["detail"]["named"]),
        "情况": str(alert["reason"]),
        "提示时间": alert["opened_at"].isoformat(),
    }


def _free_at(connection: Connection, channel: Channel, now: datetime) -> datetime:
    """Give when a channel may speak next: it keeps its limits, and rests after failures."""
    counted = max([_LOOK_BACK, *(limit.n for limit in channel.limits)])
    tried = store.latest_attempts(connection, channel.name, counted)
    ended = [(one.ended_at or one.begun_at, one.outcome) for one in tried]
    begun = [one.begun_at for one in tried]
    return max(rests_until(ended, now), free_at(begun, channel.limits, now))


def _lease(channel: str) -> str:
    return f"send {channel}"


def _hold(connection: Connection, channel: str, holder: str, now: datetime) -> bool:
    name = _lease(channel)
    before = lease_store.lease_holder(connection, name)
    if before and before != holder and is_dead(before):
        lease_store.release_lease(connection, before, now, name)
    return lease_store.take_lease(connection, holder, now, LEASE_LASTS, name) is not None
