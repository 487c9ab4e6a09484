"""The steps that one batch of rows goes through: understand → locate → place → append, count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from appeals.database import Connection
from appeals.intake import Cells, Plan, Rules, understand
from appeals.record import Arrival, Reject
from appeals.seals import KeyRing
from appeals.store import Outcome, append
from geo.datums import in_range, to_wgs84
from grids.placer import Placer
from grids.store import add_placements, move_counts
from wangge.ingest_report import IngestReport

Row = tuple[int, Cells]


def outside_box(
    arrivals: Sequence[Arrival], box: tuple[float, float, float, float] | None
) -> list[Reject]:
    """Reject pins that lie in no place on Earth or outside the jurisdiction, after conversion.

    Parameters
    ----------
    arrivals
        Rows that were understood; those without a pin pass.
    box
        West, south, east, north in WGS84 degrees; ``None`` checks the ranges of the Earth alone.
    """
    rejects: list[Reject] = []
    by_datum: dict[str, list[Arrival]] = {}
    for arrival in arrivals:
        if arrival.appeal.pin is not None:
            by_datum.setdefault(arrival.appeal.pin.datum, []).append(arrival)
    for datum, pinned in by_datum.items():
        pins = [arrival.appeal.pin for arrival in pinned if arrival.appeal.pin is not None]
        x, y = np.array([pin.x for pin in pins]), np.array([pin.y for pin in pins])
        lon, lat = to_wgs84(x, y, datum)
        known = in_range(lon, lat)
        west, south, east, north = box or (-180.0, -90.0, 180.0, 90.0)
        bad_lon, bad_lat = ~((lon >= west) & (lon <= east)), ~((lat >= south) & (lat <= north))
        for i in np.flatnonzero(~known | bad_lon | bad_lat):
            field_name = "lon" if bad_lon[i] else "lat"
            reason = "outside the jurisdiction's bounding box" if known[i] else "out of range"
            rejects.append(Reject(pinned[i].row, field_name, reason))
    return rejects


@dataclass(frozen=True, slots=True)
class Chain:
    """What every batch of a run needs, loaded once."""

    how: Plan
    rules: Rules
    ring: KeyRing
    placer: Placer
    who: str

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
        outside = outside_box(arrivals, self.rules.bounding_box)
        refused = {reject.row for reject in outside}
        inside = [arrival for arrival in arrivals if arrival.row not in refused]
        return inside, sorted([*rejects, *outside], key=lambda reject: reject.row)

    def store(
        self,
        connection: Connection,
        arrivals: Sequence[Arrival],
        report: IngestReport,
        now: datetime,
    ) -> list[Outcome]:
        """Append arrivals with their places and counts, in the caller's transaction."""
        outcomes = append(connection, arrivals, ring=self.ring, now=now, who=self.who)
        report.add_outcomes(outcomes)
        new = [outcome for outcome in outcomes if outcome.serial is not None]
        new = [outcome for outcome in new if outcome.outcome != "duplicate"]
        if not new:
            return outcomes
        places = self.placer.place(
            [outcome.arrival.appeal for outcome in new],
            [_address(outcome.arrival) for outcome in new],
        )
        serials = [outcome.serial for outcome in new if outcome.serial is not None]
        old = [outcome.old_serial for outcome in new if outcome.old_serial is not None]
        add_placements(connection, serials, places.located, places.placed, places.sent_ids)
        move_counts(connection, old, serials)
        report.add_places(places)
        for outcome in new:
            report.unread.update(outcome.arrival.unread)
        return outcomes


def _address(arrival: Arrival) -> str:
    # The raw words are needed to find the door; they never leave this process.
    return arrival.personal.address or arrival.appeal.address
