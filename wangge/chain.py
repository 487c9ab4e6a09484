"""The steps that one batch of rows goes through: understand → locate → place → append, count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from appeals.database import Connection
from appeals.intake import Cells, Plan, Rules, understand
from appeals.record import Arrival, Reject
from appeals.seals import KeyRing
from appeals.store import append
from geo.formats import Notation
from grids.hand.store import keep_by_hand
from grids.placer import Placer, Places
from grids.store import add_placements, move_counts
from wangge.ingest_report import Stored
from wangge.online import Online
from wangge.pins import notation_of, settle

Row = tuple[int, Cells]


def notation_of_head(head: Sequence[Row], how: Plan, rules: Rules) -> Notation:
    """Tell how a file writes its coordinates: as its mapping says, else by its first rows."""
    if rules.mapping.notation is not None:
        return Notation(rules.mapping.notation)
    understood = [understand(row, cells, how) for row, cells in head]
    arrivals = [one for one in understood if isinstance(one, Arrival)]
    return notation_of(arrivals, how.datum, rules.bounding_box)


@dataclass(frozen=True, slots=True)
class Chain:
    """What every batch of a run needs, loaded once."""

    how: Plan
    rules: Rules
    ring: KeyRing
    who: str
    notation: Notation
    online: Online | None = None

    def understand(self, rows: Sequence[Row]) -> tuple[list[Arrival], list[Reject]]:
        """Divide rows into those that were understood and lie in the jurisdiction, and rejects."""
        arrivals: list[Arrival] = []
        rejects: list[Reject] = []
        for row, cells in rows:
            result = understand(row, cells, self.how)
            if isinstance(result, Reject):
                rejects.append(result)
            else:
                arrivals.append(result)
        inside, outside = settle(arrivals, self.notation, self.rules.bounding_box)
        return inside, sorted([*rejects, *outside], key=lambda reject: reject.row)

    def ask(self, arrivals: Sequence[Arrival], placer: Placer, now: datetime) -> None:
        """Ask the online geocoder, where one is set; before the transaction that stores them."""
        if self.online is not None:
            appeals = [arrival.appeal for arrival in arrivals]
            self.online.look_up(appeals, [_address(one) for one in arrivals], placer, now)

    def place(self, arrivals: Sequence[Arrival], placer: Placer) -> Places:
        """Locate and place arrivals."""
        appeals = [arrival.appeal for arrival in arrivals]
        addresses = [_address(arrival) for arrival in arrivals]
        places = placer.place(appeals, addresses)
        if self.online is not None:
            places = self.online.refine(places, appeals, addresses, placer)
        return places

    def store(
        self,
        connection: Connection,
        arrivals: Sequence[Arrival],
        placer: Placer,
        now: datetime,
        places: Places | None = None,
    ) -> Stored:
        """Append arrivals with their places and counts, in the caller's transaction.

        ``places`` are those of all arrivals, where they were found before; without them only what
        is no duplicate is placed.
        """
        outcomes = append(connection, arrivals, ring=self.ring, now=now, who=self.who)
        at = [i for i, outcome in enumerate(outcomes) if outcome.outcome != "duplicate"]
        if not at:
            return Stored(outcomes)
        new = [outcomes[i] for i in at]
        if places is None:
            places = self.place([outcome.arrival for outcome in new], placer)
        else:
            places = places.take(at)
        places, kept, given_up = keep_by_hand(connection, new, places, placer)
        serials = [outcome.serial for outcome in new]
        old = [outcome.old_serial for outcome in new if outcome.old_serial is not None]
        add_placements(connection, serials, places.located, places.placed, places.sent_ids)
        move_counts(connection, old, serials)
        return Stored(outcomes, places, kept, given_up)


def _address(arrival: Arrival) -> str:
    # The raw words are needed to find the door; they never leave this process.
    return arrival.personal.address or arrival.appeal.address
