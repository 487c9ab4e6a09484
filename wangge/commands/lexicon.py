"""``wangge lexicon``: the list of sensitive terms, checked, tried and put in force."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from alerts.lexicon.read import Lexicon, lexicon_bytes, lexicon_faults, parse_lexicon
from alerts.lexicon.store import editions, import_lexicon
from alerts.sensitive import TOLD_FROM, SensitiveWatch
from appeals.database import reading, writing
from appeals.errors import InputError
from wangge.arguments import Commands, add_command, add_family, add_site_command
from wangge.sensitive_terms import content_in_force
from wangge.site import Site, wall_clock
from wangge.terminal import Answer, Refused


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    family = add_family(commands, "lexicon")
    check = add_command(family, shared, "check", _check, "tell what is wrong in a list, and try it")
    check.add_argument("file", type=Path, nargs="?", metavar="FILE", help="else the shipped list")
    check.add_argument("--text", metavar="TEXT", help="tell what the list finds in these words")
    bring = add_site_command(family, shared, "import", _import, "put an edition in force")
    bring.add_argument("file", type=Path, metavar="FILE")
    add_site_command(family, shared, "list", _list, "the editions that are kept")


def _check(arguments: argparse.Namespace) -> Answer:
    content = lexicon_bytes(arguments.file)
    faults = lexicon_faults(content)
    if faults:
        reason = f"{len(faults)} faults in the list" if len(faults) > 1 else "a fault in the list"
        raise Refused(reason, Answer({"well": False, "faults": faults}, faults))
    lexicon = parse_lexicon(content)
    data: dict[str, object] = {"well": True, "faults": [], **_summary(lexicon)}
    lines = [_says(lexicon)]
    if arguments.text is not None:
        found = [
            {
                "family": hit.family.key,
                "term": hit.term,
                "severity": hit.severity,
                "lowered_by": hit.lowered_by,
                "told": hit.severity >= TOLD_FROM,
                "callers": hit.family.callers,
            }
            for hit in SensitiveWatch(lexicon).hits(arguments.text)
        ]
        data["hits"] = found
        lines += [_hit_line(one) for one in found] or ["nothing of the list is in these words"]
    return Answer(data, lines)


def _hit_line(hit: Mapping[str, object]) -> str:
    why = f", lowered: {hit['lowered_by']}" if hit["lowered_by"] else ""
    waits = f", told from {hit['callers']} callers" if hit["callers"] != 1 else ""
    told = waits if hit["told"] else ", not told"
    return f"{hit['family']}: “{hit['term']}”, severity {hit['severity']}{why}{told}"


def _import(arguments: argparse.Namespace, site: Site) -> Answer:
    content = lexicon_bytes(arguments.file)
    faults = lexicon_faults(content)
    if faults:
        more = f" (and {len(faults) - 1} more: `wangge lexicon check`)" if len(faults) > 1 else ""
        raise InputError(f"{arguments.file.name}: {faults[0]}{more}")
    lexicon = parse_lexicon(content)
    with writing(site.engine) as connection:
        before = import_lexicon(connection, lexicon, content, wall_clock())
    own = site.settings.alerts.lexicon
    lines = [f"{_says(lexicon)}; before: {before or 'the list that wangge brings'}"]
    if own is not None:
        lines.append(f"not in force: the settings name {own.name} (alerts.lexicon)")
    return Answer({**_summary(lexicon), "before": before, "in_force": own is None}, lines)


def _list(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        kept = editions(connection)
        content, whence = content_in_force(connection, site.settings)
    version = parse_lexicon(content).version
    lines = [f"in force: {version}, {whence}"]
    lines += [
        f"{one['at']:%Y-%m-%d %H:%M}  {one['version']}  {'imported' if one['imported'] else 'used'}"
        for one in kept
    ]
    return Answer({"in_force": version, "from": whence, "editions": kept}, lines)


def _summary(lexicon: Lexicon) -> dict[str, object]:
    return {
        "version": lexicon.version,
        "edition": lexicon.edition,
        "digest": lexicon.digest,
        "families": len(lexicon.families),
        "terms": sum(len(family.terms) for family in lexicon.families),
    }


def _says(lexicon: Lexicon) -> str:
    terms = sum(len(family.terms) for family in lexicon.families)
    return f"list {lexicon.version}: {len(lexicon.families)} families, {terms} terms"
