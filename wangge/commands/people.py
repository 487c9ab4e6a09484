"""``wangge users``: people, their roles, areas and duties."""

import argparse
import getpass
import sys
from collections.abc import Sequence
from dataclasses import replace

from alerts.lexicon.read import DUTIES
from api.oidc import Provider
from api.work_app import WorkApp
from appeals.database import Connection, reading, writing
from appeals.errors import InputError, NotFound
from appeals.passwords import hash_password
from appeals.people.factor import address_of, new_secret
from appeals.people.roles import ADMINISTRATORS, StaffRole
from appeals.people.store import (
    Person,
    add_person,
    change_person,
    find_person,
    read_people,
    set_disabled,
    set_factor,
    set_password,
    set_subject,
)
from appeals.people.words import check_password, login_name
from appeals.sessions.store import end_sessions
from grids.units.store import unit_names
from wangge.arguments import Commands, add_family, add_site_command
from wangge.provider import read_provider
from wangge.site import Site, wall_clock
from wangge.terminal import Answer

_BY = "terminal"


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    users = add_family(commands, "users")
    add = add_site_command(users, shared, "add", _add, "somebody who may sign in")
    change = add_site_command(users, shared, "change", _change, "name, roles, area, duties")
    add.add_argument("--name", required=True, help="姓名")
    change.add_argument("--name", help="姓名")
    for one in (add, change):
        one.add_argument("login", metavar="LOGIN")
        one.add_argument("--role", action="append", type=_role, required=one is add)
        one.add_argument("--area", action="append", metavar="CODE", help="code of a unit")
        one.add_argument("--duty", action="append", type=_duty, help="职责")
        one.add_argument("--second-factor", action="store_true", help="give a new one")
        known = one.add_mutually_exclusive_group()
        known.add_argument("--subject", help="name at the provider of sign-ins; '' for none")
        known.add_argument("--work-app-id", help="account in the work app; '' for none")
    add_site_command(users, shared, "list", _list, "everybody")
    for name, run, says in (
        ("password", _password, "set a password anew; it is read from the terminal"),
        ("disable", _disable, "let somebody in no more; their sessions end"),
        ("enable", _enable, "let somebody in again"),
    ):
        add_site_command(users, shared, name, run, says).add_argument("login", metavar="LOGIN")


def _role(text: str) -> StaffRole:
    if text not in set(StaffRole):
        raise argparse.ArgumentTypeError(f"a role is one of {', '.join(StaffRole)}")
    return StaffRole(text)


def _duty(text: str) -> str:
    if text not in DUTIES:
        raise argparse.ArgumentTypeError(f"a duty is one of {', '.join(DUTIES)}")
    return text


def _add(arguments: argparse.Namespace, site: Site) -> Answer:
    login = login_name(arguments.login)
    roles = tuple(dict.fromkeys(arguments.role))
    secret = new_secret() if arguments.second_factor or ADMINISTRATORS & set(roles) else None
    factor = site.ring().hide(secret, row=f"factor {login}") if secret else None
    password = _new_password(site, login)
    with writing(site.engine) as connection:
        areas = _areas(connection, arguments.area or ())
        person = Person(login, _named(arguments.name), roles, areas, tuple(arguments.duty or ()))
        now = wall_clock()
        add_person(connection, person, password=password, factor=factor, by=_BY, now=now)
        _bind(connection, site, arguments)
    return _told(person, site, secret)


def _change(arguments: argparse.Namespace, site: Site) -> Answer:
    login, now = login_name(arguments.login), wall_clock()
    secret = None
    with writing(site.engine) as connection:
        person = _found(connection, login)
        had_factor = _has_factor(connection, login)
        if arguments.name is not None:
            person = replace(person, name=_named(arguments.name))
        if arguments.role is not None:
            person = replace(person, roles=tuple(dict.fromkeys(arguments.role)))
        if arguments.area is not None:
            person = replace(person, areas=_areas(connection, arguments.area))
        if arguments.duty is not None:
            person = replace(person, duties=tuple(arguments.duty))
        change_person(connection, person, by=_BY, now=now)
        _bind(connection, site, arguments)
        needed = ADMINISTRATORS & set(person.roles) and not had_factor
        if arguments.second_factor or needed:
            secret = new_secret()
            factor = site.ring().hide(secret, row=f"factor {login}")
            set_factor(connection, login, factor, by=_BY, now=now)
            end_sessions(connection, login)
    return _told(person, site, secret)


def _list(_: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        people = read_people(connection)
    return Answer({"people": [_shown(one) for one in people]}, [_line(one) for one in people])


def _password(arguments: argparse.Namespace, site: Site) -> Answer:
    login = login_name(arguments.login)
    with reading(site.engine) as connection:
        _found(connection, login)
    made = _new_password(site, login)
    with writing(site.engine) as connection:
        end_sessions(connection, login)
        set_password(connection, login, made, by=_BY, now=wall_clock())
    return Answer({"login": login, "changed": True}, [f"{login}: the password is set anew"])


def _disable(arguments: argparse.Namespace, site: Site) -> Answer:
    return _set_disabled(arguments, site, disabled=True)


def _enable(arguments: argparse.Namespace, site: Site) -> Answer:
    return _set_disabled(arguments, site, disabled=False)


def _set_disabled(arguments: argparse.Namespace, site: Site, *, disabled: bool) -> Answer:
    login = login_name(arguments.login)
    with writing(site.engine) as connection:
        end_sessions(connection, login)
        set_disabled(connection, login, disabled=disabled, by=_BY, now=wall_clock())
    says = "may sign in no more" if disabled else "may sign in again"
    return Answer({"login": login, "disabled": disabled}, [f"{login} {says}"])


def _new_password(site: Site, login: str) -> str:
    """Read a new password from the terminal, twice, or a line of standard input; hash it."""
    if sys.stdin.isatty():
        password = getpass.getpass(f"password of {login}: ")
        if getpass.getpass("once more: ") != password:
            raise InputError("password: the two are not the same")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    check_password(password, login, site.settings.accounts.password_least)
    return hash_password(password, site.settings.sealing.password_hash)


def _bind(connection: Connection, site: Site, arguments: argparse.Namespace) -> None:
    """Bind a person to the name by which they are known elsewhere, or to none, where one is given.

    A person is known at one place: a new name takes the place of the old one.
    """
    accounts = site.settings.accounts
    provider: Provider | WorkApp | None
    if arguments.subject is not None:
        name, where = arguments.subject.strip(), "accounts.oidc"
        provider = read_provider(accounts.oidc, where, Provider)
    elif arguments.work_app_id is not None:
        name, where = arguments.work_app_id.strip(), "accounts.work_app"
        provider = read_provider(accounts.work_app, where, WorkApp)
    else:
        return
    if provider is None:
        raise InputError(f"{where} names no place of sign-ins")
    subject = provider.subject(name) if name else None
    set_subject(connection, login_name(arguments.login), subject, by=_BY, now=wall_clock())


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 50:
        raise InputError("name: 1 to 50 characters")
    return name


def _areas(connection: Connection, given: Sequence[str]) -> tuple[str, ...]:
    """Give the units of these codes as ``level:code``."""
    names = []
    for text in given:
        _, mark, code = text.rpartition(":")
        found = [one for one in unit_names(connection, code) if not mark or one == text]
        if len(found) != 1:
            why = "there is no such unit" if not found else f"give one of {', '.join(found)}"
            raise InputError(f"area {text}: {why}")
        names += found
    return tuple(dict.fromkeys(names))


def _found(connection: Connection, login: str) -> Person:
    found = find_person(connection, login)
    if found is None:
        raise NotFound(f"there is no person {login}")
    return found[0]


def _has_factor(connection: Connection, login: str) -> bool:
    found = find_person(connection, login)
    return found is not None and found[1].factor is not None


def _told(person: Person, site: Site, secret: str | None) -> Answer:
    data, lines = _shown(person), [_line(person)]
    if secret is not None:
        address = address_of(secret, person.login, site.settings.jurisdiction.name)
        data |= {"second_factor": secret, "second_factor_address": address}
        lines += ["second factor, shown this once; enter it in an authenticator:", secret, address]
    return Answer(data, lines)


def _shown(person: Person) -> dict[str, object]:
    return {
        "login": person.login,
        "name": person.name,
        "roles": list(person.roles),
        "areas": list(person.areas),
        "duties": list(person.duties),
        "disabled_at": person.disabled_at,
    }


def _line(person: Person) -> str:
    parts = [person.login, person.name, ", ".join(person.roles), *person.areas, *person.duties]
    return "  ".join(parts) + ("  disabled" if person.disabled_at else "")
