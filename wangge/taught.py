"""What the desk has set and said that decides what is told: budgets, and verdicts in force."""

from collections.abc import Mapping
from datetime import tzinfo
from functools import lru_cache

from alerts.find_possible import Possible
from alerts.keys import AREA_KINDS, Watched
from alerts.learner import LEAST_VERDICTS, learn
from alerts.levels import Levels
from alerts.telling import Budget, Telling
from alerts.verdicts.store import judged_in_force, judged_texts
from alerts.verdicts.teach import Taught
from appeals.database import Connection
from wangge.settings import Settings


def read_watched(settings: Settings) -> Watched:
    """Give which keys are watched, in the words of the watch."""
    depths = settings.alerts.keys.model_dump()
    return Watched(
        {kind: tuple(sorted(set(depths[kind.replace("cell", "h3")]))) for kind in AREA_KINDS}
    )


def read_telling(
    connection: Connection,
    settings: Settings,
    levels: Levels,
    zone: tzinfo,
    heirs: Mapping[int, int],
) -> Telling:
    """Read the budgets of the settings and the verdicts in force, for units or their heirs."""
    limits = settings.alerts.budget_by_level.model_dump(exclude_none=True)
    own = settings.alerts
    judged = [one.carried_on(heirs) for one in judged_in_force(connection)]
    taught = Taught(tuple(judged), levels)
    return Telling(Budget(own.budget_per_day, limits, own.possible_per_day), taught, zone)


def read_possible(connection: Connection, settings: Settings) -> Possible:
    """Give what the verdicts on sensitive alerts teach; learnt anew where they have changed."""
    per_day = settings.alerts.possible_per_day
    return _possible(tuple(judged_texts(connection)) if per_day else (), per_day)


@lru_cache(maxsize=2)
def _possible(judged: tuple[tuple[str, bool], ...], per_day: int) -> Possible:
    verdicts = [verdict for _, verdict in judged]
    if min(sum(verdicts), len(verdicts) - sum(verdicts)) < LEAST_VERDICTS:
        return Possible()
    return Possible(learn([text for text, _ in judged], verdicts), per_day)
