"""What became of the rows of one run of intake."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from appeals.record import Reject
from appeals.store import Outcome
from geo.suspicion import Verdict
from grids.placer import Places
from wangge.datum_check import datum_data


@dataclass(slots=True)
class Cause:
    """How many rows one reason rejected, and the first of them."""

    first_row: int
    n: int = 0


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store did with some arrivals, in their order.

    ``places`` are of those that made a version; ``hand_kept`` and ``hand_given_up`` as of
    :class:`IngestReport`.
    """

    outcomes: Sequence[Outcome]
    places: Places | None = None
    hand_kept: int = 0
    hand_given_up: int = 0

    def part(self, low: int, high: int) -> "Stored":
        """Give what became of the arrivals from ``low`` to before ``high``; none has a hand."""
        outcomes = self.outcomes[low:high]
        if self.places is None:
            return Stored(outcomes)
        before = sum(one.outcome != "duplicate" for one in self.outcomes[:low])
        own = slice(before, before + sum(one.outcome != "duplicate" for one in outcomes))
        places = self.places
        return Stored(
            outcomes, Places(places.located[own], places.placed.iloc[own], places.sent_ids[own])
        )


@dataclass(slots=True)
class IngestReport:
    """What became of the rows: ``read = accepted + updated + rejected + duplicates``.

    ``located`` and what follows describe the accepted and updated appeals of this run, each of
    which is in exactly one of ``placed``, ``needs_confirm``, ``outside`` and ``unlocated``.
    """

    read: int = 0
    accepted: int = 0
    updated: int = 0
    rejected: int = 0
    duplicates: int = 0
    located: Counter[str] = field(default_factory=Counter)  # by level
    placed: Counter[str] = field(default_factory=Counter)  # by level of the finest certain unit
    needs_confirm: int = 0
    outside: int = 0
    unlocated: int = 0
    hand_kept: int = 0  # updates that keep the place which a person had set
    hand_given_up: int = 0  # updates whose address or coordinates the source has changed since
    unread: Counter[str] = field(default_factory=Counter)  # field left empty: it was not readable
    reasons: dict[tuple[str, str], Cause] = field(default_factory=dict)  # by field and reason
    ignored: tuple[str, ...] = ()  # columns that give no field
    geocoder: dict[str, object] | None = None  # the online one, where it is set
    sinks: list[tuple[float, float, int]] = field(default_factory=list)  # lon, lat, n
    source: str = ""
    notation: str = ""  # how the coordinates are written, see geo.formats
    datum_check: Verdict | None = None  # of one file; None where nothing could be compared
    rejects: list[Reject] = field(default_factory=list)  # of an API call; a file has its own
    rejects_file: Path | None = None

    def add_stored(self, stored: Stored) -> None:
        """Count what the store did with a batch, and where it lies."""
        for outcome in stored.outcomes:
            if outcome.outcome == "duplicate":
                self.duplicates += 1
                continue
            if outcome.outcome == "accepted":
                self.accepted += 1
            else:
                self.updated += 1
            self.unread.update(outcome.arrival.unread)
        self.hand_kept += stored.hand_kept
        self.hand_given_up += stored.hand_given_up
        if stored.places is not None:
            self._add_places(stored.places)

    def add_rejects(self, rejects: Sequence[Reject]) -> None:
        """Count the rejects of a batch by their reason."""
        self.rejected += len(rejects)
        for one in rejects:
            self.reasons.setdefault((one.field, one.reason), Cause(one.row)).n += 1

    def _add_places(self, places: Places) -> None:
        self.located.update(found.level for found in places.located)
        placed = places.placed
        for status, finest in zip(placed["status"], placed["finest"], strict=True):
            if status == "placed":
                self.placed[str(finest)] += 1
            elif status == "needs_confirm":
                self.needs_confirm += 1
            elif status == "outside":
                self.outside += 1
            else:
                self.unlocated += 1

    def add(self, other: "IngestReport") -> None:
        """Add the report of one more file.

        Sinks and the place of rejects are the newest ones; reasons of rejects and columns stay with
        their file.
        """
        for name in ("read", "accepted", "updated", "rejected", "duplicates"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("needs_confirm", "outside", "unlocated", "hand_kept", "hand_given_up"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.unread += other.unread
        self.located += other.located
        self.placed += other.placed
        self.geocoder = other.geocoder
        self.sinks = other.sinks
        self.notation = other.notation
        # What has to be mended must not be hidden by a file after it.
        if self.datum_check is None or not self.datum_check.suspect:
            self.datum_check = other.datum_check
        self.rejects_file = other.rejects_file or self.rejects_file

    def most_common_reasons(self) -> list[tuple[tuple[str, str], Cause]]:
        """Give the ten reasons that rejected the most rows, the commonest first."""
        return sorted(self.reasons.items(), key=lambda item: -item[1].n)[:10]

    def as_data(self) -> dict[str, object]:
        """Give the report as the command line and the API answer it."""
        return {
            "read": self.read,
            "accepted": self.accepted,
            "updated": self.updated,
            "rejected": self.rejected,
            "duplicates": self.duplicates,
            "located": dict(self.located),
            "placed": dict(self.placed),
            "needs_confirm": self.needs_confirm,
            "outside": self.outside,
            "unlocated": self.unlocated,
            "by_hand": {"kept": self.hand_kept, "given_up": self.hand_given_up},
            "geocoder": self.geocoder,
            "unread": dict(self.unread),
            "notation": self.notation,
            **datum_data(self.datum_check),
            "ignored": list(self.ignored),
            "reasons": [
                {"field": name, "reason": reason, "n": cause.n, "first_row": cause.first_row}
                for (name, reason), cause in self.most_common_reasons()
            ],
            "sinks": [{"lon": lon, "lat": lat, "n": n} for lon, lat, n in self.sinks],
            "rejects_file": None if self.rejects_file is None else str(self.rejects_file),
        }
