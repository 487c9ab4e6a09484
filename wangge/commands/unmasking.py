"""``wangge unmask`` and ``wangge keys``: personal fields on request, and the keys that seal."""

import argparse

from appeals.audit.store import append_entry
from appeals.database import writing
from appeals.errors import InputError, NotAllowed
from appeals.privacy import Role, Viewer
from appeals.unmasking.store import PERSONAL, TWO_PERSONS, ask
from wangge.arguments import Commands, add_family, add_site_command, count
from wangge.site import Site, wall_clock
from wangge.terminal import Answer


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    unmask = add_site_command(commands, shared, "unmask", _unmask)
    unmask.add_argument("appeal", type=count, metavar="APPEAL", help="number of the appeal")
    unmask.add_argument("--field", action="append", required=True, choices=PERSONAL)
    unmask.add_argument("--reason", required=True, help="why; kept in the audit log")
    unmask.add_argument("--who", required=True, help="who asks; kept in the audit log")
    keys = add_family(commands, "keys")
    add_site_command(keys, shared, "rotate", _rotate, "seal with a new key; old boxes still open")


def _unmask(arguments: argparse.Namespace, site: Site) -> Answer:
    who = " ".join(arguments.who.split())
    if not who:
        raise InputError("who: say who asks")
    if not TWO_PERSONS.isdisjoint(arguments.field):
        raise NotAllowed("an id number needs two persons who have signed in: ask on the pages")
    ring = site.ring()
    with writing(site.engine) as connection:
        opened = ask(
            connection,
            arguments.appeal,
            arguments.field,
            viewer=Viewer(f"terminal: {who}", Role.OPERATOR),
            ring=ring,
            reason=arguments.reason,
            now=wall_clock(),
        )
    fields = opened.fields or {}
    lines = [f"{name}: {value or '(not given)'}" for name, value in fields.items()]
    return Answer({"request_id": opened.request_id, "fields": fields}, lines)


def _rotate(_: argparse.Namespace, site: Site) -> Answer:
    sealing = site.settings.sealing
    if sealing.key_command or sealing.key_file is None:
        raise InputError("sealing.key_command is set: add a key where it takes them from")
    rotated = site.ring().rotated(sealing.key_file)
    newest = list(rotated.keys.seal)[-1]
    with writing(site.engine) as connection:
        append_entry(
            connection, now=wall_clock(), actor="terminal", act="rotate keys",
            subject=f"seal key {newest}",
        )  # fmt: skip
    lines = [
        f"new seal key {newest}; {len(rotated.keys.seal)} keys open what was sealed before",
        "a running server takes it up by itself; keep a new copy of the key file",
    ]
    return Answer({"key_id": newest, "keys": len(rotated.keys.seal)}, lines)
