"""What the desk has set and said that decides what is told: budgets, and verdicts in force."""

from datetime import tzinfo

from alerts.keys import AREA_KINDS, Watched
from alerts.telling import Budget, Telling
from alerts.verdicts.store import judged_in_force
from alerts.verdicts.teach import Taught
from appeals.database import Connection
from wangge.settings import Settings


def read_watched(settings: Settings) -> Watched:
    """Give which keys are watched, in the words of the watch."""
    depths = settings.alerts.keys.model_dump()
    return Watched(
        {kind: tuple(sorted(set(depths[kind.replace("cell", "h3")]))) for kind in AREA_KINDS}
    )


def read_telling(connection: Connection, settings: Settings, zone: tzinfo) -> Telling:
    """Read the budgets of the settings and the verdicts that are in force now."""
    limits = settings.alerts.budget_by_level.model_dump(exclude_none=True)
    taught = Taught(tuple(judged_in_force(connection)))
    return Telling(Budget(settings.alerts.budget_per_day, limits), taught, zone)
