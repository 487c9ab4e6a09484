"""One move as a row of a table: its word, what it is for, what is sent with it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from alerts.response.moves import Move
from alerts.whistle.moves import Act

Kind = TypeVar("Kind", Move, Act)
Body = TypeVar("Body", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Row(Generic[Kind, Body]):
    """One move as interface and command line describe it."""

    move: Kind
    word: str
    about: str
    body: type[Body]
