"""One opened installation: its folder, its settings, its database and its keys."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from appeals.database import Engine, check_schema, open_database
from appeals.seals import KeyRing
from maps.office import Office
from wangge.settings import Settings, read_settings

SETTINGS_FILE = "wangge.toml"


@dataclass(frozen=True, slots=True)
class Site:
    """An installation that was opened and whose schema fits.

    ``config`` is the settings file. Used as a context it closes the database at its end.
    """

    config: Path
    settings: Settings
    engine: Engine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.dispose()

    @property
    def folder(self) -> Path:
        """Where the settings file lies; relative addresses start there."""
        return self.config.parent

    @property
    def zone(self) -> ZoneInfo:
        """The jurisdiction's time zone: days, weeks and months are its own."""
        return ZoneInfo(self.settings.jurisdiction.time_zone)

    @property
    def office(self) -> Office:
        """How the site counts."""
        return Office.of(self.settings.period, self.settings.jurisdiction.time_zone)

    @property
    def embedded(self) -> bool:
        """Whether the database is a file beside us, without a server of its own."""
        return self.settings.database.startswith("sqlite:")

    def ring(self) -> KeyRing:
        """Give the keys of this installation.

        Raises
        ------
        InputError
            The key file or command is missing, readable by others, or gives no key.
        """
        sealing = self.settings.sealing
        return KeyRing.load(
            key_file=sealing.key_file,
            key_command=sealing.key_command,
            cipher=sealing.cipher,
            caller_hash=sealing.caller_hash,
            digest=sealing.digest,
            personal=sealing.personal,
        )


def open_site(config: Path) -> Site:
    """Open the installation of this settings file.

    Raises
    ------
    InputError
        Settings are missing or wrong, or the schema is not this version's.
    Unavailable
        The database does not answer.
    """
    settings = read_settings(config)
    engine = open_database(settings.database)
    check_schema(engine)
    return Site(config.resolve(), settings, engine)


def wall_clock() -> datetime:
    """Give the present moment, aware, in UTC: the only clock of the shell."""
    return datetime.now(UTC)


def today(site: Site) -> date:
    """Give the present day of the jurisdiction."""
    return wall_clock().astimezone(site.zone).date()
