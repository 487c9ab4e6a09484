"""Bundles and receipts: a zip whose manifest is signed, and the signed word that it came.

Signatures are Ed25519 (RFC 8032) over the bytes of the manifest, which holds the digest of every
part; whoever changes a part, the manifest or the agreement is found out.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from appeals.errors import InputError
from appeals.packed import check_unpacked
from maps.sharing.agreement import Agreement

FORM: Final = 1
MOST_BYTES: Final = 1 << 30
"""A bundle that unpacks to more is refused."""

_MANIFEST, _SIGNATURE = "manifest.json", "manifest.sig"
_PART: Final = re.compile(r"layers/[a-z0-9-]{1,60}\.gpkg")


@dataclass(frozen=True, slots=True)
class Part:
    """One layer in a bundle: its name, what it shows, how many features, and its file's bytes."""

    layer: str
    title: str
    features: int
    notes: Sequence[tuple[str, str]]
    data: bytes


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was opened and found whole; ``bundle_id`` is the digest of its manifest."""

    bundle_id: str
    made_at: datetime
    made_by: str
    parts: Mapping[str, bytes]
    manifest: Mapping[str, object]


def write_bundle(
    path: Path,
    agreement: Agreement,
    parts: Sequence[Part],
    key: Ed25519PrivateKey,
    made_by: str,
    now: datetime,
) -> str:
    """Write a signed bundle and give its id.

    Raises
    ------
    InputError
        The agreement does not hold on this day, or the key is not that of its sender.
    """
    agreement.check_day(now.date())
    _check_key("sender_key", key, agreement.sender_key)
    manifest = orjson.dumps(
        {
            "form": FORM,
            "agreement": agreement.digest,
            "number": agreement.number,
            "sender": agreement.sender,
            "receiver": agreement.receiver,
            "purpose": agreement.purpose,
            "made_at": now.isoformat(timespec="seconds"),
            "made_by": made_by,
            "parts": [
                {
                    "file": f"layers/{one.layer}.gpkg",
                    "sha256": hashlib.sha256(one.data).hexdigest(),
                    "title": one.title,
                    "features": one.features,
                    "notes": dict(one.notes),
                }
                for one in parts
            ],
        },
        option=orjson.OPT_INDENT_2,
    )
    with ZipFile(path, "w", ZIP_DEFLATED) as pack:
        pack.writestr(_MANIFEST, manifest)
        pack.writestr(_SIGNATURE, base64.b64encode(key.sign(manifest)))
        for one in parts:
            pack.writestr(f"layers/{one.layer}.gpkg", one.data)
    return hashlib.sha256(manifest).hexdigest()


def read_bundle(path: Path, agreement: Agreement) -> Bundle:
    """Open a bundle and check everything that can be checked.

    Raises
    ------
    InputError
        It is no bundle, of another agreement, made outside its days, too large, or was changed.
    """
    try:
        with ZipFile(path) as pack:
            check_unpacked(pack, path.name, MOST_BYTES)
            held = {one.filename: pack.read(one) for one in pack.infolist()}
    except (BadZipFile, OSError) as error:
        raise InputError(f"{path.name} is no bundle that can be read") from error
    if not {_MANIFEST, _SIGNATURE} <= set(held):
        raise InputError(f"{path.name} has no signed manifest")
    data = held.pop(_MANIFEST)
    _verify("the bundle", agreement.sender_key, held.pop(_SIGNATURE), data)
    manifest = orjson.loads(data)  # signed by the sender: its form is theirs
    if manifest["agreement"] != agreement.digest:
        raise InputError("the bundle is of another agreement, or of another edition of this one")
    if manifest["form"] != FORM:
        raise InputError(f"the bundle is of form {manifest['form']}; this version reads {FORM}")
    made_at = datetime.fromisoformat(manifest["made_at"])
    agreement.check_day(made_at.date())
    digests = {one["file"]: one["sha256"] for one in manifest["parts"]}
    if set(digests) != set(held):
        raise InputError("the bundle holds other parts than its manifest says")
    for name, part in held.items():
        if not _PART.fullmatch(name) or hashlib.sha256(part).hexdigest() != digests[name]:
            raise InputError(f"the part {name!r} was changed")
    return Bundle(hashlib.sha256(data).hexdigest(), made_at, manifest["made_by"], held, manifest)


def write_receipt(
    bundle: Bundle, agreement: Agreement, key: Ed25519PrivateKey, who: str, now: datetime
) -> bytes:
    """Give the signed word that a bundle came.

    Raises
    ------
    InputError
        The key is not that of the agreement's receiver.
    """
    _check_key("receiver_key", key, agreement.receiver_key)
    said = {
        "bundle": bundle.bundle_id,
        "agreement": agreement.digest,
        "parts": len(bundle.parts),
        "received_by": who,
        "received_at": now.isoformat(timespec="seconds"),
    }
    text = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    signature = base64.b64encode(key.sign(text)).decode()
    return orjson.dumps({"receipt": said, "signature": signature}, option=orjson.OPT_INDENT_2)


def read_receipt(data: bytes, bundle: Bundle, agreement: Agreement) -> Mapping[str, object]:
    """Check a receipt against the bundle that was sent, and give what it says.

    Raises
    ------
    InputError
        It is no receipt, of another bundle, or was not signed by the receiver.
    """
    try:
        given = orjson.loads(data)
        said, signature = dict(given["receipt"]), str(given["signature"]).encode()
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise InputError("this is no receipt") from error
    text = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    _verify("the receipt", agreement.receiver_key, signature, text)
    if said.get("bundle") != bundle.bundle_id:
        raise InputError("the receipt is of another bundle")
    return said


def _verify(what: str, key: Ed25519PublicKey, signature: bytes, data: bytes) -> None:
    try:
        key.verify(base64.b64decode(signature, validate=True), data)
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise InputError(f"{what} was changed, or signed by somebody else") from error


def _check_key(name: str, key: Ed25519PrivateKey, agreed: Ed25519PublicKey) -> None:
    if key.public_key() != agreed:
        raise InputError(f"{name}: the agreement names another key than this site's")
