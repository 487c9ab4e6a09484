"""The people of a demo, as the page of signing in lists them."""

import orjson

from api.desk import Desk
from api.homes import HOMES, home_of
from appeals.database import reading
from appeals.errors import NotFound
from appeals.people.factor import STEP_S, code_at
from appeals.people.roles import ROLE_WORDS
from appeals.people.store import read_people
from grids.units.store import named_units


def list_people(desk: Desk) -> list[dict[str, object]]:
    """Give name, role, area, password and present number of each of a demo's people.

    Raises
    ------
    NotFound
        This is no demo.
    """
    if desk.demo_people is None:
        raise NotFound("there is no such thing here")
    try:
        kept = {one["login"]: one for one in orjson.loads(desk.demo_people.read_bytes())}
    except (OSError, ValueError) as error:
        raise NotFound("the people of the demo are not here") from error
    with reading(desk.engine) as connection:
        people = [person for person in read_people(connection) if person.login in kept]
        areas = named_units(connection, {area for person in people for area in person.areas})
    step = int(desk.clock().timestamp()) // STEP_S
    return [
        {
            "login": person.login,
            "name": person.name,
            "roles": [ROLE_WORDS[role] for role in person.roles],
            "areas": [areas[area] for area in person.areas],
            "duties": list(person.duties),
            "home": home_of(person.roles),
            "password": kept[person.login]["password"],
            "code": code_at(secret, step) if (secret := kept[person.login]["factor"]) else "",
        }
        for person in sorted(people, key=lambda person: list(HOMES).index(person.roles[0]))
    ]
