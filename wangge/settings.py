"""The settings: one file ``wangge.toml``, each value also by an environment variable.

``WANGGE_DATABASE`` sets ``database``; ``WANGGE_ALERTS__BUDGET_PER_DAY`` sets a value of a section.
"""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from appeals.errors import InputError


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
            ZoneInfo(value)
        except (KeyError, ValueError) as error:
            raise ValueError("no such time zone") from error
        return value

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
    learning_days: int = Field(
        default=14, ge=1, description="days of counts before a surge can be told"
    )
    false_share: float = Field(default=0.2, gt=0, lt=1, description="q of Benjamini-Hochberg")
    lexicon: Path | None = Field(
        default=None, description="the office's own list of sensitive terms"
    )
    consult: bool = Field(default=False, description="whether 咨询 may raise alerts")


Datum = Annotated[str, Field(pattern=r"^(wgs84|cgcs2000|gcj02|bd09|EPSG:\d+)$")]


class Settings(BaseSettings):
    """All settings, as read from the file and the environment."""

    model_config = SettingsConfigDict(
        env_prefix="WANGGE_", env_nested_delimiter="__", extra="forbid", toml_file=None
    )

    database: str = Field(
        default="sqlite:///wangge.db", description="sqlite:///… or postgresql+psycopg://…"
    )
    jurisdiction: Jurisdiction = Jurisdiction()
    period: Period = Period()
    sealing: Sealing = Sealing()
    alerts: Alerts = Alerts()
    datum: dict[str, Datum] = Field(
        default_factory=dict, description="datum of each source's coordinates, by source name"
    )
    demo: bool = Field(default=False, description="the pages say 演示数据")

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

    Relative paths in the file (database, key file, lexicon) are taken from the file's folder.

    Raises
    ------
    InputError
        The file is missing, a key or value is wrong (an unknown key names the nearest known one),
        or it holds a password and others may read it.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{path.name} is not here: run `wangge init` or give --config") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} is not valid TOML: {error}") from error
    _refuse_unknown(given, Settings, "")
    _guard_password(given, path)
    try:
        settings = Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path.name}: {where}: {first['msg']}") from error
    return _resolve(settings, path.resolve().parent)


def _guard_password(given: Mapping[str, object], path: Path) -> None:
    """Refuse a password in a file that others may read."""
    user = str(given.get("database", "")).partition("://")[2].rpartition("@")[0]
    if ":" in user and path.stat().st_mode & 0o077:
        raise InputError(
            f"{path.name}: database: the address holds a password and others may read the file: "
            f"chmod 600 {path.name}, or give it by WANGGE_DATABASE"
        )


def _refuse_unknown(given: dict[str, object], model: type[BaseModel], where: str) -> None:
    for key, value in given.items():
        if key not in model.model_fields:
            near = difflib.get_close_matches(key, model.model_fields, n=1, cutoff=0.0)
            hint = f"; did you mean {where}{near[0]}?" if near else ""
            raise InputError(f"unknown setting {where}{key}{hint}")
        inner = model.model_fields[key].annotation
        if isinstance(value, dict) and isinstance(inner, type) and issubclass(inner, BaseModel):
            _refuse_unknown(value, inner, f"{where}{key}.")


def _resolve(settings: Settings, folder: Path) -> Settings:
    prefix = "sqlite:///"
    address = settings.database
    if address.startswith(prefix) and address != prefix + ":memory:":
        address = prefix + str(folder / address.removeprefix(prefix))
    sealing, alerts = settings.sealing, settings.alerts
    if sealing.key_file is not None:
        sealing = sealing.model_copy(update={"key_file": folder / sealing.key_file})
    if alerts.lexicon is not None:
        alerts = alerts.model_copy(update={"lexicon": folder / alerts.lexicon})
    return settings.model_copy(update={"database": address, "sealing": sealing, "alerts": alerts})
