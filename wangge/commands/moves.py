"""``wangge alerts sign|acknowledge|merge …``: each move of an alert as a command of its row."""

import argparse
from collections.abc import Sequence
from enum import StrEnum
from types import UnionType
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from alerts.response.moves import LABELS, Made, Move
from alerts.response.standing import first_line, standing_of
from alerts.response.store import read_moves
from alerts.routing import read_routing
from alerts.store import read_alert
from api.alert_moves import ROWS, make, said_by
from api.answers import in_zone
from api.move_rights import name_of
from appeals.database import reading, writing
from appeals.errors import InputError
from appeals.privacy import Role, Viewer, redact
from wangge.arguments import Commands, add_site_command, count
from wangge.site import Site, wall_clock
from wangge.terminal import Answer

_VIEWER = Viewer(actor="terminal", role=Role.OPERATOR)
_NAMES: Final = {Move.RECEIVE: "acknowledge", Move.LIFT: "close", Move.WITHDRAW: "cancel"}
_USUAL: Final = {Move.RECEIVE: {"how": "call"}}  # the desk records what was said on the telephone
_HELP: Final = {
    "who": "a person or a post",
    "reason": "why, or what; kept redacted",
    "called": "SERVICE or SERVICE=WHEN; again for more",
}
_NOT_TYPED: Final = frozenset({"seen"})  # who types has no page that could be overtaken


def add_moves(family: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the moves known."""
    for row in ROWS:
        name = _NAMES.get(row.move, name_of(row.move))
        command = add_site_command(family, shared, name, _make, f"{row.word}: {row.about}")
        command.set_defaults(row=row)
        command.add_argument("id", type=count)
        for field, about in row.body.model_fields.items():
            if field not in _NOT_TYPED:
                _add_option(command, field, about)
    trail = add_site_command(family, shared, "moves", _moves, "all that was done to an alert")
    trail.add_argument("id", type=count)


def _add_option(command: argparse.ArgumentParser, name: str, about: FieldInfo) -> None:
    kind = about.annotation
    again = get_origin(kind) in (dict, list)
    command.add_argument(
        f"--{name.replace('_', '-')}",
        required=about.is_required(),
        action="append" if again else "store",
        choices=None if again else _choices(kind),
        help=_HELP.get(name, about.description),
    )


def _choices(kind: Any) -> Sequence[str] | None:
    """Give the words that a field takes, ``None`` where it takes any."""
    if get_origin(kind) is UnionType:
        return next((found for one in get_args(kind) if (found := _choices(one))), None)
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return [one.value for one in kind]
    return None


def _make(arguments: argparse.Namespace, site: Site) -> Answer:
    row = arguments.row
    typed: dict[str, Any] = dict(_USUAL.get(row.move, {}))
    for name in row.body.model_fields:
        if (value := getattr(arguments, name, None)) is not None:
            typed[name] = value
    if "called" in typed:
        parts = [one.partition("=") for one in typed["called"]]
        typed["called"] = {service: when for service, _, when in parts}
    try:
        body = row.body.model_validate(typed)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{where}: {first['msg']}") from None
    routing, known_days = (
        read_routing(site.settings.alerts.routing),
        site.settings.alerts.known_days,
    )
    with writing(site.engine) as connection:
        level = str(read_alert(connection, _VIEWER, arguments.id)["level"])
        said = said_by(body.who, wall_clock(), body, level)
        made = make(connection, arguments.id, row.move, body, said, routing, known_days=known_days)
    return _told(arguments.id, made, site)


def _told(alert_id: int, made: Made, site: Site) -> Answer:
    posts = [one["post"] for one in made.detail.get("told", ())]
    told = f"; told: {', '.join(posts) or 'nobody'}" if "told" in made.detail else ""
    line = f"alert {alert_id}: {LABELS[Move(made.move)]} by {made.who}, now {made.state}{told}"
    return Answer({"id": alert_id, **_row(made, site)}, [line])


def _moves(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        read_alert(connection, _VIEWER, arguments.id)
        moves = read_moves(connection, arguments.id)
    standing = standing_of(moves)
    pending = [one.post for one in standing.pending]
    rows = [_row(one, site) for one in moves]
    lines = [first_line(standing.called)]
    lines += [f"{r['at']}  {r['label']}  {r['who']}  {r['stated_reason']}".rstrip() for r in rows]
    lines += [f"waits for: {', '.join(pending)}"] if pending else []
    data = {"first_line": lines[0], "moves": rows, "waits_for": pending}
    return Answer(data, lines)


def _row(made: Made, site: Site) -> dict[str, object]:
    row = {name: getattr(made, name) for name in Made.__dataclass_fields__}
    detail = {name: redact(one) if name == "ask" else one for name, one in made.detail.items()}
    # As it is kept: what was typed may hold a caller's words.
    row |= {"label": LABELS[Move(made.move)], "stated_reason": redact(made.stated_reason)}
    row["detail"] = detail
    return in_zone(row, site.zone)
