"""What every channel declares, and what it is given to say."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from alerts.outbox.pace import Limit
from alerts.outbox.wording import Network, check_template
from appeals.errors import InputError


class Refused(Exception):
    """It will be refused again as it is: ``args[0]`` is a code or a kind, no receiver's words."""


class Busy(Exception):
    """It was not taken and may be later."""


class Unheard(Exception):
    """Nobody knows whether it was taken."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as it leaves.

    ``key`` is the same whenever the same message is sent again. ``repeated`` says that the receiver
    may have it already. ``phone`` and ``mail`` are those of the person or post that is told;
    ``sheet`` is for a channel that hands a matter on, ``document`` the CAP message for one that
    keeps files.
    """

    key: str
    number: str
    level: str
    subject: str
    text: str
    phone: str = ""
    mail: str = ""
    sheet: dict[str, str] | None = None
    document: str = ""
    repeated: bool = False


class Secret(BaseModel):
    """Where a secret is kept: a variable of the environment, or a file of mode 600."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    env: str | None = None
    file: Path | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError('must be { env = "NAME" } or { file = "NAME" }')
        return self

    def value(self) -> str:
        """Read it.

        Raises
        ------
        InputError
            It is not there, empty, or a file that others may read.
        """
        if self.file is None:
            found = os.environ.get(self.env or "", "").strip()
            where = f"the variable {self.env}"
        else:
            where = f"the file {self.file.name}"
            try:
                if stat.S_IMODE(self.file.stat().st_mode) & 0o077:
                    raise InputError(f"{where}: others may read it: chmod 600 {self.file.name}")
                found = self.file.read_text(encoding="utf-8").strip()
            except OSError as error:
                raise InputError(f"{where} cannot be read: {error.strerror}") from error
        if not found:
            raise InputError(f"{where} is not set or empty")
        return found


class Channel(BaseModel):
    """A declared channel. Each kind adds what it needs, and how it sends."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    group: ClassVar[bool] = False
    """Several people read the same message there: it is said once, not once for each."""

    published: ClassVar[tuple[Limit, ...]] = ()
    """Limits that the receiver publishes."""

    inside_only: ClassVar[bool] = False
    """What it carries says more than a number, whatever its text: never by the internet."""

    needs: ClassVar[tuple[str, ...]] = ()
    """Keys without which it cannot send."""

    addresses: ClassVar[tuple[str, ...]] = ("url", "host")
    """Keys that hold, where it has them, an address to which it posts."""

    name: str = ""
    network: Network
    on: bool = False
    by: Literal["server", "relay"] = "server"
    text: str | None = None
    per_minute: int | None = Field(default=None, ge=1)
    timeout_s: float = Field(default=10, gt=0, le=60)

    @model_validator(mode="after")
    def _says_no_more_than_it_may(self) -> Self:
        if self.inside_only and self.network == "互联网":
            raise ValueError("this kind carries the matter itself: only by 政务外网")
        if self.text is not None:
            try:
                check_template(self.text, self.network)
            except InputError as error:
                raise ValueError(str(error)) from None
        return self

    @property
    def limits(self) -> tuple[Limit, ...]:
        """How many attempts in which time."""
        own = () if self.per_minute is None else (Limit(self.per_minute, timedelta(minutes=1)),)
        return self.published + own

    def secrets(self) -> Iterator[Secret]:
        """Give its secrets."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, Secret):
                yield value

    def check(self) -> None:
        """See that it could send: what it needs is there and right, its secrets can be read.

        Raises
        ------
        InputError
            Something is missing, or is no address of a receiver.
        """
        for name in self.needs:
            if not getattr(self, name):
                raise InputError(f"channel {self.name}: {name} is missing")
        for name in set(self.addresses) & set(self.needs):
            if not getattr(self, name).startswith(("https://", "http://")):
                raise InputError(f"channel {self.name}: {name} must begin with https:// or http://")
        for secret in self.secrets():
            try:
                secret.value()
            except InputError as error:
                raise InputError(f"channel {self.name}: {error}") from error

    def send(self, message: Outgoing) -> str:
        """Send one message, and give the receiver's number for it, empty where it gives none.

        Raises
        ------
        Refused, Busy, Unheard
            It was not taken, or nobody knows.
        """
        raise NotImplementedError
