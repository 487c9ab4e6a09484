"""The online geocoder of the settings: loaded, asked before a batch is stored, never waited for.

Off until ``geocoder.name`` is set. What it costs at most is ``geocoder.timeout_s`` for one call and
``geocoder.budget_s`` for a run; one that fails or is late is not asked again in that run, and the
report says so.
"""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.metadata import entry_points
from typing import Any

import numpy as np

from appeals.database import Engine, reading, writing
from appeals.errors import InputError
from appeals.record import Appeal
from appeals.seals import digest
from geo.datums import check_datum
from geo.located import LEVELS, Located
from geo.plugins import GROUP, Found, Geocoder, askable, refined, worth_asking
from geo.store import keep_geocodes, read_geocodes
from grids.boundaries import Boundaries
from grids.place import place, place_points
from grids.placer import Placer, Places
from wangge.settings import Settings

AT_ONCE = 20
"""Texts in one call."""

Box = tuple[float, float, float, float]


def load_geocoder(name: str) -> Geocoder:
    """Load the plug-in of this name.

    Raises
    ------
    InputError
        It is not installed, or is not what a plug-in must be.
    """
    installed = entry_points(group=GROUP)
    if name not in installed.names:
        known = ", ".join(sorted(installed.names)) or "none"
        raise InputError(f"geocoder.name: no plug-in of this name is installed; there are: {known}")
    geocoder: Geocoder = installed[name].load()
    for needed in ("name", "datum", "levels", "ask"):
        if not hasattr(geocoder, needed):
            raise InputError(f"geocoder.name: the plug-in has no {needed}")
    check_datum(geocoder.datum)
    strange = sorted(set(geocoder.levels.values()) - set(LEVELS))
    if strange:
        raise InputError(f"geocoder.name: the plug-in names a level that is none: {strange[0]}")
    return geocoder


def online_of(engine: Engine, settings: Settings) -> "Online | None":
    """Give the geocoder that the settings name, ``None`` where they name none."""
    if settings.geocoder.name is None:
        return None
    chosen = settings.geocoder
    box = settings.jurisdiction.bounding_box
    geocoder = load_geocoder(settings.geocoder.name)
    return Online(engine, geocoder, chosen.timeout_s, chosen.budget_s, box)


class Online:
    """One geocoder during one run.

    Parameters
    ----------
    engine
        Whose cache keeps its answers.
    geocoder
        The plug-in.
    timeout_s, budget_s
        Seconds that one call and all calls of the run may take.
    box
        Of the jurisdiction in WGS84 degrees: answers outside are worthless.
    """

    def __init__(
        self, engine: Engine, geocoder: Geocoder, timeout_s: float, budget_s: float, box: Box | None
    ) -> None:
        self._engine, self._geocoder, self._box = engine, geocoder, box
        self._timeout_s, self._left_s = timeout_s, budget_s
        self._answers: dict[str, Found | None] = {}
        self.asked = self.answered = 0
        self.note = ""

    def look_up(
        self, appeals: Sequence[Appeal], addresses: Sequence[str], placer: Placer, now: datetime
    ) -> None:
        """Learn what cache and service say of addresses that our own names do not place.

        Before the transaction that stores them: a service must not hold a lock.
        """
        texts = [
            askable(one) if a.pin is None else None
            for a, one in zip(appeals, addresses, strict=True)
        ]
        open_rows = [i for i, text in enumerate(texts) if text and text not in self._answers]
        if not open_rows:
            return
        mine = [appeals[i] for i in open_rows], [addresses[i] for i in open_rows]
        own = placer.place(*mine).located
        wanted = {str(texts[i]) for i, one in zip(open_rows, own, strict=True) if worth_asking(one)}
        names = {digest(text.encode()): text for text in sorted(wanted)}
        with reading(self._engine) as connection:
            kept = read_geocodes(connection, self._geocoder.name, list(names))
        self._answers |= {names[asked]: found for asked, found in kept.items()}
        todo = [name for name in names if name not in kept]
        fresh: dict[str, Found | None] = {}
        for first in range(0, len(todo), AT_ONCE):
            if self.note:
                break
            part = todo[first : first + AT_ONCE]
            answers = self._ask([names[one] for one in part])
            fresh |= dict(zip(part, answers, strict=False))
        self._answers |= {names[asked]: found for asked, found in fresh.items()}
        if fresh:
            with writing(self._engine) as connection:
                keep_geocodes(connection, self._geocoder, fresh, now)

    def refine(
        self, places: Places, appeals: Sequence[Appeal], addresses: Sequence[str], placer: Placer
    ) -> Places:
        """Put answers in place of what our own names left at a unit or nowhere."""
        located, placed = list(places.located), places.placed
        for i, (appeal, address) in enumerate(zip(appeals, addresses, strict=True)):
            own = located[i]
            if appeal.pin is not None or not worth_asking(own):
                continue
            found = refined(own, self._answers.get(askable(address) or ""), self._geocoder)
            units = placer.on(appeal.local_day)
            if found is own or not self._fits(found, units):
                continue
            if placed is places.placed:
                placed = placed.copy()
            located[i] = found
            row = place([found], units)
            for name in row.columns:
                value: Any = row[name].iloc[0]
                placed.at[i, name] = value
        return Places(located, placed, places.sent_ids)

    def _fits(self, found: Located, units: Boundaries) -> bool:
        """Tell whether a point lies in the jurisdiction and in every unit that the text names."""
        if found.lon is None or found.lat is None:
            return False
        west, south, east, north = self._box or (-180.0, -90.0, 180.0, 90.0)
        if not (west <= found.lon <= east and south <= found.lat <= north):
            return False
        at = place_points(np.array([found.lon]), np.array([found.lat]), 0.0, units)
        named = [units.unit(one) for code in found.named for one in units.coded(code)]
        return all(
            bool((at[f"{unit.level}_id"] == unit.unit_id).fillna(False).iloc[0])
            for unit in named
            if unit.level in units.layers
        )

    def _ask(self, texts: list[str]) -> Sequence[Found | None]:
        """Ask for some texts; what goes wrong becomes a note, and nothing is asked after it."""
        if self._left_s <= 0:
            self.note = "the time of this run is used up"
            return []
        limit_s = min(self._timeout_s, self._left_s)
        began = time.monotonic()
        try:
            answers = _within(limit_s, lambda: self._geocoder.ask(texts, limit_s))
            if len(answers) != len(texts):
                raise ValueError("not one answer a text")
            checked = [None if one is None else _checked(one) for one in answers]
        except Exception as error:  # a stranger's code: its message may hold what was asked
            self.note = f"not asked any more after {type(error).__name__}"
            return []
        finally:
            self._left_s -= time.monotonic() - began
        self.asked += len(texts)
        self.answered += sum(one is not None for one in checked)
        return checked

    def as_data(self) -> dict[str, object]:
        """Tell what was asked in this run."""
        same = {"name": self._geocoder.name, "asked": self.asked, "answered": self.answered}
        return same | {"note": self.note or None}


def _checked(found: Found) -> Found:
    x, y = float(found.x), float(found.y)
    if not (np.isfinite(x) and np.isfinite(y)):
        raise ValueError("a coordinate that is no number")
    return Found(x, y, str(found.level))


def _within(limit_s: float, call: Callable[[], Sequence[Found | None]]) -> Sequence[Found | None]:
    """Call, and give up after a time; the thread ends with the process, nobody waits for it."""
    answers: list[Sequence[Found | None]] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            answers.append(call())
        except Exception as error:  # handed to whoever waits
            errors.append(error)

    thread = threading.Thread(target=run, name="geocoder", daemon=True)
    thread.start()
    thread.join(limit_s)
    if errors:
        raise errors[0]
    if not answers:
        raise TimeoutError
    return answers[0]
