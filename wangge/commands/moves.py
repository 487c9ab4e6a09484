"""``wangge alerts sign|acknowledge|cancel|close …``: the moves of an alert on a terminal."""

import argparse
from datetime import timedelta

from alerts.episode import GRAVITY
from alerts.response.act import Said, make_move, verify
from alerts.response.moves import LABELS, Made, Move
from alerts.response.standing import LONGEST, SERVICES, first_line, standing_of
from alerts.response.store import read_moves
from alerts.routing import read_routing
from alerts.store import read_alert
from alerts.verdicts.moves import Verdict
from api.answers import in_zone
from appeals.database import reading, writing
from appeals.errors import InputError
from appeals.privacy import Role, Viewer, redact
from wangge.arguments import Commands, add_site_command, count
from wangge.site import Site, wall_clock
from wangge.terminal import Answer

_VIEWER = Viewer(actor="terminal", role=Role.OPERATOR)
_PLAIN = {
    "sign": (Move.SIGN, "sign a draft (审签); not one's own"),
    "return": (Move.RETURN, "give a draft back (退回拟稿)"),
    "push": (Move.PUSH, "tell the posts that the table gives (推送)"),
    "handle": (Move.HANDLE, "say what is being done (处置)"),
    "report-back": (Move.REPORT_BACK, "say what was done (反馈)"),
    "close": (Move.LIFT, "end an alert whose risk is over (解除)"),
    "cancel": (Move.WITHDRAW, "end an alert that was raised in error (撤销)"),
    "note": (Move.NOTE, "write something down (记事)"),
}


def add_moves(family: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the moves known."""
    for name, (move, says) in _PLAIN.items():
        made = add_site_command(family, shared, name, _plain, says)
        made.set_defaults(move=move)
        _who(made)
    checked = add_site_command(family, shared, "verify", _verify, "say what 核实 came to")
    _who(checked)
    checked.add_argument("verdict", choices=[one.value for one in Verdict])
    checked.add_argument("--how", choices=["recall", "on_site"], required=True)
    draft = add_site_command(family, shared, "assess", _assess, "draft what is told (研判拟稿)")
    _who(draft)
    draft.add_argument("--level", choices=GRAVITY[::-1], required=True)
    draft.add_argument("--ask", default="", help="what those who are told are asked to do")
    draft.add_argument("--hours", type=float, help="how long it stands; the most of the level")
    draft.add_argument("--called", action="append", help="SERVICE or SERVICE=WHEN; again for more")
    receipt = add_site_command(family, shared, "acknowledge", _acknowledge, "签收 for a post")
    _who(receipt)
    receipt.add_argument("--post", required=True)
    receipt.add_argument("--how", choices=["page", "call", "sms", "robot"], default="call")
    review = add_site_command(family, shared, "review", _review, "what was learnt (复盘)")
    _who(review)
    review.add_argument("--outcome", choices=[one.value for one in Verdict], required=True)
    trail = add_site_command(family, shared, "moves", _moves, "all that was done to an alert")
    trail.add_argument("id", type=count)


def _who(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", type=count)
    command.add_argument("--who", required=True, help="a person or a post")
    command.add_argument("--reason", default="", help="why, or what; kept redacted")


def _plain(arguments: argparse.Namespace, site: Site) -> Answer:
    return _make(arguments, site, arguments.move)


def _assess(arguments: argparse.Namespace, site: Site) -> Answer:
    called = {}
    for text in arguments.called or ():
        service, _, when = text.partition("=")
        if service not in SERVICES:
            raise InputError(f"called: {service} is none of {', '.join(SERVICES)}")
        called[service] = when
    hours = arguments.hours
    lasts = LONGEST[arguments.level] if hours is None else timedelta(hours=hours)
    until = (wall_clock() + lasts).isoformat()
    detail = {"ask": arguments.ask, "expires_at": until, "called": called}
    return _make(arguments, site, Move.ASSESS, level=arguments.level, detail=detail)


def _acknowledge(arguments: argparse.Namespace, site: Site) -> Answer:
    detail = {"how": arguments.how}
    return _make(arguments, site, Move.RECEIVE, post=arguments.post, detail=detail)


def _review(arguments: argparse.Namespace, site: Site) -> Answer:
    return _make(arguments, site, Move.REVIEW, detail={"outcome": arguments.outcome})


def _verify(arguments: argparse.Namespace, site: Site) -> Answer:
    said = Said(arguments.who, wall_clock(), arguments.reason, detail={"how": arguments.how})
    routing = read_routing(site.settings.alerts.routing)
    term = timedelta(days=site.settings.alerts.known_days)
    with writing(site.engine) as connection:
        verdict = Verdict(arguments.verdict)
        made = verify(connection, arguments.id, verdict, said, routing, term=term)
    return _told(arguments.id, made, site)


def _make(
    arguments: argparse.Namespace,
    site: Site,
    move: Move,
    *,
    level: str | None = None,
    post: str = "",
    detail: dict[str, object] | None = None,
) -> Answer:
    said = Said(
        arguments.who, wall_clock(), arguments.reason, post, level=level, detail=detail or {}
    )
    routing = read_routing(site.settings.alerts.routing)
    with writing(site.engine) as connection:
        made = make_move(connection, arguments.id, move, said, routing)
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
