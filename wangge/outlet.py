"""The outbox as the API shows it: how the channels stand, and the counter for a relay."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from alerts.letters.store import queue_of
from alerts.outbox.health import DOWN, health, reason
from alerts.outbox.pace import Outcome
from appeals.database import Connection
from appeals.errors import InputError, NotFound
from wangge.channels import Channels, read_channels
from wangge.counter import Counter
from wangge.site import Site, wall_clock


def open_counter(site: Site) -> tuple[Counter, Channels]:
    """Open the outbox of an installation, and give its channels.

    Raises
    ------
    InputError
        The channels are declared wrongly.
    """
    channels = read_channels(site.settings.channels)
    return Counter(site.engine, site.settings, channels, wall_clock, site.zone), channels


class Outlet:
    """What the API is given of the channels.

    Parameters
    ----------
    counter
        Of the outbox.
    channels
        All that are declared.
    """

    def __init__(self, counter: Counter, channels: Channels) -> None:
        self._counter = counter
        self._channels = channels

    def standings(self, connection: Connection, now: datetime) -> Sequence[Mapping[str, object]]:
        """Give how each declared channel stands."""
        rows = []
        for name, channel in self._channels.items():
            queue = queue_of(connection, name, now)
            state = health(channel.on, queue, now)
            about = {"name": name, "network": channel.network, "by": channel.by}
            words = {"state": state, "down": state in DOWN, "reason": reason(state, queue)}
            rows.append(about | words | asdict(queue))
        return rows

    def next(self, name: str, holder: str) -> Mapping[str, object]:
        """Give a relay its next message, or ``wait_s``.

        Raises
        ------
        NotFound
            No channel of this name is declared, on and spoken by a relay.
        """
        given = self._counter.next(self._relayed(name), holder)
        if isinstance(given, timedelta):
            return {"wait_s": given.total_seconds()}
        return {"attempt_id": given.attempt_id, "outgoing": asdict(given.outgoing)}

    def end(
        self, name: str, holder: str, attempt_id: int, outcome: str, fault: str, reference: str
    ) -> None:
        """Take from a relay how an attempt ended.

        Raises
        ------
        NotFound, Conflict
            As of the counter.
        """
        ended = Outcome(outcome)
        self._counter.end(
            self._relayed(name), holder, attempt_id, ended, fault=fault, reference=reference
        )

    def _relayed(self, name: str) -> str:
        channel = self._channels.get(name)
        if channel is None or channel.by != "relay":
            raise NotFound(f"no channel {name} is spoken by a relay")
        return name


def spoken_here(channels: Channels, by: str) -> Channels:
    """Give the channels that are on and spoken by this side, each seen to be complete.

    Raises
    ------
    InputError
        One of them lacks what it needs.
    """
    ours = {name: one for name, one in channels.items() if one.on and one.by == by}
    for channel in ours.values():
        channel.check()
    if not ours and by == "relay":
        raise InputError('no channel is on with by = "relay"')
    return ours
