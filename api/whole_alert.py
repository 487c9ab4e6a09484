"""One alert with all that stands behind it and all that was done, as its page shows it."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Final
from zoneinfo import ZoneInfo

from alerts.duty.roster import SEAT_WORDS, Contact
from alerts.duty.store import read_contacts, read_posts
from alerts.episode import GRAVITY
from alerts.letters.store import handed_on
from alerts.response.moves import LABELS, Made, Move, State, moves_from
from alerts.response.police import Exchange, keeper_of
from alerts.response.standing import Standing, first_line, standing_of
from alerts.response.store import near_alerts, read_moves
from alerts.rooms.store import room_of
from alerts.store import read_alert
from alerts.verdicts.store import read_verdicts
from alerts.whistle.store import read_whistles
from api.admission import Caller
from api.answers import in_zone
from api.desk import Desk
from api.move_rights import MOVE_RIGHTS
from api.own_posts import own_posts
from appeals.database import Connection
from appeals.errors import NotFound
from appeals.people.roles import Right
from appeals.people.store import read_people
from appeals.privacy import Viewer, redact, view
from maps.marks import alert_items, signal_items

_SHORT: Final = {"id": "alert_id", "headline": "headline", "level": "level", "state": "state"}


def whole_alert(
    connection: Connection, desk: Desk, caller: Caller, alert_id: int
) -> dict[str, object]:
    """Give one alert, its signals, verdicts and appeals, and how the response to it stands.

    Raises
    ------
    NotFound
        There is no such alert, or it is not of the caller's area.
    """
    viewer, zone = caller.viewer, desk.zone
    found = read_alert(connection, viewer, alert_id)
    moves = read_moves(connection, alert_id)
    standing = standing_of(moves)
    state = State(found["state"])
    lawful = moves_from(state)
    people = read_contacts(connection)
    names = {one.login: one.name for one in read_people(connection)}
    landlines = {post.name: post.landline for post in read_posts(connection)}
    detail = found["detail"]
    asked = _asked(standing, people, landlines, names, zone)
    mine = own_posts(connection, desk, caller)
    asked = [one | {"mine": one["post"] in mine} for one in asked]
    sent = handed_on(connection, alert_id)
    exchanged = sorted([*sent, *standing.police], key=lambda one: one.at)
    return alert_items([found], desk.units(connection), zone)[0] | {
        "signals": signal_items(found, zone),
        "verdicts": [in_zone(one, zone) for one in read_verdicts(connection, viewer, alert_id)],
        "appeals": found["appeals"],
        "level_row": detail.get("level_row", ""),
        "duties": detail.get("duties", []),
        "first_line": first_line(standing.called),
        "called": standing.called,
        "seen": standing.number,
        "unsigned": standing.unsigned,
        "draft": _draft(standing, names, viewer, zone),
        "wants_update": standing.wants_update(desk.clock()),
        "asked": asked,
        "nobody_told": standing.told_at is not None and not asked,
        "moves": [_move_item(one, people, names, viewer, zone) for one in moves],
        "lawful": [
            move.value
            for move in MOVE_RIGHTS
            if move in lawful and MOVE_RIGHTS[move] in caller.rights
        ],
        "room": room_of(connection, alert_id),
        "police": [_exchange(one, zone) for one in exchanged],
        "keeper": keeper_of(exchanged).value,
        "merged": _named(connection, viewer, standing.merged),
        "merged_into": _named(connection, viewer, [standing.merged_into or 0]),
        "near": _near(connection, viewer, found) if Right.RESPOND in caller.rights else [],
        "whistles": [
            {"id": one.whistle_id, "street": one.street_name, "state": one.state}
            for one in read_whistles(connection, alert_id=alert_id)
        ],
    }


def _named(
    connection: Connection, viewer: Viewer, numbers: Iterable[int]
) -> list[dict[str, object]]:
    """Give number and headline of those of these alerts that the viewer may see."""
    items: list[dict[str, object]] = []
    for number in numbers:
        with suppress(NotFound):
            one = read_alert(connection, viewer, number)
            items.append({name: one[column] for name, column in _SHORT.items()})
    return items


def _near(
    connection: Connection, viewer: Viewer, alert: Mapping[str, Any]
) -> list[dict[str, object]]:
    """Give the open alerts into which this one may be merged: those of its appeals first."""
    own = alert["alert_id"]
    numbers = [one for one in near_alerts(connection, own) if one != own]
    light = GRAVITY.index(alert["level"])
    found = _named(connection, viewer, numbers)
    return [one for one in found if GRAVITY.index(str(one["level"])) >= light]


def _exchange(one: Exchange, zone: ZoneInfo) -> dict[str, object]:
    return in_zone({**asdict(one), "words": redact(one.words)}, zone)


def _draft(
    standing: Standing, names: Mapping[str, str], viewer: Viewer, zone: ZoneInfo
) -> dict[str, object] | None:
    made = standing.draft
    if made is None:
        return None
    signed = standing.signed
    row = {
        "by": names.get(made.who, made.who),
        "at": made.at,
        "level": made.level,
        "ask": redact(str(made.detail.get("ask", ""))),
        "words": redact(made.stated_reason),
        "expires_at": standing.expires_at,
        "signed_by": names.get(signed.who, signed.who) if signed else None,
        "signed_at": signed.at if signed else None,
    }
    return in_zone(view(row, viewer, also=frozenset(row)), zone)


def _asked(
    standing: Standing,
    people: Mapping[str, Contact],
    landlines: Mapping[str, str],
    names: Mapping[str, str],
    zone: ZoneInfo,
) -> list[dict[str, object]]:
    items = []
    for post, one in sorted(standing.asked.items()):
        receipt = standing.received.get(post)
        person = one.people[-1]
        row: dict[str, object] = {
            "post": post,
            "duty": one.duty,
            "person": people[person].name if person in people else person,
            "landline": landlines.get(post, ""),
            "by": one.by,
            "listed": one.listed,
            "reasons": list(one.reasons),
            "received_by": names.get(receipt.who, receipt.who) if receipt else None,
            "received_at": receipt.at if receipt else None,
            "received_how": receipt.how if receipt else None,
        }
        items.append(in_zone(row, zone))
    return items


def _move_item(
    made: Made,
    people: Mapping[str, Contact],
    names: Mapping[str, str],
    viewer: Viewer,
    zone: ZoneInfo,
) -> dict[str, object]:
    detail: dict[str, Any] = dict(made.detail)
    told = [
        {
            "post": one["post"],
            "person": people[one["person"]].name if one["person"] in people else one["person"],
            "seat": SEAT_WORDS.get(one.get("seat"), ""),
            "reasons": one["reasons"],
        }
        for one in detail.pop("told", ())
    ]
    row = {
        "number": made.number,
        "move": made.move,
        "label": LABELS[Move(made.move)],
        "state": made.state,
        "level": made.level,
        "at": made.at,
        "by": names.get(made.who, made.who),
        "post": made.post,
        "words": redact(made.stated_reason),
        "detail": detail | ({"told": told} if told else {}),
    }
    return in_zone(view(row, viewer, also=frozenset(row)), zone)
