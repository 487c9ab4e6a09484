"""The chain of one appeal: read → understand → locate → place → append, counts moved with it.

One batch is one transaction, and the mark of how far the file has come moves in the same one: a
run that was killed at any moment and is started again ends as one clean run does.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

import appeals.files as files
from appeals.database import Connection, Engine, reading, writing
from appeals.errors import InputError
from appeals.intake import Plan, Rules, plan, understand
from appeals.mapping import Mapping as ColumnMapping
from appeals.mapping import read_mapping
from appeals.record import Arrival, Reject
from appeals.seals import KeyRing
from appeals.store import Outcome, append, import_advance, import_finish, import_position
from grids.store import add_placements, move_counts
from wangge.places import Placer
from wangge.rejects import RejectFile
from wangge.settings import Settings

BATCH_ROWS = 2_000
Progress = Callable[[int, int | None], None]
Cells = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be read; what is ``None`` comes from the mapping or the settings."""

    mapping: Path | None = None
    datum: str | None = None
    source: str | None = None
    dry_run: bool = False
    who: str = "ingest"


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
    rejects_file: Path | None = None

    def add_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Count what the store did with a batch."""
        for outcome in outcomes:
            if outcome.outcome == "accepted":
                self.accepted += 1
            elif outcome.outcome == "updated":
                self.updated += 1
            else:
                self.duplicates += 1

    def add_places(self, levels: Sequence[str], statuses: Sequence[str], finest: Sequence[str | None]) -> None:
        """Count where a batch lies; the three sequences have one entry an appeal."""
        self.located.update(levels)
        for status, level in zip(statuses, finest, strict=True):
            if status == "placed":
                self.placed[level or "city"] += 1
            elif status == "needs_confirm":
                self.needs_confirm += 1
            elif status == "outside":
                self.outside += 1
            else:
                self.unlocated += 1

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
            "rejects_file": None if self.rejects_file is None else str(self.rejects_file),
        }


def make_rules(settings: Settings, mapping: ColumnMapping, options: Options, name: str) -> Rules:
    """Put together how one source is read: option before mapping before settings.

    Parameters
    ----------
    settings
        Of the installation.
    mapping
        Of the source; its own default where none was given.
    options
        Of this call.
    name
        The source's name where neither option nor mapping gives one.
    """
    source = options.source or mapping.source or name
    jurisdiction = settings.jurisdiction
    return Rules(
        source=source,
        mapping=mapping,
        zone=jurisdiction.zone,
        datum=options.datum or mapping.datum or settings.datum.get(source),
        bounding_box=jurisdiction.bounding_box,
    )


@dataclass(frozen=True, slots=True)
class Chain:
    """What every batch of a run needs, loaded once."""

    ring: KeyRing
    placer: Placer
    zone_rules: Rules
    who: str

    def understand(
        self, rows: Sequence[tuple[int, Cells]], how: Plan
    ) -> tuple[list[Arrival], list[Reject]]:
        """Divide rows into those that were understood and lie in the world, and rejects."""
        arrivals: list[Arrival] = []
        rejects: list[Reject] = []
        for row, cells in rows:
            result = understand(row, cells, how)
            if isinstance(result, Reject):
                rejects.append(result)
            else:
                arrivals.append(result)
        inside, outside = self.placer.check_box(arrivals)
        rejects = sorted([*rejects, *outside], key=lambda reject: reject.row)
        return inside, rejects

    def store(
        self, connection: Connection, arrivals: Sequence[Arrival], report: IngestReport, now: datetime
    ) -> list[Outcome]:
        """Append arrivals with their places and counts, in the caller's transaction."""
        outcomes = append(connection, arrivals, ring=self.ring, now=now, who=self.who)
        report.add_outcomes(outcomes)
        new = [outcome for outcome in outcomes if outcome.serial is not None]
        if not new:
            return outcomes
        places = self.placer.place([outcome.arrival for outcome in new])
        serials = [outcome.serial for outcome in new if outcome.serial is not None]
        old = [outcome.old_serial for outcome in new if outcome.old_serial is not None]
        add_placements(connection, serials, places.located, places.placed, places.sent_ids)
        move_counts(connection, old, serials)
        report.add_places(places.levels, places.statuses, places.finest)
        return outcomes
