"""From signals to alerts: what belongs together is one episode, and one alert.

Signals belong together where one class is the other or its ancestor and the appeals behind them
are largely the same, which is what containment of areas means for counts; a small part that rose
beyond its share in the whole is a matter of its own. The alert names the
smallest area and the finest class that hold most of the excess of its strongest signal; the
others are its evidence.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from alerts.keys import related

QUIET_AFTER = timedelta(days=2)
"""An episode that no signal has joined for so long is over; a new rise is a new one."""

LOOKS_BACK = timedelta(days=7)
"""The longest window: for so long a signal can still speak of what an episode told."""

SAME_OPENING = timedelta(hours=12)
"""An alert run again may open some hours earlier, when rows came late; not as another day's."""

DRIFT_QUIET_AFTER = timedelta(days=15)
"""The same of a drift, which is looked at once a week: two weeks without it end it."""

Key = tuple[str, str, int, str]
"""What a signal is about, apart from its time: kind, kind of area, area, class."""

_FINE_FIRST = ["grid", "cell_9", "community", "street", "cell_8", "subject", "district", "city"]
FINENESS = {kind: rank for rank, kind in enumerate(_FINE_FIRST)}
"""Kinds of area by how small they are, the smallest 0."""

_UNIT_KINDS = ("district", "street", "community", "grid")


def carried(key: Key, heirs: Mapping[int, int]) -> Key:
    """Give what a key is about when units have heirs: the same of the heir.

    Examples
    --------
    >>> carried(("surge", "street", 7, "噪声"), {7: 9}), carried(("surge", "city", 7, ""), {7: 9})
    (('surge', 'street', 9, '噪声'), ('surge', 'city', 7, ''))
    """
    kind, area_kind, area, code = key
    return kind, area_kind, heirs.get(area, area) if area_kind in _UNIT_KINDS else area, code


GRAVITY = ("blue", "yellow", "orange", "red")
"""Levels, the gravest last."""

SMALL = {"grid", "cell_9", "community", "street", "cell_8"}
"""Kinds of area in which one matter may lie."""
_MOST = 0.6  # share of the strongest signal's excess that the named area must hold
_SAME = 0.5  # share of the smaller set of appeals that two signals must have in common
_RANK = {"sensitive": 0, "first": 1, "surge": 2, "cluster": 2, "drift": 3, "possible": 3}
_ALONE = {"drift", "possible"}  # of these only the same key goes on
_COUNTED = {"surge", "cluster"}


@dataclass(frozen=True, slots=True)
class Signal:
    """One finding of one detector at the end of one tick.

    ``kind`` is surge, cluster, drift, first, sensitive or possible. ``cases`` (件) and ``callers``
    (人) over ``window_h`` hours up to ``tick``; ``score`` is -log10 of the calibrated probability,
    or the severity of a sensitive appeal. ``appeals`` are the numbers of the contributing appeals.
    """

    tick: datetime
    kind: str
    area_kind: str
    area: int
    area_name: str
    class_code: str
    window_h: int
    cases: int
    callers: int
    expected: float | None
    score: float
    newest_at: datetime
    reason: str
    detail: dict[str, Any]
    appeals: frozenset[int]

    @property
    def excess(self) -> float:
        """Callers above the expectation."""
        return self.callers - (self.expected or 0.0)

    @property
    def strength(self) -> tuple[float, float]:
        """Which of two signals of one key says more: the less probable, or the more callers."""
        if self.kind in _COUNTED:
            return self.score, self.callers
        return self.callers, self.score

    @property
    def key(self) -> Key:
        """What the signal is about, apart from its time."""
        return self.kind, self.area_kind, self.area, self.class_code


@dataclass(slots=True)
class Episode:
    """Signals that belong together; ``alert_id`` is given when it is published first.

    ``aside`` says why it is kept and not told, ``lesson`` what verdicts had to do with it (see
    :mod:`alerts.telling`); ``told`` that it was told, which is not taken back, ``linked`` which
    appeals are stored with it already.
    """

    opened_at: datetime
    last_at: datetime
    signals: dict[Key, Signal] = field(default_factory=dict)
    alert_id: int | None = None
    aside: str | None = None
    lesson: str = ""
    told: bool = False
    changed: bool = True
    linked: frozenset[int] = frozenset()
    _named: Signal | None = field(default=None, init=False, repr=False, compare=False)

    def add(self, signal: Signal) -> None:
        """Take a signal in; of the same key the strongest stays."""
        known = self.signals.get(signal.key)
        if signal.kind == "cluster":
            # Its disk moves and grows from hour to hour and is the same cluster all the same.
            same = (s for s in self.signals.values() if s.kind == "cluster")
            known = next((s for s in same if s.class_code == signal.class_code), None)
        if known is None or signal.strength > known.strength:
            if known is not None:
                del self.signals[known.key]
            self.signals[signal.key] = signal
            self.changed, self._named = True, None
        if not self._over(signal.tick):
            self.last_at = max(self.last_at, signal.tick)

    def carry_on(self, heirs: Mapping[int, int]) -> None:
        """Let the heirs of units stand in their place."""
        moved = [replace(s, area=carried(s.key, heirs)[2]) for s in self.signals.values()]
        self.signals, self._named = {signal.key: signal for signal in moved}, None

    @property
    def kind(self) -> str:
        """Kind of the alert: of its gravest signal; a surge by the area that it names."""
        named = self.named
        return "subject" if named.area_kind == "subject" else named.kind

    @property
    def appeals(self) -> frozenset[int]:
        """The appeals of the area and class that the alert names."""
        return self.named.appeals

    @property
    def named(self) -> Signal:
        """The signal whose area the alert names."""
        if self._named is None:
            self._named = self._most_telling()
        return self._named

    def _most_telling(self) -> Signal:
        gravest = min(_RANK[s.kind] for s in self.signals.values())
        own = _but_lesser_sisters([s for s in self.signals.values() if _RANK[s.kind] == gravest])
        strongest = max(own, key=lambda s: (s.score, s.excess))
        holding = [s for s in own if s.excess >= _MOST * strongest.excess]
        return min(
            holding,
            key=lambda s: (
                FINENESS[s.area_kind],
                -s.class_code.count("/"),
                -s.excess,
                s.class_code,
                s.area,
            ),
        )

    @property
    def kept_for(self) -> timedelta:
        """How long after its last signal another one may still join it."""
        return DRIFT_QUIET_AFTER if self.named.kind == "drift" else LOOKS_BACK

    def joins(self, signal: Signal) -> bool:
        """Tell whether this signal belongs to this episode."""
        named = self.named
        if self._over(signal.tick):
            return self._tells_again(signal)
        if signal.kind in _ALONE or named.kind in _ALONE:
            return signal.key in self.signals
        # One that has a sensitive signal is named by it.
        if (signal.kind == "sensitive") != (named.kind == "sensitive"):
            # A first report that is told for its sensitive words is that alert's evidence.
            return signal.kind == "first" and signal.appeals <= named.appeals
        if signal.kind == "sensitive":
            # It grows while its window holds all that it told; after that the next is news again.
            known = self.signals.get(signal.key)
            return known is not None and signal.appeals >= known.appeals
        if signal.key in self.signals:
            return True  # the same matter on its second day shares few appeals with its first
        area = (signal.area_kind, signal.area)
        near = (
            other
            for other in self.signals.values()
            if other.kind == "cluster" or (other.area_kind, other.area) == area
        )
        if _one_matter(signal, named) or self._spreads(signal):
            return True
        # Two matters of one wide class meet in what the alert holds of that class. The smaller is
        # evidence; the larger would be hidden by a headline that is not about it.
        apart = not related(signal.class_code, named.class_code) and signal.excess > named.excess
        hidden = apart and not _sisters(signal, named, self.signals.values())
        return not hidden and any(_one_matter(signal, other) for other in near)

    def _spreads(self, signal: Signal) -> bool:
        """Tell whether it is a cluster by the small place named, in the rise around both."""
        named = self.named
        by_it = named.area_kind in SMALL and bool(signal.appeals & named.appeals)
        return by_it and any(_within(signal, other) for other in self.signals.values())

    def _over(self, tick: datetime) -> bool:
        quiet_after = DRIFT_QUIET_AFTER if self.named.kind == "drift" else QUIET_AFTER
        return tick - self.last_at > quiet_after

    def _tells_again(self, signal: Signal) -> bool:
        # A window of a week still holds what an episode of last week told. Where most of what it
        # shows beyond the expectation is that, it is no new rise.
        if signal.kind not in _COUNTED or self.named.kind not in _COUNTED:
            return False
        told = (
            other.excess * len(other.appeals & signal.appeals) / len(other.appeals)
            for other in self.signals.values()
            if related(other.class_code, signal.class_code)
        )
        return max(told, default=0.0) >= _SAME * signal.excess


def _sisters(one: Signal, other: Signal, signals: Iterable[Signal]) -> bool:
    """Tell whether two are unlike classes of one area in which a class above both rose as well."""
    if one.key[1:3] != other.key[1:3] or related(one.class_code, other.class_code):
        return False
    above = (s.class_code + "/" for s in signals if s.key[1:3] == one.key[1:3])
    return any(one.class_code.startswith(s) and other.class_code.startswith(s) for s in above)


def _but_lesser_sisters(signals: Iterable[Signal]) -> list[Signal]:
    of_area: dict[tuple[str, int], list[Signal]] = {}
    for signal in signals:
        of_area.setdefault((signal.area_kind, signal.area), []).append(signal)
    return [
        one
        for there in of_area.values()
        for one in there
        if not any(one.excess < other.excess and _sisters(one, other, there) for other in there)
    ]


def _one_matter(signal: Signal, other: Signal) -> bool:
    if not related(signal.class_code, other.class_code) or not _share(signal, other):
        return False
    if "cluster" in (signal.kind, other.kind) and {signal.area_kind, other.area_kind} <= SMALL:
        return True  # what a unit shows of a cluster is the cluster
    if other.area_kind == "subject":
        return True  # and what it shows of a firm is the firm
    # A part of what the other is about that stands out although the whole rose: the common mode
    # was taken out of it already, so it is a matter of its own.
    elsewhere = (signal.area_kind, signal.area) != (other.area_kind, other.area)
    part = len(signal.appeals) < len(other.appeals) and signal.excess < _MOST * other.excess
    weaker = _RANK[signal.kind] == _RANK[other.kind] and signal.score <= other.score
    return not (elsewhere and part and weaker)


def _share(signal: Signal, other: Signal) -> bool:
    smaller = min(len(other.appeals), len(signal.appeals))
    return len(other.appeals & signal.appeals) >= _SAME * smaller


def _within(signal: Signal, other: Signal) -> bool:
    """Tell whether one is a cluster in a wider rise of the very same class."""
    of_class = signal.kind == "cluster" and other.class_code == signal.class_code
    wider = other.area_kind not in SMALL and other.excess > signal.excess
    return of_class and wider and _share(signal, other)


def gather(episodes: list[Episode], signals: Iterable[Signal]) -> list[Episode]:
    """Put the signals of one tick into the open episodes, opening new ones; give the new ones.

    Sensitive ones first, then by larger excess, so that the widest view of a matter opens the
    episode and the narrower ones join it, whatever the order in which keys were scored. A cluster
    in a wider rise that nothing takes comes once more at the end: which of its units rose says
    whether it is theirs.
    """
    opened: list[Episode] = []
    coming = deque(sorted(signals, key=lambda s: (s.kind != "sensitive", -s.excess, s.key)))
    later = {id(one) for one in coming if any(_within(one, other) for other in coming)}
    while coming:
        signal = coming.popleft()
        # What was told of this very key goes on there, whoever else would take it.
        told = (e for e in episodes if signal.key in e.signals and e.joins(signal))
        home = next(told, None) or next((e for e in episodes if e.joins(signal)), None)
        if home is None and id(signal) in later:
            later.remove(id(signal))
            coming.append(signal)
            continue
        if home is None:
            home = Episode(signal.tick, signal.tick)
            episodes.append(home)
            opened.append(home)
        home.add(signal)
    return opened
