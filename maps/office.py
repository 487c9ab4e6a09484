"""How the site counts: its periods and the zone of its days."""

from dataclasses import dataclass, field
from typing import Protocol, Self

from hotspots.periods import Reckoning


class Period(Protocol):
    """The section ``period`` of the settings, 统计周期."""

    @property
    def month_start(self) -> int:
        """First day of the statistical month."""

    @property
    def week_start(self) -> int:
        """First day of the week, 1 (Monday) to 7."""

    @property
    def year_start(self) -> int:
        """First statistical month of the year."""

    @property
    def cut_off_hour(self) -> int:
        """Hour at which a statistical day begins."""


@dataclass(frozen=True, slots=True)
class Office:
    """How the site counts: its periods (统计周期) and the zone of its days."""

    reckoning: Reckoning = field(default_factory=Reckoning)
    time_zone: str = "Asia/Shanghai"

    @classmethod
    def of(cls, period: Period, time_zone: str) -> Self:
        """Read it off the settings."""
        reckoning = Reckoning(
            period.month_start, period.week_start, period.year_start, period.cut_off_hour
        )
        return cls(reckoning, time_zone)
