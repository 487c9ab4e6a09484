"""Signing in: who fails learns nothing, and waits longer each time.

An unknown name costs the same work as a wrong password and has the same answer; the attempt is
counted before the password is looked at; slow hashes run in few places, so that many attempts at
once take neither the memory nor the machine.

Source: OWASP Authentication Cheat Sheet; NIST SP 800-63B-4 3.2.2.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from api.admission import terms
from api.desk import Desk
from api.elsewhere import Proven
from appeals.audit.store import append_entry
from appeals.database import Connection, reading, writing
from appeals.errors import Conflict, NotAllowed, Unavailable
from appeals.passwords import hash_password, verify_password
from appeals.people.factor import step_of
from appeals.people.store import (
    Person,
    Proof,
    any_person,
    find_person,
    find_subject,
    note_address,
    set_password,
    use_step,
)
from appeals.people.words import check_password, folded
from appeals.sessions.pauses import ACCOUNT_FREE, ADDRESS_FREE
from appeals.sessions.store import (
    begin_session,
    digest_of,
    end_session,
    end_sessions,
    forgive,
    try_once,
)

_PLACES = threading.BoundedSemaphore(2)  # a slow hash takes 64 MiB


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """What somebody typed, from where, and the session that the browser had before."""

    login: str
    password: str
    code: str
    address: str
    before: str | None


@dataclass(frozen=True, slots=True)
class Wait:
    """Too many failures: nothing is tried before this has passed."""

    time: timedelta


def sign_in(desk: Desk, attempt: Attempt) -> str | Wait:
    """Prove who somebody is and begin a session.

    Returns
    -------
    str | Wait
        The secret of a session that is new in any case, or the pause that is on.

    Raises
    ------
    NotAllowed
        Name, password or number is wrong; which one is not told.
    Conflict
        The site has no accounts.
    """
    proven = _prove(desk, attempt.login, attempt.password, attempt.address, attempt.code)
    if isinstance(proven, Wait):
        return proven
    now = desk.clock()
    with writing(desk.engine) as connection:
        if attempt.before:
            end_session(connection, attempt.before)
        note_address(connection, proven.login, attempt.address)
        secret = begin_session(connection, proven.login, now, terms(desk))
        _log(connection, desk, proven.login, "sign in", attempt.address)
    return secret


def admit_proven(
    desk: Desk, prove: Callable[[], Proven], address: str
) -> tuple[Person, str] | Wait:
    """Begin the session of somebody whom another place proves, or give the pause that is on.

    Raises
    ------
    NotAllowed
        It proves nobody, nobody here is known by that name, they are disabled, or have a second
        factor here and were asked for none there.
    Unavailable
        It does not answer.
    """
    place = digest_of(f"address {address}")
    with writing(desk.engine) as connection:
        wait = try_once(connection, [(place, ADDRESS_FREE)], desk.clock())
    if wait is not None:
        return Wait(wait)
    try:
        proven = prove()
    except Unavailable:  # nobody's failure
        with writing(desk.engine) as connection:
            forgive(connection, None, place)
        raise
    with writing(desk.engine) as connection:
        found = find_subject(connection, proven.subject)
        if found is None or found[0].disabled_at is not None:
            raise NotAllowed("nobody of this name may sign in")
        person, proof = found
        if proof.factor is not None and not proven.two_factors:
            raise NotAllowed("the provider asked for no second factor")
        forgive(connection, None, place)
        secret = begin_session(connection, person.login, desk.clock(), terms(desk))
        _log(connection, desk, person.login, "sign in", f"{address} by the provider of sign-ins")
    return person, secret


def sign_out(desk: Desk, login: str, secret: str) -> None:
    """End one session."""
    with writing(desk.engine) as connection:
        end_session(connection, secret)
        _log(connection, desk, login, "sign out")


def change_password(desk: Desk, login: str, old: str, new: str, address: str) -> str | Wait:
    """Set one's own password anew; all sessions end, and the secret of a new one is given.

    Raises
    ------
    NotAllowed
        The old password is wrong.
    InputError
        The new one is too easily guessed.
    """
    check_password(new, login, desk.settings.accounts.password_least)
    proven = _prove(desk, login, old, address, None)
    if isinstance(proven, Wait):
        return proven
    with _PLACES:
        made = hash_password(new, desk.settings.sealing.password_hash)
    now = desk.clock()
    with writing(desk.engine) as connection:
        end_sessions(connection, login)
        secret = begin_session(connection, login, now, terms(desk))
        set_password(connection, login, made, by=login, now=now)
    return secret


def _prove(desk: Desk, login: str, password: str, address: str, code: str | None) -> Person | Wait:
    """Check password and number; a ``code`` of ``None`` asks for no number."""
    login = folded(login)
    with reading(desk.engine) as connection:
        if not any_person(connection):
            raise Conflict("this site has no accounts yet")
        found = find_person(connection, login)
    usual = found is not None and found[1].last_address == address
    # Failures from elsewhere must not shut the owner out of the place where they always sit.
    account = digest_of(f"account {login} {address if usual else ''}")
    place = digest_of(f"address {address}")
    with writing(desk.engine) as connection:
        keys = [(account, ACCOUNT_FREE), (place, ADDRESS_FREE)]
        wait = try_once(connection, keys, desk.clock())
    if wait is not None:
        return Wait(wait)
    method = desk.settings.sealing.password_hash
    with _PLACES:
        nobodys = _nobodys(method)  # made for known names too: the first unknown one must not tell
        right = verify_password(password, found[1].password if found else nobodys)
    with writing(desk.engine) as connection:
        person = _person_of(connection, desk, found, code) if right else None
        if person is None:
            _log(connection, desk, login if found else "unknown", "fail to sign in", address)
        else:
            forgive(connection, account, place)
    if person is None:
        raise NotAllowed("name, password or number is wrong")
    return person


def _person_of(
    connection: Connection, desk: Desk, found: tuple[Person, Proof] | None, code: str | None
) -> Person | None:
    """Give the person where nothing else is in the way: disabled, or a wrong number."""
    if found is None or found[0].disabled_at is not None:
        return None
    person, proof = found
    if proof.factor is None or code is None:
        return person
    if desk.ring is None:
        raise Unavailable("this server has no keys to check a second factor")
    secret = desk.ring.reveal(proof.factor, row=f"factor {person.login}")
    step = step_of(secret, code, desk.clock().timestamp(), proof.factor_step)
    return person if step is not None and use_step(connection, person.login, step) else None


@cache
def _nobodys(method: str) -> str:
    """Give the slow hash of a password that nobody has."""
    return hash_password("", method)


def _log(connection: Connection, desk: Desk, login: str, act: str, address: str = "") -> None:
    detail = f"from {address}" if address else ""
    append_entry(
        connection, now=desk.clock(), actor=login, act=act, subject=f"person {login}", detail=detail
    )
