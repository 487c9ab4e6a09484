"""Snoozes: one key is not told for a while; what is graver, or another key, is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from alerts.episode import GRAVITY, Key


@dataclass(frozen=True, slots=True)
class Snooze:
    """Who asked not to be told of one key until when; ``level`` is that of the alert then.

    The key is whole: kind, kind of area, area and class. An alert of the city or of a class alone
    has one too.
    """

    kind: str
    area_kind: str
    area: int
    class_code: str
    level: str
    at: datetime
    until: datetime
    who: str
    stated_reason: str = ""

    @property
    def key(self) -> Key:
        """What is snoozed."""
        return self.kind, self.area_kind, self.area, self.class_code


def is_snoozed(snoozes: Iterable[Snooze], key: Key, level: str, now: datetime) -> bool:
    """Say whether an alert of this key and level is not to be told now.

    Examples
    --------
    >>> from datetime import UTC, timedelta
    >>> at = datetime(2026, 3, 2, tzinfo=UTC)
    >>> own = [Snooze("surge", "grid", 5, "噪声", "yellow", at, at + timedelta(hours=24), "王")]
    >>> is_snoozed(own, ("surge", "grid", 5, "噪声"), "yellow", at)
    True
    >>> is_snoozed(own, ("surge", "grid", 5, "供水"), "yellow", at)
    False
    >>> is_snoozed(own, ("surge", "grid", 5, "噪声"), "orange", at)
    False
    """
    return any(
        one.key == key and now < one.until and GRAVITY.index(level) <= GRAVITY.index(one.level)
        for one in snoozes
    )
