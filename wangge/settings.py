"""The settings: one file ``wangge.toml``, each value also by an environment variable.

``WANGGE_DATABASE`` sets ``database``; ``WANGGE_ALERTS__BUDGET_PER_DAY`` sets a value of a section.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from appeals.declared import FORM
from appeals.errors import InputError
from appeals.mapping import read_zone
from appeals.toml_files import read_toml
from wangge.basemap import Basemap
from wangge.doors import Cap, Open311
from wangge.field import FieldWork
from wangge.setting_faults import PREFIX, misspelt_variable, unknown, wrong_value


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Jurisdiction(_Section):
    """The place that this installation serves."""

    name: str = Field(default="本市", description="name on the pages")
    code: str = Field(
        default="000000",
        pattern=r"^\d{6}$",
        description="GB/T 2260 code, prefix of unit codes made by rule",
    )
    time_zone: str = Field(
        default="Asia/Shanghai", description="zone of naive times, of days and months"
    )
    bounding_box: tuple[float, float, float, float] | None = Field(
        default=None,
        description="west, south, east, north in WGS84 degrees; points outside are rejected",
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            return read_zone(value).key
        except InputError:
            raise ValueError("there is no such zone; write it as Asia/Shanghai") from None

    @model_validator(mode="after")
    def _box_has_an_inside(self) -> Self:
        if self.bounding_box is not None:
            west, south, east, north = self.bounding_box
            if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
                raise ValueError("bounding_box must be west < east, south < north, in degrees")
        return self


class Period(_Section):
    """统计周期: where the office's month, week, year and day begin."""

    month_start: int = Field(
        default=1, ge=1, le=28, description="first day of the statistical month"
    )
    week_start: int = Field(default=1, ge=1, le=7, description="first day of the week, 1 = Monday")
    year_start: int = Field(
        default=1, ge=1, le=12, description="first month of the statistical year"
    )
    cut_off_hour: int = Field(
        default=0, ge=0, le=23, description="hour at which a statistical day begins"
    )


class Sealing(_Section):
    """How personal fields are kept; the name of each method stands beside each value."""

    personal: Literal["sealed", "hash"] = Field(
        default="sealed",
        description="'hash' keeps no personal field at all, only the caller's keyed hash",
    )
    key_file: Path | None = Field(
        default=Path("wangge.key"), description="file of mode 600 that holds the keys"
    )
    key_command: str | None = Field(
        default=None, description="command that prints what a key file holds"
    )
    cipher: Literal["aes-gcm", "sm4-gcm"] = "aes-gcm"
    caller_hash: Literal["hmac-sha256", "hmac-sm3"] = "hmac-sha256"
    digest: Literal["sha256", "sm3"] = "sha256"
    password_hash: Literal["argon2", "pbkdf2-hmac-sm3"] = "argon2"


Limit = Annotated[int | None, Field(ge=0)]


Depths = tuple[Literal[1, 2, 3], ...]
_EVERY: Depths = (1, 2, 3)


class Keys(_Section):
    """Which levels of the class tree are watched at each level of place; none switches it off."""

    city: Depths = _EVERY
    district: Depths = _EVERY
    street: Depths = _EVERY
    community: Depths = _EVERY
    grid: Depths = ()
    h3_8: Depths = Field(default=_EVERY, description="of which clusters over borders are made")
    h3_9: Depths = ()
    subject: Depths = Field(default=_EVERY, description="被反映主体")


class BudgetByLevel(_Section):
    """How many of a day's alerts may be about places of one level; without a number, any."""

    city: Limit = Field(default=None, description="the whole city, and 被反映主体")
    district: Limit = None
    street: Limit = None
    community: Limit = Field(default=None, description="communities and H3 cells")
    grid: Limit = None


class Alerts(_Section):
    """What early warning may cost its readers."""

    stale_after_h: float = Field(
        default=24,
        gt=0,
        description="a signal whose newest appeal is older is history: shown, not delivered",
    )
    budget_per_day: int = Field(
        default=12, ge=1, description="surge and first-time alerts a day that the office can read"
    )
    budget_by_level: BudgetByLevel = BudgetByLevel()
    keys: Keys = Keys()
    possible_per_day: int = Field(
        default=2,
        ge=0,
        description="appeals a day that may be sensitive in words that no list has (待核实)",
    )
    known_days: int = Field(
        default=14,
        ge=1,
        le=366,
        description="days for which what is judged known is not told again",
    )
    learning_days: int = Field(
        default=14, ge=1, description="days of counts before a surge can be told"
    )
    false_share: float = Field(default=0.1, gt=0, lt=1, description="q of Benjamini-Hochberg")
    lexicon: Path | None = Field(
        default=None, description="the office's own list of sensitive terms"
    )
    focus: Path | None = Field(
        default=None, description="the office's 重点时段, 重点点位 and 重点人群"
    )
    subjects: Path | None = Field(
        default=None, description="the office's own list of chains and their other names"
    )
    consult: bool = Field(default=False, description="whether 咨询 may raise alerts")
    levels: Path | None = Field(default=None, description="the office's own table of 提示等级")
    routing: Path | None = Field(
        default=None, description="the office's own table of who is told of what"
    )
    whistles: Path | None = Field(
        default=None, description="the office's own table of 吹哨情形 and their clocks"
    )


class OnlineGeocoder(_Section):
    """An online geocoder, which is a plug-in; without a name nothing is ever asked."""

    name: str | None = Field(default=None, description="of the plug-in; off without it")
    timeout_s: float = Field(default=3, gt=0, description="seconds that one call may take")
    budget_s: float = Field(default=60, gt=0, description="seconds for all calls of a run")


class Accounts(_Section):
    """How people sign in, once there are people."""

    https: bool = Field(
        default=False, description="the pages are reached by HTTPS alone: cookies are held to it"
    )
    idle_min: float = Field(
        default=60, gt=0, description="minutes without a request that end a session"
    )
    session_h: float = Field(default=12, gt=0, le=168, description="hours that end it in any case")
    password_least: int = Field(default=10, ge=8, le=64, description="characters of a password")
    oidc: Path | None = Field(
        default=None, description="file of mode 600: where else they sign in, by OpenID Connect"
    )
    work_app: Path | None = Field(
        default=None, description="file of mode 600: by which work app they sign in"
    )


Datum = Annotated[str, Field(pattern=FORM)]


class Hotspots(_Section):
    """Hot spots and the lists that come of them."""

    governance: Path | None = Field(
        default=None, description="the office's own rules of 治理类, instead of the shipped ones"
    )
    monthly: Path | None = Field(default=None, description="the office's own rules of 每月一题")
    index: Path | None = Field(default=None, description="the office's own scale of 民生指数")


class Settings(BaseSettings):
    """All settings, as read from the file and the environment."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", toml_file=None
    )

    database: str = Field(
        default="sqlite:///wangge.db", description="sqlite:///… or postgresql+psycopg://…"
    )
    jurisdiction: Jurisdiction = Jurisdiction()
    period: Period = Period()
    sealing: Sealing = Sealing()
    alerts: Alerts = Alerts()
    accounts: Accounts = Accounts()
    cap: Cap = Cap()
    hotspots: Hotspots = Hotspots()
    field: FieldWork = FieldWork()
    open311: Open311 = Open311()
    geocoder: OnlineGeocoder = OnlineGeocoder()
    basemap: Basemap = Basemap()
    datum: dict[str, Datum] = Field(
        default_factory=dict, description="datum of each source's coordinates, by source name"
    )
    channels: Path | None = Field(
        default=None, description="file that declares the channels; without it nothing is sent"
    )
    demo: bool = Field(default=False, description="the pages say 演示数据")
    cache: Path = Field(
        default=Path("cache"), description="folder of what is made anew when it is missing"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        return env_settings, init_settings


def read_settings(path: Path) -> Settings:
    """Read the settings file, with the environment on top.

    Relative paths in the file (database, cache, key file, lexicon) are taken from its folder.

    Raises
    ------
    InputError
        The file is missing, a key, variable or value is wrong (an unknown one names the nearest
        known one), or the file holds a password and others may read it.
    """
    if not path.exists():
        raise InputError(f"{path.name} is not here: run `wangge init` or give --config")
    given = read_toml(path)
    fault = unknown(given, Settings) or misspelt_variable(os.environ, Settings)
    if fault:
        raise InputError(fault)
    _guard_password(given, path)
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise InputError(wrong_value(error.errors()[0], os.environ, Settings, path.name)) from error
    except SettingsError as error:
        # Its own words name the field and the kind of source, never the value.
        raise InputError(f"{error}: a list or table in a variable is written as JSON") from error
    return _resolve(settings, path.resolve().parent)


def _guard_password(given: Mapping[str, object], path: Path) -> None:
    """Refuse a password or key in a file that others may read."""
    user = str(given.get("database", "")).partition("://")[2].rpartition("@")[0]
    held = ("database: the address", "WANGGE_DATABASE") if ":" in user else None
    if isinstance(base := given.get("basemap"), dict) and base.get("key"):
        held = ("basemap.key", "WANGGE_BASEMAP__KEY")
    if held is not None and path.stat().st_mode & 0o077:
        raise InputError(
            f"{path.name}: {held[0]} holds a password and others may read the file: "
            f"chmod 600 {path.name}, or give it by {held[1]}"
        )


def _resolve(settings: Settings, folder: Path) -> Settings:
    prefix, address = "sqlite:///", settings.database
    if address.startswith(prefix) and address != prefix + ":memory:":
        address = prefix + str(folder / address.removeprefix(prefix))
    sealing, alerts, hotspots = settings.sealing, settings.alerts, settings.hotspots
    own = {name: getattr(hotspots, name) for name in ("governance", "monthly", "index")}
    own_files = {name: folder / file for name, file in own.items() if file is not None}
    hotspots = hotspots.model_copy(update=own_files)
    if sealing.key_file is not None:
        sealing = sealing.model_copy(update={"key_file": folder / sealing.key_file})
    files = ("lexicon", "focus", "subjects", "levels", "routing", "whistles")
    given = {name: getattr(alerts, name) for name in files}
    resolved = {name: folder / file for name, file in given.items() if file is not None}
    alerts = alerts.model_copy(update=resolved)
    channels, accounts = settings.channels, settings.accounts
    ways = {"oidc": accounts.oidc, "work_app": accounts.work_app}
    given = {way: folder / file for way, file in ways.items() if file is not None}
    accounts = accounts.model_copy(update=given)
    return settings.model_copy(
        update={
            "database": address,
            "channels": None if channels is None else folder / channels,
            "cache": folder / settings.cache,
            "sealing": sealing,
            "alerts": alerts,
            "accounts": accounts,
            "hotspots": hotspots,
            "field": settings.field.within(folder),
        }
    )
