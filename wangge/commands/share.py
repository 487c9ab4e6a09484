"""``wangge share``: layers for another city by a signed agreement, and the receipts for them."""

import argparse
import base64
import os
import tempfile
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appeals.audit.store import append_entry
from appeals.database import reading, writing
from appeals.errors import InputError
from appeals.privacy import Role, Viewer
from grids.store import load_boundaries
from maps.catalogue import CATALOGUE, Asked
from maps.export import export, write_whole
from maps.sharing.agreement import Agreement, Share, read_agreement
from maps.sharing.bundle import (
    Part,
    read_bundle,
    read_receipt,
    write_bundle,
    write_receipt,
)
from maps.sharing.masking import mask
from wangge.arguments import Commands, add_family, add_site_command
from wangge.site import Site, today, wall_clock
from wangge.terminal import Answer

KEY_FILE: Final = "wangge-share.key"
_MOST: Final = 1_000_000


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    share = add_family(commands, "share")
    add_site_command(
        share, shared, "key", _key, "make this site's signing key, and print its public half"
    )
    make = add_site_command(share, shared, "make", _make, "a signed bundle of what is agreed")
    take = add_site_command(share, shared, "take", _take, "check a bundle, unpack it, sign for it")
    confirm = add_site_command(share, shared, "confirm", _confirm, "check the receipt of a bundle")
    make.add_argument("-o", dest="output", type=Path, metavar="FILE", required=True)
    take.add_argument("bundle", type=Path, metavar="BUNDLE")
    take.add_argument("-o", dest="output", type=Path, metavar="DIR", required=True)
    confirm.add_argument("receipt", type=Path, metavar="RECEIPT")
    confirm.add_argument("--bundle", type=Path, metavar="FILE", required=True, help="as sent")
    for one in (make, take, confirm):
        one.add_argument("--agreement", type=Path, metavar="FILE", required=True)
    for one in (make, take):
        one.add_argument("--who", required=True, help="who answers for it; stands in it")


def _key(_: argparse.Namespace, site: Site) -> Answer:
    path = site.folder / KEY_FILE
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(base64.b64encode(key.private_bytes_raw()))
    public = base64.b64encode(_own_key(site).public_key().public_bytes_raw()).decode()
    return Answer({"public_key": public, "file": path}, [public])


def _make(arguments: argparse.Namespace, site: Site) -> Answer:
    agreement, key, now = _agreement(arguments), _own_key(site), wall_clock()
    agreement.check_day(today(site))
    parts = [_part(site, share, _who(arguments)) for share in agreement.shares]
    made: list[str] = []
    write_whole(
        arguments.output,
        ".zip",
        lambda half: made.append(
            write_bundle(half, agreement, parts, key, _who(arguments), now.astimezone(site.zone))
        ),
    )
    features = {one.layer: one.features for one in parts}
    _note(site, _who(arguments), "share made", agreement, made[0])
    data = {"bundle": made[0], "file": arguments.output, "features": features}
    return Answer(data, [f"bundle {made[0]}", *(f"{n} of {name}" for name, n in features.items())])


def _take(arguments: argparse.Namespace, site: Site) -> Answer:
    agreement, key, now = _agreement(arguments), _own_key(site), wall_clock()
    bundle = read_bundle(arguments.bundle, agreement)
    receipt = write_receipt(bundle, agreement, key, _who(arguments), now.astimezone(site.zone))
    arguments.output.mkdir(parents=True, exist_ok=True)
    written = []
    for name, part in bundle.parts.items():
        written.append(arguments.output / Path(name).name)
        _write(written[-1], part)
    path = arguments.output / f"receipt-{bundle.bundle_id[:12]}.json"
    _write(path, receipt)
    _note(site, _who(arguments), "share taken", agreement, bundle.bundle_id)
    data = {
        "bundle": bundle.bundle_id,
        "made_at": bundle.made_at,
        "made_by": bundle.made_by,
        "files": written,
        "receipt": path,
    }
    return Answer(data, [*map(str, written), f"send back: {path}"])


def _confirm(arguments: argparse.Namespace, site: Site) -> Answer:
    agreement = _agreement(arguments)
    bundle = read_bundle(arguments.bundle, agreement)
    said = read_receipt(_bytes(arguments.receipt), bundle, agreement)
    _note(site, str(said["received_by"]), "share confirmed", agreement, bundle.bundle_id)
    return Answer(said, [f"received by {said['received_by']} at {said['received_at']}"])


def _part(site: Site, share: Share, who: str) -> Part:
    entry = CATALOGUE[share.layer]
    asked = Asked(
        Viewer(f"terminal: {who}", Role.OPERATOR), today(site), site.zone, site.office, most=_MOST
    )
    with reading(site.engine) as connection:
        read = entry.read(connection, asked)
        units = load_boundaries(connection, today(site))
    ground = units.frame(share.place or "district")
    layer = mask(read.layer, share, ground, entry.when, wall_clock())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.gpkg"
        export(layer, path, layer_name=share.layer, notes=read.notes)
        return Part(share.layer, entry.title, len(layer), read.notes, path.read_bytes())


def _agreement(arguments: argparse.Namespace) -> Agreement:
    return read_agreement(_bytes(arguments.agreement))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read") from error


def _write(path: Path, data: bytes) -> None:
    def fill(half: Path) -> None:
        half.write_bytes(data)

    write_whole(path, path.suffix, fill)


def _own_key(site: Site) -> Ed25519PrivateKey:
    path = site.folder / KEY_FILE
    if not path.exists():
        raise InputError(f"there is no {KEY_FILE}: run `wangge share key` first")
    if path.stat().st_mode & 0o077:
        raise InputError(f"{KEY_FILE} can be read by others: chmod 600")
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(path.read_bytes()))


def _who(arguments: argparse.Namespace) -> str:
    who = " ".join(str(arguments.who).split())
    if not who:
        raise InputError("who: say who answers for it")
    return who


def _note(site: Site, who: str, act: str, agreement: Agreement, bundle_id: str) -> None:
    with writing(site.engine) as connection:
        append_entry(
            connection,
            now=wall_clock(),
            actor=who,
            act=act,
            subject=f"bundle {bundle_id[:12]}",
            detail=agreement.number,
        )
