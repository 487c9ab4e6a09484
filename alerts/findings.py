"""What a day showed, before anything is decided of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from alerts.episode import Episode, Signal, gather
from alerts.telling import Telling, settle


@dataclass(frozen=True, slots=True)
class Findings:
    """The signals of one local day by the end of each hour that had rows.

    ``drifts`` are those of the week that the day ends, at ``end``. Nothing of this is needed to go
    on to the next day: only counts teach, so that days may be looked through side by side and told
    one after another (decision 0080).
    """

    day: date
    end: datetime
    ticks: list[tuple[datetime, list[Signal]]]
    drifts: list[Signal]

    def gather(self, episodes: list[Episode], telling: Telling) -> list[Episode]:
        """Put the signals into the open episodes; give those that were opened or that changed.

        Parameters
        ----------
        episodes
            Those that are open as the day begins; new ones are added.
        telling
            What the office has set and said.
        """
        spent: Counter[str] = Counter()
        for tick, signals in self.ticks:
            gather(episodes, signals)
            settle(episodes, tick, spent, telling)
        changed = [episode for episode in episodes if episode.changed]
        for signal in self.drifts:
            gather(episodes, [signal])
        drifts = [e for e in episodes if e.last_at == self.end and e.named.kind == "drift"]
        settle(drifts, self.end, spent, telling)
        return changed + drifts
