"""The office's own files that the watch reads again while it runs: terms, 重点时段, chains, levels.

Somebody edits one before a holiday and mistypes a day, or the editor has saved half of it: no
warning may stop for that. What the file said last stays in force, and its fault is told.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from alerts.levels import Levels, read_levels
from alerts.sensitive import SensitiveWatch
from alerts.subjects import read_aliases
from appeals.database import Engine, reading
from appeals.errors import InputError
from wangge.sensitive_terms import kept_sensitive, read_sensitive
from wangge.settings import Settings

_LOG = logging.getLogger(__name__)

T = TypeVar("T")


class OwnFiles:
    """What each file said when it was understood last.

    Each raises an :class:`InputError` where a file is broken and was never understood.

    Parameters
    ----------
    settings
        Where they are.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings, self._own = settings, settings.alerts
        self._said: dict[str, Any] = {}
        self._faults: dict[str, str] = {}

    def sensitive(self, engine: Engine, now: datetime) -> SensitiveWatch:
        """Give the terms in force, with 重点时段 and the like; the database keeps the list."""
        return self._read(
            "alerts.lexicon, alerts.focus", lambda: kept_sensitive(engine, self._settings, now)
        )

    def aliases(self) -> Mapping[str, Sequence[str]]:
        """Give the chains by their other names."""
        return self._read("alerts.subjects", lambda: read_aliases(self._own.subjects))

    def levels(self) -> Levels:
        """Give the table of 提示等级."""
        zone = ZoneInfo(self._settings.jurisdiction.time_zone)
        return self._read("alerts.levels", lambda: read_levels(self._own.levels, zone))

    def _read(self, what: str, read: Callable[[], T]) -> T:
        """Read a file; where it is broken now give what it said last, and log the fault once."""
        fault = ""
        try:
            self._said[what] = read()
        except InputError as error:
            if what not in self._said:
                raise
            fault = f"{error}; what was read before stays in force"
        if fault != self._faults.get(what, ""):
            _LOG.warning("watcher: %s", fault or f"{what}: read anew")
        self._faults[what] = fault
        said: T = self._said[what]
        return said


def file_faults(engine: Engine, settings: Settings) -> list[str]:
    """Say what is wrong with these files as they stand now, one sentence a fault."""
    own = settings.alerts
    faults = []
    with reading(engine) as connection:
        reads: tuple[Callable[[], object], ...] = (
            lambda: read_sensitive(connection, settings),
            lambda: read_aliases(own.subjects),
            lambda: read_levels(own.levels),
        )
        for read in reads:
            try:
                read()
            except InputError as error:
                faults.append(str(error))
    return faults
