"""One whistle with its bureaus and moves, as its page shows it, and who may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from alerts.whistle.causes import Cause, Causes
from alerts.whistle.moves import ACT_WORDS, Act, Stage, Step, Whistle, acts_from
from alerts.whistle.standing import whistle_standing
from alerts.whistle.store import called_by, read_steps, read_whistle
from api.admission import Caller
from api.answers import in_zone
from api.desk import Desk
from api.move_rights import ACT_RIGHTS
from appeals.database import Connection
from appeals.errors import NotFound
from appeals.people.store import read_people
from appeals.privacy import Reach, redact
from grids.units.store import units_below


def sees(connection: Connection, caller: Caller, whistle: Whistle) -> bool:
    """Say who sees a whistle: the desk all, a street its own, a liaison those that called them."""
    viewer = caller.viewer
    if viewer.reach is Reach.ROOM:
        near = not viewer.within or units_below(connection, [whistle.street]) <= viewer.within
        return near and not viewer.duties.isdisjoint(called_by(connection, whistle.whistle_id))
    return viewer.reach is Reach.ALL or is_own(connection, caller, whistle)


def is_own(connection: Connection, caller: Caller, whistle: Whistle) -> bool:
    """Say whether the caller's area holds the street that blows."""
    area = caller.viewer.area
    return bool(area) and units_below(connection, [whistle.street]) <= area


def whole_whistle(
    connection: Connection, desk: Desk, caller: Caller, causes: Causes, whistle_id: int
) -> dict[str, object]:
    """Give a whistle with its bureaus and moves, and what the caller may do.

    Raises
    ------
    NotFound
        There is none of this number, or it is another street's.
    """
    found = read_whistle(connection, whistle_id)
    if not sees(connection, caller, found):
        raise NotFound(f"there is no whistle {whistle_id}")
    steps = read_steps(connection, whistle_id)
    item = whistle_item(desk, caller, found, steps, causes)
    names = {one.login: one.name for one in read_people(connection)}
    return item | {"moves": [_step_item(one, names, desk) for one in steps]}


def whistle_item(
    desk: Desk, caller: Caller, found: Whistle, steps: Sequence[Step], causes: Causes
) -> dict[str, object]:
    """Give a whistle with its bureaus, without its moves."""
    cause = causes.get(found.cause) or Cause(found.cause, found.cause, 240)
    standing, now = whistle_standing(steps, cause), desk.clock()
    bureaus = [
        in_zone(asdict(one), desk.zone)
        | {"late_to_answer": one.late_to_answer(now), "late_on_site": one.late_on_site(now)}
        for one in standing.bureaus.values()
    ]
    row: dict[str, object] = {
        "id": found.whistle_id,
        "alert_id": found.alert_id,
        "street": found.street,
        "street_name": found.street_name,
        "cause": found.cause,
        "cause_name": cause.name,
        "state": found.state,
        "made_at": found.made_at,
        "words": redact(standing.words),
        "tried": standing.draft.get("tried", ""),
        "ask": standing.draft.get("ask", ""),
        "place": standing.draft.get("place", ""),
        "agreed_at": standing.draft.get("agreed_at"),
        "blown_at": standing.blown_at,
        "ended_at": standing.ended_at,
        "bureaus": bureaus,
        "seen": standing.number,
        "lawful": [
            act.value
            for act in acts_from(Stage(found.state))
            if act in ACT_RIGHTS and ACT_RIGHTS[act] in caller.rights
        ],
        "duties": sorted(caller.viewer.duties) if caller.person else None,
    }
    return in_zone(row, desk.zone)


def _step_item(step: Step, names: Mapping[str, str], desk: Desk) -> dict[str, object]:
    row = asdict(step) | {
        "who": names.get(step.who, step.who),
        "label": ACT_WORDS[Act(step.move)],
        "words": redact(step.words),
    }
    return in_zone(row, desk.zone)
