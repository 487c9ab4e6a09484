"""People, the second factor, sessions, pauses, tokens: the stores and the rules."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from appeals.audit.store import latest
from appeals.database import Engine, reading, writing
from appeals.errors import Conflict, InputError, NotFound
from appeals.people.factor import STEP_S, code_at, step_of
from appeals.people.roles import (
    ADMINISTRATORS,
    RIGHTS,
    Right,
    StaffRole,
    check_roles,
    has_area,
    viewer_as,
)
from appeals.people.store import (
    Person,
    add_person,
    any_person,
    change_person,
    find_person,
    set_disabled,
    set_factor,
    use_step,
)
from appeals.people.words import check_password, login_name
from appeals.privacy import Role
from appeals.seals import KeyRing
from appeals.sessions.pauses import ACCOUNT_FREE, MOST_S, pause_s
from appeals.sessions.store import (
    SESSIONS,
    Terms,
    begin_session,
    end_sessions,
    find_session,
    forgive,
    note_use,
    try_once,
)
from appeals.tokens.store import TOKENS, Token, add_token, find_token, revoke_token
from tests.appeals.arrivals import NOW

FIRST = Person("root1", "管理员", (StaffRole.SYSTEM_ADMIN,))
ZHANG = Person("zhang", "张三", (StaffRole.DUTY_OFFICER,), duties=("应急",))
TERMS = Terms(timedelta(minutes=30), timedelta(hours=12))
SECRET = base64.b32encode(b"12345678901234567890").decode()


def add(engine: Engine, *people: Person) -> None:
    with writing(engine) as connection:
        for one in people:
            add_person(connection, one, password="x", factor=None, by="terminal", now=NOW)


# --- the second factor ----------------------------------------------------------------------------

# RFC 6238, Appendix B: the SHA-1 column, its last six digits.
VECTORS = [
    (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
    (2000000000, "279037"), (20000000000, "353130"),
]  # fmt: skip


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_a_number_is_the_one_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(SECRET, seconds // STEP_S) == code
    assert step_of(SECRET, code, seconds, 0) == seconds // STEP_S


def test_a_number_holds_for_one_step_more_either_way_and_works_once() -> None:
    now = 2_000_000_000
    step = now // STEP_S
    code = code_at(SECRET, step)

    assert step_of(SECRET, code, now + STEP_S, 0) == step
    assert step_of(SECRET, code, now - STEP_S, 0) == step
    assert step_of(SECRET, code, now + 2 * STEP_S, 0) is None
    assert step_of(SECRET, code, now, step) is None
    assert step_of(SECRET, f" {code[:3]} {code[3:]}", now, 0) == step
    for wrong in ("", "000000", "一二三四五六", code[:5], code + "0"):
        assert step_of(SECRET, wrong, now, 0) is None


def test_a_step_is_used_by_one_of_two_and_its_secret_is_sealed_for_its_person(
    engine: Engine, ring: KeyRing
) -> None:
    add(engine, FIRST)
    hidden = ring.hide(SECRET, row="factor root1")
    with writing(engine) as connection:
        set_factor(connection, "root1", hidden, by="terminal", now=NOW)
        assert use_step(connection, "root1", 7)
        assert not use_step(connection, "root1", 7)
        assert not use_step(connection, "root1", 6)

    assert SECRET not in hidden
    assert ring.reveal(hidden, row="factor root1") == SECRET
    with pytest.raises(InputError, match="another row"):
        ring.reveal(hidden, row="factor zhang")


# --- roles ----------------------------------------------------------------------------------------


def test_administrators_are_kept_apart_from_each_other_and_from_all_work() -> None:
    for admin in ADMINISTRATORS:
        for other in set(StaffRole) - {admin}:
            area = ["street:1"] if has_area([other]) else []
            with pytest.raises(InputError, match="三员分立"):
                check_roles([admin, other], area)
        assert not RIGHTS[admin] & {Right.APPEALS, Right.ALERTS, Right.FIGURES, Right.PLACE}
        assert viewer_as("x", [admin], frozenset()).role is Role.LOG


def test_an_area_belongs_to_those_who_answer_for_one() -> None:
    for roles, areas in (
        ([], []),
        ([StaffRole.GRID_WORKER], []),
        ([StaffRole.STREET_OFFICIAL], []),
        ([StaffRole.PLANNER], ["street:1"]),
    ):
        with pytest.raises(InputError):
            check_roles(roles, areas)


def test_several_roles_do_not_add_up_to_a_look_that_none_of_them_has() -> None:
    liaison = StaffRole.LIAISON

    assert viewer_as("x", [liaison], frozenset()).role is Role.LIAISON
    for other, look in (
        (StaffRole.STREET_OFFICIAL, Role.STREET),
        (StaffRole.GRID_WORKER, Role.GRID),
        (StaffRole.DUTY_OFFICER, Role.OPERATOR),
    ):
        assert viewer_as("x", [liaison, other], frozenset({1})).role is look


# --- people ---------------------------------------------------------------------------------------


def test_the_first_person_is_a_system_administrator_and_nobody_opens_the_site_again(
    engine: Engine,
) -> None:
    with writing(engine) as connection, pytest.raises(InputError, match="first person"):
        add_person(connection, ZHANG, password="x", factor=None, by="terminal", now=NOW)
    with reading(engine) as connection:
        assert not any_person(connection)
    add(engine, FIRST)
    with writing(engine) as connection:
        set_disabled(connection, "root1", disabled=True, by="terminal", now=NOW)
    with reading(engine) as connection:
        assert any_person(connection)


def test_people_are_found_and_changed_and_a_login_name_is_one_persons(engine: Engine) -> None:
    add(engine, FIRST, ZHANG)
    other = replace(ZHANG, name="张三丰", roles=(StaffRole.LEADER,))
    with writing(engine) as connection:
        change_person(connection, other, by="terminal", now=NOW)

    with reading(engine) as connection:
        found = find_person(connection, "zhang")
        assert find_person(connection, "li") is None
    assert found is not None
    assert found[0] == other
    with writing(engine) as connection, pytest.raises(Conflict):
        add_person(connection, ZHANG, password="x", factor=None, by="terminal", now=NOW)
    with writing(engine) as connection, pytest.raises(NotFound):
        change_person(connection, replace(ZHANG, login="li"), by="terminal", now=NOW)


@pytest.mark.parametrize(
    "password",
    ["", "short", "zhangzhang1", "xxgnahz2026!", "aaaaaaaaaaaa", "0123456789", "a" * 201],
)
def test_a_password_that_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(InputError, match="password"):
        check_password(password, "zhang", 10)


def test_a_password_needs_length_and_no_kinds_of_characters() -> None:
    check_password("correct horse battery", "zhang", 10)
    check_password("今夜值班请勿打扰我们", "zhang", 10)


@pytest.mark.parametrize("name", ["", "a", "zhang san", "a/b", "<b>", "x" * 41])
def test_a_login_name_is_plain(name: str) -> None:
    with pytest.raises(InputError, match="login"):
        login_name(name)


# --- sessions -------------------------------------------------------------------------------------


def found_after(engine: Engine, secret: str, **after: float) -> bool:
    with reading(engine) as connection:
        return find_session(connection, secret, NOW + timedelta(**after), TERMS) is not None


def test_a_session_ends_when_idle_and_in_any_case_and_a_clock_set_back_gives_no_time(
    engine: Engine,
) -> None:
    add(engine, FIRST)
    with writing(engine) as connection:
        secret = begin_session(connection, "root1", NOW, TERMS)

    assert found_after(engine, secret, minutes=29)
    assert not found_after(engine, secret, minutes=30)
    assert not found_after(engine, secret, minutes=-6)
    with writing(engine) as connection:
        for minutes in range(20, 12 * 60, 20):
            note_use(connection, secret, NOW + timedelta(minutes=minutes))
    assert found_after(engine, secret, minutes=12 * 60 - 1)
    assert not found_after(engine, secret, minutes=12 * 60)


def test_the_secret_of_a_session_stands_nowhere_and_all_of_a_person_can_be_ended(
    engine: Engine,
) -> None:
    add(engine, FIRST, ZHANG)
    with writing(engine) as connection:
        mine = begin_session(connection, "zhang", NOW, TERMS)
        other = begin_session(connection, "root1", NOW, TERMS)
        assert mine not in str(connection.execute(sa.select(SESSIONS)).all())
        end_sessions(connection, "zhang")

    assert not found_after(engine, mine, minutes=1)
    assert found_after(engine, other, minutes=1)
    assert not found_after(engine, "", minutes=1)


# --- pauses ---------------------------------------------------------------------------------------


def test_pauses_grow_and_end() -> None:
    waits = [pause_s(n, ACCOUNT_FREE) for n in range(100)]

    assert waits[:ACCOUNT_FREE] == [0] * ACCOUNT_FREE
    assert waits == sorted(waits)
    assert waits[-1] == MOST_S


def test_attempts_are_counted_before_they_are_made_and_a_pause_counts_nothing(
    engine: Engine,
) -> None:
    keys = [("account", 3), ("address", 20)]
    waits = []
    with writing(engine) as connection:
        for _ in range(6):
            waits.append(try_once(connection, keys, NOW))

    assert waits == [None, None, None, *[timedelta(seconds=5)] * 3]
    later = NOW + timedelta(seconds=5)
    with writing(engine) as connection:
        assert try_once(connection, keys, later) is None
        assert try_once(connection, keys, later) == timedelta(seconds=10)
        # Set back by a year, the clock does not shut anybody out for one.
        assert try_once(connection, keys, NOW - timedelta(days=365)) is None
        assert try_once(connection, keys, NOW + timedelta(days=2)) is None
        assert try_once(connection, keys, NOW + timedelta(days=2)) is None


def test_who_signs_in_to_an_account_of_their_own_does_not_begin_anew_with_others(
    engine: Engine,
) -> None:
    with writing(engine) as connection:
        for account in ("a", "b", "own", "c"):
            assert try_once(connection, [(account, 9), ("address", 4)], NOW) is None
            if account == "own":
                forgive(connection, "own", "address")
        assert try_once(connection, [("d", 9), ("address", 4)], NOW) is None
        assert try_once(connection, [("e", 9), ("address", 4)], NOW) is not None


# --- tokens ---------------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_holds_until_it_is_over_or_revoked(engine: Engine) -> None:
    token = Token("feed", (Right.INTAKE,), NOW, NOW + timedelta(days=30))
    with writing(engine) as connection:
        secret = add_token(connection, token, by="terminal")
        assert secret not in str(connection.execute(sa.select(TOKENS)).all())
        assert find_token(connection, secret, NOW) == token
        assert find_token(connection, secret, NOW + timedelta(days=30)) is None
        assert find_token(connection, secret, NOW - timedelta(days=1)) is None
        assert find_token(connection, secret + "x", NOW) is None
        with pytest.raises(Conflict):
            add_token(connection, token, by="terminal")
        revoke_token(connection, "feed", by="terminal", now=NOW)
        assert find_token(connection, secret, NOW) is None
        with pytest.raises(NotFound):
            revoke_token(connection, "feed", by="terminal", now=NOW)


@pytest.mark.parametrize("scopes", [(), (Right.APPEALS,), (Right.INTAKE, Right.ALERTS)])
def test_a_machine_is_given_nothing_that_is_for_people(
    engine: Engine, scopes: tuple[Right, ...]
) -> None:
    with writing(engine) as connection, pytest.raises(InputError, match="scope"):
        add_token(connection, Token("x1", scopes, NOW, NOW + timedelta(days=1)), by="terminal")


def test_the_log_says_for_which_units_somebody_was_added(engine: Engine) -> None:
    street = Person("li", "李四", (StaffRole.STREET_OFFICIAL,), ("street:990101001",))
    add(engine, FIRST, street)

    with reading(engine) as connection:
        (entry,) = latest(connection, limit=1)

    # In the detail a code would be hidden as a number.
    assert entry.subject == "person li of street:990101001"
