"""What can go wrong, as a tree.

WanggeError
├─ InputError (ValueError)     what was handed in cannot be right
│  ├─ BoundaryError            a boundary layer breaks its own rules
│  └─ DatumError               coordinates came without a declared datum
├─ NotFound (LookupError)      no such thing
├─ Conflict                    the move is not lawful from here
├─ NotAllowed                  the viewer has no right to it
├─ NotSignedIn                 nobody knows who asks
├─ StateMismatch               a watch's state is of another version: rebuild it
└─ Unavailable                 a store or receiver is down: try again

They know no HTTP and no exit code; ``api/problems.py`` and ``wangge/cli.py`` hold those tables.
A message names row, field and kind of value, never a citizen's words.
"""

from collections.abc import Mapping


class WanggeError(Exception):
    """The root of all errors that this product raises on purpose."""


class InputError(WanggeError, ValueError):
    """What was handed in cannot be right."""


class BoundaryError(InputError):
    """A boundary layer breaks its own rules."""


class DatumError(InputError):
    """Coordinates came without a declared datum."""


class NotFound(WanggeError, LookupError):
    """There is no such thing."""


class Conflict(WanggeError):
    """The move is not lawful from here; ``told`` says, where known, who was first and with what."""

    def __init__(self, message: str, told: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.told: Mapping[str, object] = told or {}


class NotAllowed(WanggeError):
    """The viewer has no right to this."""


class NotSignedIn(WanggeError):
    """Nobody knows who asks: they have not signed in, or no longer are."""


class StateMismatch(WanggeError):
    """The stored state is of another version and must be rebuilt from the counts."""


class Unavailable(WanggeError):
    """A store or a receiver is down; trying again may help."""
