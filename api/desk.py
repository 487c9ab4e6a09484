"""What a handler is given: the database, the settings it needs, and who is looking."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final, Protocol
from zoneinfo import ZoneInfo

from fastapi import Depends, Request

from api.elsewhere import Elsewhere
from appeals.database import Connection, Engine
from appeals.privacy import Viewer
from appeals.seals import KeyRing
from grids.boundaries import Boundaries
from grids.store import load_boundaries
from maps.office import Office, Period

DATUM: Final = r"^(wgs84|cgcs2000|gcj02|bd09|EPSG:\d{4,6})$"
"""Form of a datum's name in an address; a problem would repeat no other words."""


class Jurisdiction(Protocol):
    """The part of the settings that names the place."""

    @property
    def name(self) -> str:
        """Its name on the pages."""

    @property
    def code(self) -> str:
        """GB/T 2260 code."""

    @property
    def time_zone(self) -> str:
        """Zone of its days and months."""

    @property
    def bounding_box(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north in WGS84 degrees, if it is set."""


class Sealing(Protocol):
    """The part of the settings that names the digest."""

    @property
    def digest(self) -> str:
        """Name of the digest."""

    @property
    def password_hash(self) -> str:
        """Name of the slow hash of passwords."""


class Accounts(Protocol):
    """The part of the settings that says how people sign in."""

    @property
    def https(self) -> bool:
        """Whether the pages are reached by HTTPS alone."""

    @property
    def idle_min(self) -> float:
        """Minutes without a request after which a session is over."""

    @property
    def session_h(self) -> float:
        """Hours after which a session is over in any case."""

    @property
    def password_least(self) -> int:
        """Characters that a password has at least."""


class Alerts(Protocol):
    """The part of the settings that says what alerts may cost their readers."""

    @property
    def known_days(self) -> int:
        """Days for which what is judged known is not told again."""


class Cap(Protocol):
    """The part of the settings that says in whose name messages go out."""

    @property
    def sender(self) -> str:
        """Its name among senders."""

    @property
    def body(self) -> str:
        """Its kind by GB/T 4657."""


class Hotspots(Protocol):
    """The part of the settings that names the office's own lists."""

    @property
    def governance(self) -> Path | None:
        """File with the rules of 治理类, None: the shipped ones."""

    @property
    def monthly(self) -> Path | None:
        """File with the rules of 每月一题, None: the shipped ones."""

    @property
    def index(self) -> Path | None:
        """File with the scale of 民生指数, None: the shipped one."""


class FieldWork(Protocol):
    """The part of the settings that is about the grid workers' phones."""

    @property
    def datum(self) -> str:
        """Of the positions that they say."""

    @property
    def navigation(self) -> Sequence[str]:
        """Keys of the maps that a task is handed to."""

    @property
    def dial(self) -> str | None:
        """Address by which the platform dials."""

    @property
    def address(self) -> str:
        """Of the pages."""

    @property
    def pack_h(self) -> float:
        """Hours after which a phone forgets its area."""


class Open311(Protocol):
    """The part of the settings that is about Open311."""

    @property
    def jurisdiction_id(self) -> str:
        """Name of this jurisdiction."""

    @property
    def contact(self) -> str:
        """Whom the owner of a client asks."""

    @property
    def key_service(self) -> str:
        """How a key is got."""

    @property
    def screened(self) -> Sequence[str]:
        """Classes whose requests get a token first."""


class Settings(Protocol):
    """What this room reads of the settings, which live in the room above."""

    @property
    def jurisdiction(self) -> Jurisdiction:
        """The place that this installation serves."""

    @property
    def period(self) -> Period:
        """统计周期."""

    @property
    def sealing(self) -> Sealing:
        """Names of the methods."""

    @property
    def alerts(self) -> Alerts:
        """What early warning may cost."""

    @property
    def accounts(self) -> Accounts:
        """How people sign in."""

    @property
    def cap(self) -> Cap:
        """In whose name messages go out."""

    @property
    def hotspots(self) -> Hotspots:
        """Hot spots and their lists."""

    @property
    def field(self) -> FieldWork:
        """The grid workers' phones."""

    @property
    def open311(self) -> Open311:
        """The door for other systems."""

    @property
    def demo(self) -> bool:
        """Whether the pages say 演示数据."""


class Take(Protocol):
    """The chain of intake, which lives in the room above."""

    def __call__(
        self,
        rows: Sequence[Mapping[str, object]],
        *,
        source: str | None,
        datum: str | None,
        within: Callable[[Connection, Mapping[str, object]], None] | None,
    ) -> Mapping[str, object]:
        """Store rows in one transaction, with ``within`` in it, and give the report."""


class Outlet(Protocol):
    """The channels by which alerts are told, which live in the room above."""

    def standings(self, connection: Connection, now: datetime) -> Sequence[Mapping[str, object]]:
        """Give how each declared channel stands."""

    def next(self, name: str, holder: str) -> Mapping[str, object]:
        """Give a relay its next message, or how long to wait."""

    def end(
        self, name: str, holder: str, attempt_id: int, outcome: str, fault: str, reference: str
    ) -> None:
        """Take from a relay how an attempt ended."""


@dataclass(frozen=True, slots=True)
class Desk:
    """All that handlers share; built once by ``create_app``.

    ``hosts`` are the names under which a site without accounts answers; empty, under any.
    ``demo_people`` is the file of the people of a demo, who sign in from a list,
    ``elsewhere`` where else people sign in, by the name in its address. ``faults`` says what is
    wrong with the files that the watcher reads.
    """

    engine: Engine
    settings: Settings
    clock: Callable[[], datetime]
    take: Take | None
    ring: KeyRing | None = None
    hosts: frozenset[str] = frozenset()
    demo_people: Path | None = None
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)
    outlet: Outlet | None = None
    faults: Callable[[], Sequence[str]] = tuple

    @property
    def zone(self) -> ZoneInfo:
        """The jurisdiction's time zone."""
        return ZoneInfo(self.settings.jurisdiction.time_zone)

    @property
    def office(self) -> Office:
        """How the site counts."""
        return Office.of(self.settings.period, self.settings.jurisdiction.time_zone)

    @property
    def city(self) -> str:
        """Name of the whole, where no smaller unit is meant."""
        return self.settings.jurisdiction.name

    @property
    def today(self) -> date:
        """The present day of the jurisdiction."""
        return self.clock().astimezone(self.zone).date()

    def units(self, connection: Connection) -> Boundaries:
        """Give the units that hold today."""
        return load_boundaries(connection, self.today)


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _viewer(request: Request) -> Viewer:
    viewer: Viewer = request.state.caller.viewer  # put there by api.admission
    return viewer


TheDesk = Annotated[Desk, Depends(_desk)]
TheViewer = Annotated[Viewer, Depends(_viewer)]
