"""吹哨率: how often streets blow and how bureaus answer. Neither high nor low is good."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.whistle.causes import Cause, Causes
from alerts.whistle.moves import Step, Whistle
from alerts.whistle.standing import whistle_standing


@dataclass(frozen=True, slots=True)
class StreetRate:
    """Whistles that a street blew, and how many that is a thousand appeals of its area."""

    street: str
    name: str
    blown: int
    appeals: int

    @property
    def per_thousand(self) -> float | None:
        """吹哨率: whistles blown a thousand appeals; ``None`` without appeals."""
        return 1000 * self.blown / self.appeals if self.appeals else None


@dataclass(frozen=True, slots=True)
class BureauRate:
    """How often a bureau was called, and how often it answered and came in time."""

    bureau: str
    called: int
    answered_in_time: int
    on_site_in_time: int


def whistle_rates(
    whistles: Sequence[Whistle],
    steps: Mapping[int, Sequence[Step]],
    causes: Causes,
    appeals: Mapping[str, int],
    now: datetime,
) -> tuple[list[StreetRate], list[BureauRate]]:
    """Count whistles that were blown by street and by bureau, in the order of their names.

    Parameters
    ----------
    appeals
        Appeals of the same time by the street's ``level:code``.
    now
        A call whose time is not over yet counts as in time.
    """
    blown: Counter[tuple[str, str]] = Counter()
    called: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    came: Counter[str] = Counter()
    for whistle in whistles:
        cause = causes.get(whistle.cause) or Cause(whistle.cause, whistle.cause, 240)
        standing = whistle_standing(steps[whistle.whistle_id], cause)
        if standing.blown_at is None:
            continue
        blown[whistle.street, whistle.street_name] += 1
        for bureau in standing.bureaus.values():
            called[bureau.name] += 1
            answered[bureau.name] += not bureau.late_to_answer(now)
            came[bureau.name] += not bureau.late_on_site(now)
    streets = [
        StreetRate(street, name, n, appeals.get(street, 0))
        for (street, name), n in sorted(blown.items())
    ]
    bureaus = [
        BureauRate(name, called[name], answered[name], came[name]) for name in sorted(called)
    ]
    return streets, bureaus
