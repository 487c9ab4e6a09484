"""The life of an alert: who does what in which order, who is told, and what nobody may do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from alerts.response.act import Said, make_move, undo, verify
from alerts.response.moves import LABELS, Move, State, moves_from
from alerts.response.standing import LONGEST
from alerts.response.store import read_moves
from alerts.store import events_after, read_alert
from alerts.verdicts.moves import Verdict
from appeals.audit.chain import first_break
from appeals.audit.store import entries
from appeals.database import Engine, reading, writing
from appeals.errors import Conflict, InputError, NotFound
from appeals.seals import KeyRing
from tests.alerts.night import (
    DAY,
    DESK,
    GAS,
    NOW,
    POLICE,
    ROUTING,
    TERM,
    check,
    draft,
    found,
    move,
    pass_time,
    raise_alert,
    roster,
    standing,
    state,
    told,
)
from tests.alerts.test_store import VIEWER, appeals


@pytest.fixture
def smell(engine: Engine, ring: KeyRing) -> list[int]:
    """The numbers of four appeals; the roster is written, nothing is published."""
    roster(engine)
    return appeals(engine, ring, 4)


def test_danger_to_life_is_told_at_once_unverified_and_escalates_until_somebody_answers(
    engine: Engine, smell: list[int]
) -> None:
    alert = raise_alert(engine, found(smell[:2]))

    assert told(engine) == [
        ("raise", POLICE, "police"), ("raise", DESK, "desk"), ("raise", GAS, "first"),
    ]  # fmt: skip
    assert state(engine, alert) == "detected"
    assert standing(engine, alert).unsigned
    for post, who in ((POLICE, "police"), (DESK, "desk")):
        move(engine, alert, Move.RECEIVE, who, post=post)
    pass_time(engine, NOW + timedelta(minutes=9))
    assert len(told(engine)) == 3
    pass_time(engine, NOW + timedelta(minutes=10))
    pass_time(engine, NOW + timedelta(minutes=19))
    pass_time(engine, NOW + timedelta(minutes=20))
    assert told(engine)[3:] == [("escalate", GAS, "deputy"), ("escalate", GAS, "chief")]
    pass_time(engine, NOW + timedelta(minutes=30))
    pass_time(engine, NOW + timedelta(minutes=90))
    assert told(engine)[5:] == [("escalate", GAS, "")]  # once: the phone list is left
    assert standing(engine, alert).asked[GAS].listed
    move(engine, alert, Move.RECEIVE, "王", post=GAS, detail={"how": "call"})
    assert not standing(engine, alert).pending


def test_the_whole_way_is_signed_told_received_and_ended_and_the_log_verifies(
    engine: Engine, smell: list[int]
) -> None:
    alert = raise_alert(engine, found(smell[:2], callers=3))
    check(engine, alert)
    draft(engine, alert)
    with pytest.raises(Conflict, match="signed by the leader"):
        move(engine, alert, Move.PUSH)
    with pytest.raises(Conflict, match="two persons"):
        move(engine, alert, Move.SIGN, "王")
    move(engine, alert, Move.SIGN, "李")
    move(engine, alert, Move.PUSH)
    assert [one for one in told(engine) if one[0] == "update"] == [
        ("update", POLICE, "police"), ("update", DESK, "desk"), ("update", GAS, "first"),
    ]  # fmt: skip
    for post in (GAS, POLICE, DESK):
        move(engine, alert, Move.RECEIVE, "某", post=post)
    move(engine, alert, Move.HANDLE, "某", reason="已到场")
    move(engine, alert, Move.REPORT_BACK, "某", reason="阀门已关")
    move(engine, alert, Move.LIFT, reason="复测正常")
    move(engine, alert, Move.REVIEW, reason="出警用时8分钟", detail={"outcome": "true"})

    assert state(engine, alert) == "reviewed"
    assert [one[:2] for one in told(engine)][-3:] == [
        ("cancel", POLICE), ("cancel", DESK), ("cancel", GAS),
    ]  # fmt: skip
    with reading(engine) as connection:
        moves = read_moves(connection, alert)
        log = list(entries(connection))
    assert [one.number for one in moves] == list(range(1, len(moves) + 1))
    assert [one.move for one in moves] == [
        "alarm", "verify", "assess", "sign", "push", "receive", "receive", "receive", "handle",
        "report_back", "lift", "review",
    ]  # fmt: skip
    assert {one.act for one in log} >= {one.move for one in moves if one.move != "verify"}
    assert first_break(log) is None


def test_of_two_who_press_at_once_the_second_is_told_who_did_what(
    engine: Engine, smell: list[int]
) -> None:
    alert = raise_alert(engine, found(smell[:2]))
    seen = standing(engine, alert).number
    move(engine, alert, Move.RECEIVE, "赵", post=GAS, seen=seen)

    with pytest.raises(Conflict, match=f"somebody was first: 赵, {LABELS[Move.RECEIVE]}"):
        move(engine, alert, Move.RECEIVE, "钱", post=POLICE, seen=seen)
    with pytest.raises(Conflict, match="somebody was first: 赵"):
        move(engine, alert, Move.RECEIVE, "钱", post=GAS)  # who looked at nothing
    with pytest.raises(InputError, match="no such move"):
        move(engine, alert, Move.NOTE, "钱", reason="x", seen=99)
    assert standing(engine, alert).received[GAS].who == "赵"


def test_of_many_who_press_in_one_moment_one_is_first_and_no_move_is_lost(
    engine: Engine, smell: list[int]
) -> None:
    alert = raise_alert(engine, found(smell[:2]))
    seen = standing(engine, alert).number

    def press(number: int) -> str:
        said = Said(f"员{number}", NOW, reason="到岗", post=GAS, seen=seen if number < 4 else None)
        try:
            with writing(engine) as connection:
                if number % 4 == 3:
                    verify(connection, alert, Verdict.TRUE, said, ROUTING, term=TERM)
                else:
                    name = Move.NOTE if number >= 4 else Move.RECEIVE
                    make_move(connection, alert, name, said, ROUTING)
        except Conflict as error:
            return str(error)
        return "done"

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(press, range(8)))

    with reading(engine) as connection:
        moves = read_moves(connection, alert)
    assert [one.number for one in moves] == list(range(1, len(moves) + 1))
    assert len(moves) == 1 + told.count("done")
    assert told[:4].count("done") <= 1
    assert all(one == "done" or "员" in one or "verdict" in one for one in told)


def test_what_is_found_untrue_is_told_to_whom_it_was_told(engine: Engine, smell: list[int]) -> None:
    alert = raise_alert(engine, found(smell[:2]))
    check(engine, alert, Verdict.FALSE)

    assert state(engine, alert) == "withdrawn"
    assert {one[1] for one in told(engine) if one[0] == "cancel"} == {DESK, GAS, POLICE}
    with writing(engine) as connection:
        undo(connection, alert, Said("李", NOW, reason="复核属实"), ROUTING)
    assert state(engine, alert) == "detected"


def test_history_and_what_is_set_apart_page_nobody(engine: Engine, smell: list[int]) -> None:
    raise_alert(engine, found(smell[:2], tick=NOW - 2 * DAY))
    apart = found(smell[2:])
    apart.aside = "over_budget"
    raise_alert(engine, apart)

    assert told(engine) == []


def test_a_graver_level_asks_for_receipts_and_a_signature_anew(
    engine: Engine, smell: list[int]
) -> None:
    one = found(smell[:2])
    alert = raise_alert(engine, one)
    check(engine, alert)
    draft(engine, alert)
    move(engine, alert, Move.SIGN, "李")
    move(engine, alert, Move.RECEIVE, "赵", post=GAS)
    before = len(told(engine))

    for _ in range(2):  # the same again tells nobody
        grown = found(smell[:3], callers=3)
        grown.alert_id = alert
        raise_alert(engine, grown)
    assert state(engine, alert) == "assessed"
    assert {kind for kind, _, _ in told(engine)[before:]} == {"update"}
    assert len(told(engine)) == before + 3
    assert GAS not in standing(engine, alert).received


def test_growing_without_a_graver_level_tells_nobody_again(
    engine: Engine, smell: list[int]
) -> None:
    alert = raise_alert(engine, found(smell[:1], callers=1))
    before = told(engine)
    grown = found(smell[:2], callers=2)
    grown.alert_id = alert
    raise_alert(engine, grown)

    assert told(engine) == before


def test_what_was_lifted_and_comes_back_is_armed_anew(engine: Engine, smell: list[int]) -> None:
    alert = raise_alert(engine, found(smell[:2]))
    check(engine, alert, Verdict.KNOWN)
    move(engine, alert, Move.LIFT, reason="已处置")
    before = len(told(engine))
    same = found(smell[:2])
    same.alert_id = alert
    raise_alert(engine, same)
    assert state(engine, alert) == "lifted"

    later = found(smell[:3], tick=NOW + timedelta(hours=2))
    later.alert_id = alert
    raise_alert(engine, later, NOW + timedelta(hours=2))
    assert state(engine, alert) == "detected"
    assert [kind for kind, _, _ in told(engine)[before:]] == ["raise"] * 3
    with reading(engine) as connection:
        assert read_alert(connection, VIEWER, alert)["verdict"] is None  # of the time before
    check(engine, alert, Verdict.TRUE)


def test_a_snooze_holds_back_its_own_key_until_the_level_rises(
    engine: Engine, smell: list[int]
) -> None:
    alert = raise_alert(engine, found(smell[:2]))  # of the whole city: a key without a unit
    until = (NOW + DAY).isoformat()
    move(engine, alert, Move.SNOOZE, reason="已知施工", detail={"until": until})
    before = len(told(engine))

    again = found(smell[2:], tick=NOW + timedelta(hours=13))
    held = raise_alert(engine, again, NOW + timedelta(hours=13))
    assert held != alert
    with reading(engine) as connection:
        assert read_alert(connection, VIEWER, held)["aside"] == "snoozed"
    assert len(told(engine)) == before
    graver = found(smell[2:], callers=4, tick=NOW + timedelta(hours=13))
    graver.alert_id = held
    raise_alert(engine, graver, NOW + timedelta(hours=13))
    assert len(told(engine)) == before + 3
    far = (NOW + 8 * DAY).isoformat()
    with pytest.raises(InputError, match="at most 7 days"):
        move(engine, alert, Move.SNOOZE, reason="x", detail={"until": far})


def test_an_alert_expires_at_its_time_which_has_a_limit(engine: Engine, smell: list[int]) -> None:
    alert = raise_alert(engine, found(smell[:2], severity=2))
    check(engine, alert)
    late = {"ask": "", "expires_at": (NOW + LONGEST["yellow"] + DAY).isoformat()}
    with pytest.raises(InputError, match="at most 72 hours"):
        move(engine, alert, Move.ASSESS, detail=late)
    draft(engine, alert)
    assert not standing(engine, alert).wants_update(NOW + timedelta(hours=5))
    assert standing(engine, alert).wants_update(NOW + timedelta(hours=6))
    move(engine, alert, Move.PUSH)
    pass_time(engine, NOW + timedelta(hours=12))

    assert state(engine, alert) == "expired"
    assert [kind for kind, _, _ in told(engine)].count("cancel") == 2
    pass_time(engine, NOW + DAY)
    assert state(engine, alert) == "expired"


def test_a_level_given_by_hand_stands_until_the_table_gives_a_graver_one(
    engine: Engine, smell: list[int]
) -> None:
    alert = raise_alert(engine, found(smell[:1], callers=1))
    check(engine, alert)
    with pytest.raises(InputError, match="why the level is lower"):
        draft(engine, alert, level="yellow")
    draft(engine, alert, level="yellow", reason="已关阀")

    def level(callers: int) -> str:
        grown = found(smell[: callers + 1], callers=callers)
        grown.alert_id = alert
        raise_alert(engine, grown)
        with reading(engine) as connection:
            return str(read_alert(connection, VIEWER, alert)["level"])

    assert level(2) == "yellow"
    assert level(3) == "red"


@pytest.mark.parametrize(
    ("name", "given", "why"),
    [
        (Move.WITHDRAW, {}, "say why"),
        (Move.NOTE, {"who": " ", "reason": "x"}, "name a person"),
        (Move.RECEIVE, {}, "name the post"),
    ],
)
def test_a_move_without_its_words_is_refused(
    engine: Engine, smell: list[int], name: Move, given: dict[str, str], why: str
) -> None:
    alert = raise_alert(engine, found(smell[:2]))
    with pytest.raises(InputError, match=why):
        move(engine, alert, name, **given)


def test_what_is_not_there_or_not_lawful_moves_nothing(engine: Engine, smell: list[int]) -> None:
    alert = raise_alert(engine, found(smell[:2]))
    with pytest.raises(NotFound):
        move(engine, alert + 1, Move.NOTE, reason="x")
    with pytest.raises(Conflict, match="cannot lift"):
        move(engine, alert, Move.LIFT)
    with pytest.raises(Conflict, match="was not told; told: "):
        move(engine, alert, Move.RECEIVE, post="别处")
    with reading(engine) as connection:
        assert [one["what"] for one in events_after(connection, 0)] == ["raised", "moved"]
        assert len(read_moves(connection, alert)) == 1


def test_the_words_of_a_move_keep_nobodys_phone(engine: Engine, smell: list[int]) -> None:
    alert = raise_alert(engine, found(smell[:2]))
    move(engine, alert, Move.NOTE, reason="来电人13987654321称已撤离")

    with reading(engine) as connection:
        assert "13987654321" not in read_moves(connection, alert)[-1].stated_reason


def test_every_state_is_reached_and_none_but_the_ended_is_a_dead_end() -> None:
    reached = {to for state in State for to in moves_from(state).values()}
    assert reached | {State.DETECTED} == set(State)
    for one in State:
        assert set(moves_from(one)) - {Move.NOTE}, one


def test_a_site_without_posts_says_that_nobody_was_told(engine: Engine, ring: KeyRing) -> None:
    alert = raise_alert(engine, found(appeals(engine, ring, 2)))

    assert told(engine) == []
    with reading(engine) as connection:
        (alarm,) = read_moves(connection, alert)
    assert alarm.move == "alarm"
    assert alarm.detail["told"] == []
    move(engine, alert, Move.RECEIVE, post="街道值班室", detail={"how": "call"})
