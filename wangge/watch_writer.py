"""What a watcher writes: under its lease, and fenced by the lease's number.

A closed day's findings, state and mark are one transaction.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from alerts import store as alert_store
from alerts.episode import Episode
from alerts.findings import Findings
from alerts.lease import store as lease_store
from alerts.state import VERSION, pack
from alerts.unconfirmed.store import mark_unconfirmed
from alerts.watch import Context, Watch
from appeals.database import Connection, Engine, writing
from wangge.holder import holder_name, is_dead
from wangge.response import read_follower
from wangge.settings import Settings

LEASE_LASTS = timedelta(seconds=90)


class WatchWriter:
    """The lease of one watcher on one database, and all that is stored under it.

    Parameters
    ----------
    engine, settings
        The database and what the office set.
    history
        All that is found is history: stored and shown, never delivered.
    """

    def __init__(self, engine: Engine, settings: Settings, *, history: bool) -> None:
        self._engine = engine
        self._stale_after = None if history else timedelta(hours=settings.alerts.stale_after_h)
        self._following = read_follower(settings)
        self._holder = holder_name(id(self))
        self._fence = 0
        self._held_until = datetime.fromtimestamp(0, UTC)

    def hold(self, now: datetime) -> bool:
        """Hold the lease: taken again when a third of it is over. False where another has it."""
        return now < self._held_until - 2 * LEASE_LASTS / 3 or self._renew(now)

    def _renew(self, now: datetime) -> bool:
        with writing(self._engine) as connection:
            holder = lease_store.lease_holder(connection)
            if holder is not None and is_dead(holder):
                lease_store.release_lease(connection, holder, now)
            fence = lease_store.take_lease(connection, self._holder, now, LEASE_LASTS)
        if fence is None:
            return False
        self._fence, self._held_until = fence, now + LEASE_LASTS
        return True

    def release(self, now: datetime) -> None:
        """Give the lease back."""
        with writing(self._engine) as connection:
            lease_store.release_lease(connection, self._holder, now)

    def store(
        self, episodes: Sequence[Episode], now: datetime, *, provisional: bool = False
    ) -> tuple[int, int]:
        """Store episodes; give the numbers of new alerts and new signals."""
        if not episodes:
            return 0, 0
        with writing(self._engine) as connection:
            found = self._publish(connection, episodes, now, provisional=provisional)
            lease_store.check_fence(connection, self._fence)
        return found

    def close(
        self,
        watch: Watch,
        days: Sequence[Findings],
        newest: int,
        context: Context,
        now: datetime,
    ) -> tuple[int, int]:
        """Store what days that are over showed, the state at their end and the mark at once.

        Parameters
        ----------
        watch
            As it stands at the end of these days, with the episodes of the days before them.
        days
            In their order, at least one.
        newest
            Newest version that the closed days hold.
        context
            What the office has set and said.
        now
            Aware.
        """
        alerts = signals = 0
        with writing(self._engine) as connection:
            for day in days:
                changed = watch.tell(day, context)
                found = self._publish(connection, changed, now, closed=day.day)
                alerts, signals = alerts + found[0], signals + found[1]
            end = days[-1].end
            mark_unconfirmed(connection, end, now)
            lease_store.check_fence(connection, self._fence)
            mark = lease_store.Mark(newest, end, VERSION, pack(watch))
            lease_store.write_mark(connection, mark, self._fence)
        return alerts, signals

    def _publish(
        self,
        connection: Connection,
        episodes: Sequence[Episode],
        now: datetime,
        *,
        provisional: bool = False,
        closed: date | None = None,
    ) -> tuple[int, int]:
        return alert_store.publish(
            connection,
            episodes,
            now,
            self._stale_after,
            following=self._following,
            provisional=provisional,
            closed=closed,
        )
