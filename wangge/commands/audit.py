"""``wangge audit``: what people did, as a chain that shows where it was changed."""

import argparse
from collections.abc import Mapping
from pathlib import Path

import orjson

from appeals.audit.chain import first_break
from appeals.audit.store import entries, head
from appeals.database import reading
from appeals.errors import InputError, NotFound
from wangge.arguments import Commands, add_family, add_site_command
from wangge.site import Site
from wangge.terminal import Answer, Refused


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    audit = add_family(commands, "audit")
    told = add_site_command(audit, shared, "list", _list_audit, "all entries, the oldest first")
    told.add_argument("--actor", help="what this one did")
    mark = add_site_command(audit, shared, "head", _head, "the newest hash, to be kept elsewhere")
    mark.add_argument("-o", dest="out", type=Path, required=True, metavar="FILE")
    verify = add_site_command(audit, shared, "verify", _verify, "tell the first broken entry")
    verify.add_argument("--head", type=Path, action="append", metavar="FILE", default=[])


def _list_audit(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        found = [one for one in entries(connection) if arguments.actor in (None, one.actor)]
    lines = [
        f"{one.serial:>6} {one.at.astimezone(site.zone):%Y-%m-%d %H:%M:%S} {one.actor}: {one.act},"
        f" {one.subject} {one.detail}".rstrip()
        for one in found
    ]
    return Answer({"entries": found}, lines)


def _head(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        last = head(connection)
    if last is None:
        raise NotFound("the audit log is empty")
    data = {"serial": last.serial, "at": last.at.isoformat(), "hash": last.hash}
    try:
        arguments.out.write_bytes(orjson.dumps(data) + b"\n")
    except OSError as error:
        raise InputError(f"{arguments.out.name} cannot be written: {error.strerror}") from error
    return Answer(data, [f"{last.serial} {last.hash}"])


def _verify(arguments: argparse.Namespace, site: Site) -> Answer:
    heads = dict(_read_head(path) for path in arguments.head)
    with reading(site.engine) as connection:
        broken = first_break(entries(connection), heads)
        last = head(connection)
    data: dict[str, object] = {"well": broken is None, "entries": last.serial if last else 0}
    if broken is not None:
        data |= {"serial": broken.serial, "reason": broken.reason}
        why = f"entry {broken.serial} {broken.reason}"
        raise Refused(f"the audit log is broken: {why}", Answer(data, [why]))
    return Answer(data, [f"{data['entries']} entries, none changed"])


def _read_head(path: Path) -> tuple[int, str]:
    try:
        data: Mapping[str, object] = orjson.loads(path.read_bytes())
        return int(str(data["serial"])), str(data["hash"])
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path.name} is no head of an audit log") from error
