"""Seals and keyed hashes: what keeps personal fields from everyone who gives no reason.

A *seal* is authenticated encryption of one :class:`Personal` under the newest seal key; it is bound
to its row, so that a box moved to another row does not open. The caller and the content of a row
are known by *keyed* hashes, because a plain digest of a phone number is found by trying them all.
The name of the method stands before each value (``hmac-sha256:…``), so that methods may change
while old values are still understood.

Sources: NIST SP 800-38D (GCM), GB/T 32905-2016 (SM3), RFC 2104 (HMAC).
A nonce is 96 random bits: one key may seal 2**32 rows, more than a century of a city's hotline.
"""

import hmac
import json
import re
import secrets
import unicodedata
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Self

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from appeals.ciphers import CIPHERS, NONCE_BYTES, cipher_of
from appeals.errors import InputError
from appeals.keyfile import (
    KeyFile,
    Keys,
    ask_key_command,
    create_key_file,
    make_keys,
    new_seal_key,
    read_key_file,
    replace_key_file,
)
from appeals.record import Appeal, Personal

_AS_NAME = json.JSONEncoder(ensure_ascii=False).encode

_HASHES: dict[str, type[hashes.SHA256] | type[hashes.SM3]] = {
    "sha256": hashes.SHA256,
    "sm3": hashes.SM3,
}
_PERSONAL_FIELDS = tuple(field.name for field in fields(Personal))
_APPEAL_FIELDS = tuple(field.name for field in fields(Appeal))


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed box: the cipher's name, the id of the key, nonce and ciphertext with its tag."""

    cipher: str
    key_id: str
    box: bytes


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of an installation and the methods by which they are used.

    Attributes
    ----------
    keys
        All seal keys open, the newest seals. The caller's and the content's key do not rotate:
        a new one would make every caller a stranger and every stored row an update.
    cipher, caller_method, content_method
        Names of the methods for what is written from now on.
    keeps
        False where the site chose ``personal = "hash"``: nothing is sealed.
    """

    keys: Keys | KeyFile
    cipher: str = "aes-gcm"
    caller_method: str = "hmac-sha256"
    content_method: str = "hmac-sha256"
    keeps: bool = True

    def __post_init__(self) -> None:
        if self.cipher not in CIPHERS:
            raise InputError(f"sealing.cipher: {self.cipher} is none of {', '.join(CIPHERS)}")
        for method in (self.caller_method, self.content_method):
            if method not in ("hmac-sha256", "hmac-sm3"):
                raise InputError(f"sealing: {method} is none of hmac-sha256, hmac-sm3")

    @classmethod
    def create(cls, path: Path) -> Self:
        """Write a new key file of mode 600 and give its ring.

        Raises
        ------
        InputError
            There is a file at this path already; keys are never overwritten.
        """
        keys = make_keys()
        create_key_file(path, keys)
        return cls(keys)

    @classmethod
    def load(
        cls,
        key_file: Path | None = None,
        key_command: str | None = None,
        *,
        cipher: str = "aes-gcm",
        caller_hash: str = "hmac-sha256",
        digest: str = "sha256",
        personal: str = "sealed",
    ) -> Self:
        """Read the keys from a file of mode 600, or from what a command prints.

        Parameters
        ----------
        key_file
            File as :meth:`create` writes it.
        key_command
            Command line that prints the same; it wins over the file.
        cipher, caller_hash, digest, personal
            As in the section ``[sealing]`` of the settings.

        Raises
        ------
        InputError
            No source of keys, a file that others may read, a failing command, a malformed key.
        """
        keys: Keys | KeyFile
        if key_command:
            keys = ask_key_command(key_command)
        elif key_file is not None:
            keys = KeyFile(key_file)
        else:
            raise InputError("sealing: neither key_file nor key_command is set")
        return cls(
            keys,
            cipher=cipher,
            caller_method=caller_hash,
            content_method=f"hmac-{digest}",
            keeps=personal == "sealed",
        )

    def rotated(self, path: Path) -> Self:
        """Add a new seal key to the key file; old boxes still open, new ones use the new key."""
        held = read_key_file(path)
        keys = replace(held, seal=new_seal_key(held.seal))
        replace_key_file(path, keys)
        return replace(self, keys=keys)

    def seal(self, personal: Personal, *, row: str) -> Sealed | None:
        """Seal the personal fields of one row.

        Parameters
        ----------
        personal
            Fields to seal; those that are ``None`` are left out.
        row
            Name of the row (see :func:`row_name`); the box opens for no other.

        Returns
        -------
        Sealed | None
            ``None`` where there is nothing to seal or the site keeps nothing.
        """
        kept = {n: v for n in _PERSONAL_FIELDS if (v := getattr(personal, n)) is not None}
        if not self.keeps or not kept:
            return None
        return self._close(orjson.dumps(kept), row)

    def _close(self, words: bytes, row: str) -> Sealed:
        key_id, key = list(self.keys.seal.items())[-1]
        nonce = secrets.token_bytes(NONCE_BYTES)
        closed = cipher_of(self.cipher, key).encrypt(nonce, words, row.encode())
        return Sealed(self.cipher, key_id, nonce + closed)

    def open(self, sealed: Sealed, *, row: str) -> Personal:
        """Open a box. Only ``appeals.store.unseal`` may call this: it writes the audit row.

        Raises
        ------
        InputError
            The key is not on the ring, the box is damaged or of another row, or the cipher is not
            there.
        """
        return Personal(**orjson.loads(self._opened(sealed, row)))

    def _opened(self, sealed: Sealed, row: str) -> bytes:
        key = self.keys.seal.get(sealed.key_id)
        if key is None:
            raise InputError(f"seal key {sealed.key_id} is not in the key file")
        cipher = cipher_of(sealed.cipher, key)
        nonce, words = sealed.box[:NONCE_BYTES], sealed.box[NONCE_BYTES:]
        try:
            return cipher.decrypt(nonce, words, row.encode())
        except (InvalidTag, ValueError) as error:
            raise InputError(
                f"the box sealed with key {sealed.key_id} is damaged or of another row"
            ) from error

    def hide(self, secret: str, *, row: str) -> str:
        """Seal a secret of our own as one text; it is kept whatever the site keeps of citizens."""
        sealed = self._close(secret.encode(), row)
        return f"{sealed.cipher}:{sealed.key_id}:{sealed.box.hex()}"

    def reveal(self, hidden: str, *, row: str) -> str:
        """Open what :meth:`hide` sealed; raises as :meth:`open` does."""
        cipher, key_id, box = hidden.split(":")
        return self._opened(Sealed(cipher, key_id, bytes.fromhex(box)), row).decode()

    def fits(self, sealed: Sealed, *, row: str, caller_hash: str | None = None) -> bool:
        """Say whether the ring opens this box and, if given, whether its caller hashes the same.

        For ``wangge doctor``: nothing of what is inside is given out.
        """
        try:
            personal = self.open(sealed, row=row)
        except InputError:
            return False
        return caller_hash is None or self._caller(personal, _method(caller_hash)) == caller_hash

    def caller_hash(self, personal: Personal) -> str | None:
        """Give the keyed hash of the caller: of the phone, else of the id number.

        The phone is normalised first (digits only, ``+86`` and a leading 0 dropped). A number that
        tells nobody apart (masked with stars, shorter than 7 digits, one digit repeated) is
        unknown, and an unknown caller has no hash.
        """
        return self._caller(personal, self.caller_method)

    def _caller(self, personal: Personal, method: str) -> str | None:
        if phone := _plain_phone(personal.phone):
            return _keyed(method, self.keys.caller, f"phone:{phone}".encode())
        if number := _plain_id(personal.id_number):
            return _keyed(method, self.keys.caller, f"id:{number}".encode())
        return None

    def content_hash(self, appeal: Appeal, personal: Personal, method: str | None = None) -> str:
        """Give the keyed hash of all that the source said in a row.

        Empty fields are left out, so that a field that a later version adds changes no hash. The
        redacted words are left out where the words as they came are there, so that a better
        redaction makes no row an update.
        """
        said: dict[str, object] = {
            name: value
            for name in _APPEAL_FIELDS
            if (value := getattr(appeal, name)) is not None and value != ""
        }
        for name in _PERSONAL_FIELDS:
            value = getattr(personal, name)
            if value is not None:
                said.pop(name, None)
                said[f"personal.{name}"] = value
        words = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
        return _keyed(method or self.content_method, self.keys.content, words)

    def same_content(self, stored: str, appeal: Appeal, personal: Personal) -> bool:
        """Say whether a row's content is the one whose hash is stored, by the stored method."""
        return self.content_hash(appeal, personal, _method(stored)) == stored


def row_name(source: str, source_id: str, version: int) -> str:
    """Name a row for its seal: it holds for one version of one appeal and no other."""
    return _AS_NAME([source, source_id, version])


def digest(data: bytes, name: str = "sha256") -> str:
    """Give the digest of bytes by ``sha256`` or ``sm3``, with the name of the method before it.

    Examples
    --------
    >>> digest(b"abc", "sm3")[:20]
    'sm3:66c7f0f462eeedd9'
    """
    made = hashes.Hash(_HASHES[name]())
    made.update(data)
    return f"{name}:{made.finalize().hex()}"


def _keyed(method: str, key: bytes, words: bytes) -> str:
    if method == "hmac-sha256":
        return f"{method}:{hmac.digest(key, words, 'sha256').hex()}"
    made = HMAC(key, hashes.SM3())
    made.update(words)
    return f"{method}:{made.finalize().hex()}"


def _method(named: str) -> str:
    method = named.partition(":")[0]
    if method not in ("hmac-sha256", "hmac-sm3"):
        raise InputError(f"a stored hash names the method {method}, which is unknown")
    return method


def _plain_phone(phone: str | None) -> str | None:
    if phone is None or "*" in (flat := unicodedata.normalize("NFKC", phone)):
        return None
    digits = re.sub(r"[^0-9]", "", re.sub(r"^\s*(?:\+|00)\s*86", "", flat))
    # Without a plus, 86 is the country's code only before a mobile number or an area code.
    digits = re.sub(r"^86(?=1[3-9]\d{9}$|0\d{9,11}$)", "", digits).lstrip("0")
    return digits if len(digits) >= 7 and len(set(digits)) > 1 else None


def _plain_id(number: str | None) -> str | None:
    if number is None or "*" in number:
        return None
    kept = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", number).upper())
    return kept if len(kept) >= 6 and len(set(kept)) > 1 else None
