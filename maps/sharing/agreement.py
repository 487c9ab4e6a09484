"""An agreement between two cities (京津冀 …): a file that says what is shared, and masked how.

Both sides hold the same file, byte for byte; its digest stands in every bundle and receipt.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from appeals.errors import InputError
from appeals.toml_files import parse_toml
from grids.boundaries import LEVELS
from maps.catalogue import CATALOGUE
from maps.palette import LEVEL_WORDS

NEVER: Final = ("appeals",)
"""Layers that leave the city by no agreement: a row of theirs is one citizen's."""

NEVER_FIELDS: Final = ("headline", "reason", "address", "what")
"""Fields that may quote people; they are shared by no agreement."""

_OF_ALERTS: Final = ("alerts", "clusters")
_WORDS: Final = ("number", "sender", "receiver", "purpose")
_KEYS: Final = ("sender_key", "receiver_key")
_OF_SHARE: Final = ("layer", "fields", "place", "levels", "days")


@dataclass(frozen=True, slots=True)
class Share:
    """One layer that is shared.

    Attributes
    ----------
    layer
        Name in the catalogue.
    fields
        The columns that go along; no other does.
    place
        Level of the unit that stands for a point, empty where shapes go as they are.
    levels
        Levels of alerts, empty for all.
    days
        Only what happened in so many days, for layers with moments; 0 for all.
    """

    layer: str
    fields: tuple[str, ...]
    place: str = ""
    levels: tuple[str, ...] = ()
    days: int = 0


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two cities agreed on; ``digest`` is that of the file's bytes (SHA-256)."""

    digest: str
    number: str
    sender: str
    receiver: str
    purpose: str
    valid_from: date
    valid_to: date
    sender_key: Ed25519PublicKey
    receiver_key: Ed25519PublicKey
    shares: tuple[Share, ...]

    def check_day(self, day: date) -> None:
        """Refuse a day on which the agreement does not hold.

        Raises
        ------
        InputError
            It begins later or is over.
        """
        if not self.valid_from <= day <= self.valid_to:
            raise InputError(
                f"agreement {self.number} holds from {self.valid_from} to {self.valid_to},"
                f" not on {day}"
            )


def read_agreement(data: bytes) -> Agreement:
    """Read an agreement.

    Parameters
    ----------
    data
        The file: TOML, UTF-8.

    Raises
    ------
    InputError
        With the field and the reason.
    """
    given = parse_toml(data, "the agreement")
    known = {*_WORDS, *_KEYS, "valid_from", "valid_to", "share"}
    _refuse_unknown("", given, known)
    for name in _WORDS:
        if not isinstance(given.get(name), str) or not given[name].strip():
            raise InputError(f"{name}: a text is needed")
    days = [given.get(name) for name in ("valid_from", "valid_to")]
    if not all(type(day) is date for day in days) or days[0] > days[1]:  # type: ignore[operator]
        raise InputError("valid_from, valid_to: two days, as 2026-01-01, the first not later")
    listed = given.get("share")
    if not isinstance(listed, list) or not listed:
        raise InputError("share: at least one [[share]] with its layer is needed")
    shares = tuple(_share(number, one) for number, one in enumerate(listed, start=1))
    if len({one.layer for one in shares}) != len(shares):
        raise InputError("share: a layer stands twice")
    words = {name: given[name].strip() for name in _WORDS}
    return Agreement(
        digest=hashlib.sha256(data).hexdigest(),
        valid_from=given["valid_from"],
        valid_to=given["valid_to"],
        sender_key=public_key("sender_key", given.get("sender_key")),
        receiver_key=public_key("receiver_key", given.get("receiver_key")),
        shares=shares,
        **words,
    )


def public_key(name: str, text: object) -> Ed25519PublicKey:
    """Read a public key as `wangge share key` prints it.

    Raises
    ------
    InputError
        It is none.
    """
    try:
        raw = base64.b64decode(str(text), validate=True)
        return Ed25519PublicKey.from_public_bytes(raw)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"{name}: a key as `wangge share key` prints it is needed") from error


def _share(number: int, given: Mapping[str, Any]) -> Share:
    where = f"share {number}, "
    _refuse_unknown(where, given, set(_OF_SHARE))
    layer, fields = str(given.get("layer")), given.get("fields")
    if layer not in CATALOGUE or layer in NEVER:
        able = ", ".join(name for name in CATALOGUE if name not in NEVER)
        raise InputError(f"{where}layer: one that may be shared: {able}")
    if (
        not isinstance(fields, list)
        or not all(isinstance(one, str) for one in fields)
        or not fields
    ):
        raise InputError(f"{where}fields: a list of columns is needed")
    for one in fields:
        if one in NEVER_FIELDS:
            raise InputError(f"{where}fields: {one} may quote people and is never shared")
    place, levels, days = given.get("place", ""), given.get("levels", []), given.get("days", 0)
    if place not in ("", *LEVELS):
        raise InputError(f"{where}place: of {', '.join(LEVELS)}")
    if layer in _OF_ALERTS and place in ("", "grid"):
        raise InputError(f"{where}place: an alert is shared by its community or a larger unit")
    if not isinstance(levels, list) or not set(levels) <= set(LEVEL_WORDS):
        raise InputError(f"{where}levels: of {', '.join(LEVEL_WORDS)}")
    if type(days) is not int or days < 0:
        raise InputError(f"{where}days: a whole number, 0 for all")
    return Share(layer, tuple(fields), place, tuple(levels), days)


def _refuse_unknown(where: str, given: Mapping[str, Any], known: set[str]) -> None:
    for name in given:
        if name not in known:
            raise InputError(f"{where}{name}: not known; known: {', '.join(sorted(known))}")
