"""The people of the made-up city: one for each role and area, with passwords made anew each time.

They exist in a demo only. Their passwords lie beside the demo's settings, in a file that its owner
alone may read, so that the page of signing in can list them; no installation but a demo reads it.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson

from appeals.database import Connection, writing
from appeals.passwords import hash_password
from appeals.people.factor import new_secret
from appeals.people.roles import ADMINISTRATORS, StaffRole
from appeals.people.store import Person, add_person
from grids.boundaries import Boundaries
from grids.store import load_boundaries
from wangge.site import Site, today, wall_clock

PEOPLE_FILE: Final = "demo-people.json"

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none is taken for another
_BY: Final = "demo"


def make_people(site: Site) -> int:
    """Add the demo's people and write their passwords beside its settings; give how many.

    Raises
    ------
    Conflict
        They are there already.
    """
    ring, now, kept = site.ring(), wall_clock(), []
    with writing(site.engine) as connection:
        for person in _people(connection, site):
            password = "-".join(_word() for _ in range(3))
            secret = new_secret() if ADMINISTRATORS & set(person.roles) else None
            add_person(
                connection,
                person,
                password=hash_password(password, site.settings.sealing.password_hash),
                factor=ring.hide(secret, row=f"factor {person.login}") if secret else None,
                by=_BY,
                now=now,
            )
            kept.append({"login": person.login, "password": password, "factor": secret})
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    descriptor = os.open(site.folder / PEOPLE_FILE, flags, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps(kept))
    return len(kept)


def people_file(site: Site) -> Path | None:
    """Give the file of the demo's people, ``None`` where this is no demo or has none."""
    path = site.folder / PEOPLE_FILE
    return path if site.settings.demo and path.is_file() else None


def _word() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(4))


def _people(connection: Connection, site: Site) -> Iterator[Person]:
    """Give the people; the first one has to be a system administrator."""
    yield Person("xitong", "系统甲", (StaffRole.SYSTEM_ADMIN,))
    yield Person("anquan", "安全甲", (StaffRole.SECURITY_ADMIN,))
    yield Person("shenji", "审计甲", (StaffRole.AUDIT_ADMIN,))
    yield Person("zhiban1", "值班甲", (StaffRole.DUTY_OFFICER,))
    yield Person("zhiban2", "值班乙", (StaffRole.DUTY_OFFICER,))
    yield Person("daiban", "带班甲", (StaffRole.LEADER,))
    for login, duty in (("yingji", "应急"), ("gongan", "公安"), ("xuanchuan", "宣传")):
        yield Person(login, f"{duty}联络甲", (StaffRole.LIAISON,), duties=(duty,))
    units = load_boundaries(connection, today(site))
    streets, grids = _codes(units, "street"), _codes(units, "grid")
    if streets:
        yield Person("zhuren", "街道主任甲", (StaffRole.STREET_LEADER,), streets[:1])
    for number, area in enumerate(streets[:2], start=1):
        yield Person(
            f"jiedao{number}", f"街道{_nth(number)}", (StaffRole.STREET_OFFICIAL,), (area,)
        )
    for number, area in enumerate(grids[:2], start=1):
        yield Person(f"wangge{number}", f"网格{_nth(number)}", (StaffRole.GRID_WORKER,), (area,))
    yield Person("guihua", "规划甲", (StaffRole.PLANNER,))


def _codes(units: Boundaries, level: str) -> tuple[str, ...]:
    codes = units.frame(level)["code"] if level in units.levels else ()
    return tuple(f"{level}:{code}" for code in sorted(codes))


def _nth(number: int) -> str:
    return "甲乙丙丁"[number - 1]
