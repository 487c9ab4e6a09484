"""How much of what was planted was found, and what was raised without cause."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from wangge.city.truth import Event, EventKind, Truth

LEARNING_DAYS = 14  # days of counts before the watch can tell a surge: not watched
BIG = 10  # extra appeals that make a surge a big one
SHARE_OF_EVENT = 0.3
SHARE_OF_ALERT = 0.2
AT_LEAST = 3
SLACK = timedelta(hours=1)  # an alert may be dated by the end of its tick


@dataclass(frozen=True, slots=True)
class Raised:
    """One alert as the score sees it.

    Attributes
    ----------
    kind
        ``surge``, ``first_time``, ``sensitive``, ``cluster``, ``subject``, ``caller`` …
    areas
        Codes of all units that the alert touches; empty or a code ending in 0000 is the city.
    classes
        Class codes (paths of names); empty is every class.
    first, last
        First and last of its appeals, aware.
    appeals
        工单编号 of its appeals.
    """

    kind: str
    areas: frozenset[str]
    classes: frozenset[str]
    first: datetime
    last: datetime
    appeals: frozenset[str]


_KINDS = {"first": EventKind.FIRST_TIME.value}


def as_raised(kind: str, area_kind: str, classes: Iterable[str], appeals: pd.DataFrame) -> Raised:
    """Give an alert as the score sees it.

    Parameters
    ----------
    kind, area_kind
        Of the alert.
    classes
        Class codes of its signals; those of a sensitive one are families and do not count.
    appeals
        Of :func:`alerts.evidence.store.evidence`, the rows of this alert.
    """
    codes = () if area_kind == "city" else appeals["code"].dropna()
    return Raised(
        kind=_KINDS.get(kind, kind),
        areas=frozenset(codes),
        classes=frozenset(() if kind == "sensitive" else classes),
        first=appeals["received_at"].min().to_pydatetime(),
        last=appeals["received_at"].max().to_pydatetime(),
        appeals=frozenset(appeals["source_id"]),
    )


def matches(event: Event, alert: Raised) -> bool:
    """Tell whether an alert speaks of a planted event.

    A sensitive event (and a look-alike) is one appeal: an alert of kind ``sensitive`` that holds
    it. Any other event is matched by an alert of whatever kind that fulfils all of these:

    1. class ancestry: one class of the alert is the event's, or above or below it;
    2. area containment: one unit of the alert is one of the event's, or holds it or lies in it;
    3. overlap in time, with an hour of slack;
    4. the alert holds at least three of the event's own appeals and at least 30 % of them (all of
       them where there are fewer than three);
    5. these are at least 20 % of the alert's appeals, so that one alert about everything does not
       find everything. The fifth rule is not asked of the wave: part of it is still the wave.

    An event whose appeals are not known (a list that an office wrote) is matched by the first three
    rules, a sensitive one by an alert of its kind.
    """
    if not event.appeals:
        return _could_be(event, alert)
    if event.kind in (EventKind.SENSITIVE, EventKind.LOOKALIKE):
        return alert.kind == "sensitive" and event.appeals[0] in alert.appeals
    if not _could_be(event, alert):
        return False
    shared = len(alert.appeals.intersection(event.appeals))
    if event.kind == EventKind.WAVE:
        return shared >= AT_LEAST and shared >= SHARE_OF_ALERT * len(alert.appeals)
    return (
        shared >= min(AT_LEAST, event.size)
        and shared >= SHARE_OF_EVENT * event.size
        and shared >= SHARE_OF_ALERT * len(alert.appeals)
    )


def _could_be(event: Event, alert: Raised) -> bool:
    if event.start > alert.last + SLACK or alert.first > event.end + SLACK:
        return False
    sensitive = event.kind == EventKind.SENSITIVE
    if sensitive != (alert.kind == "sensitive") and not event.appeals:
        return False
    related = _class_related(event.class_code, alert.classes)
    return related and _area_related(event.areas, alert.areas)


def _class_related(code: str, classes: frozenset[str]) -> bool:
    def above(upper: str, lower: str) -> bool:
        return lower == upper or lower.startswith(upper + "/")

    return not classes or any(above(code, other) or above(other, code) for other in classes)


def _area_related(areas: Sequence[str], touched: frozenset[str]) -> bool:
    def whole(code: str) -> bool:
        return code == "city" or (len(code) == 6 and code.endswith("00"))

    if not touched or not areas or any(whole(code) for code in (*areas, *touched)):
        return True
    return any(one.startswith(other) or other.startswith(one) for one in areas for other in touched)


def score(truth: Truth, raised: Sequence[Raised]) -> dict[str, object]:
    """Give the counters of ``demo --json`` (all but ``seconds``).

    ``false_per_day`` are the alerts that match nothing planted (see :func:`matches`), a raised
    look-alike and a surge made by one caller's rings among them, over the days on which a surge
    can be told (all but the first 14). ``wave_alerts``, ``cluster_alerts`` and ``subject_alerts``
    are the alerts, of any kind, that match one so planted: one alert each is what is hoped for.
    ``first_time_alerts`` are the first reports: ``raised``, and ``true`` where they match a planted
    one. ``single_caller_surges`` are the alerts of kind ``surge`` or ``cluster`` that match the
    caller who rang thirty times.
    """
    found = [any(matches(event, alert) for alert in raised) for event in truth.events]

    def counter(kind: EventKind, least: int = 0) -> dict[str, int]:
        mine = [
            hit
            for event, hit in zip(truth.events, found, strict=True)
            if event.kind == kind and event.size >= least
        ]
        return {"planted": len(mine), "found": sum(mine)}

    def telling(kind: EventKind) -> int:
        planted = truth.of(kind)
        return sum(any(matches(event, alert) for event in planted) for alert in raised)

    callers = truth.of(EventKind.CALLER)
    return {
        "days": truth.days,
        "surges": counter(EventKind.SURGE),
        "surges_big": counter(EventKind.SURGE, BIG),
        "clusters": counter(EventKind.CLUSTER),
        "subjects": counter(EventKind.SUBJECT),
        "first_time": counter(EventKind.FIRST_TIME),
        "first_time_alerts": _first_time_alerts(truth, raised),
        "sensitive": counter(EventKind.SENSITIVE),
        "lookalikes": counter(EventKind.LOOKALIKE),
        "false_per_day": round(len(false_alerts(truth, raised)) / watched_days(truth), 2),
        "wave_alerts": telling(EventKind.WAVE),
        "cluster_alerts": telling(EventKind.CLUSTER),
        "subject_alerts": telling(EventKind.SUBJECT),
        "single_caller_surges": sum(_is_caller_surge(alert, callers) for alert in raised),
    }


def _first_time_alerts(truth: Truth, raised: Sequence[Raised]) -> dict[str, int]:
    mine = [alert for alert in raised if alert.kind == EventKind.FIRST_TIME.value]
    planted = truth.of(EventKind.FIRST_TIME)
    true = sum(any(matches(event, alert) for event in planted) for alert in mine)
    return {"raised": len(mine), "true": true}


def watched_days(truth: Truth) -> int:
    """Give the days on which a surge can be told: all but the first 14, at least one."""
    return max(truth.days - LEARNING_DAYS, 1)


def missed(truth: Truth, raised: Sequence[Raised]) -> list[Event]:
    """Give the planted events that should have been raised and were not."""
    quiet = (EventKind.LOOKALIKE, EventKind.CALLER, EventKind.WAVE)
    return [
        event
        for event in truth.events
        if event.kind not in quiet and not any(matches(event, alert) for alert in raised)
    ]


def false_alerts(truth: Truth, raised: Sequence[Raised]) -> list[Raised]:
    """Give the alerts that match nothing that was planted to be found.

    An alert of any kind about at most five appeals, a planted sensitive one among them, is not
    false, though only one of kind ``sensitive`` finds that appeal.
    """
    callers = truth.of(EventKind.CALLER)
    others = [
        event for event in truth.events if event.kind not in (EventKind.LOOKALIKE, EventKind.CALLER)
    ]
    return [
        alert
        for alert in raised
        if not any(_speaks_of(event, alert) for event in others)
        and (_is_caller_surge(alert, callers) or not any(matches(c, alert) for c in callers))
    ]


def _speaks_of(event: Event, alert: Raised) -> bool:
    """Match, and let an alert of another kind count that was raised on a sensitive appeal."""
    if matches(event, alert):
        return True
    holds = event.kind == EventKind.SENSITIVE and event.appeals[0] in alert.appeals
    return holds and len(alert.appeals) * SHARE_OF_ALERT <= 1


def _is_caller_surge(alert: Raised, callers: Sequence[Event]) -> bool:
    return alert.kind in ("surge", "cluster") and any(matches(event, alert) for event in callers)
