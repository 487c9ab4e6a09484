"""治理类名单 and 整改成效 out of the stores, on a city of two years."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from appeals.audit.store import entries
from appeals.database import Connection, Engine, writing
from appeals.errors import Conflict, InputError, NotFound
from hotspots.governance.rules import Rules, read_rules, rules_of, shipped_rules
from hotspots.governance.store import Decision, decide, decisions, listed_codes
from hotspots.remedies.store import Remedy, add_remedies, read_remedies, withdraw
from maps.asking import Question
from maps.governance import headline, history_of, list_of, standing_of
from maps.office import Office
from maps.remedies import check_remedy, remedies_of
from tests.maps.two_years import COMMUNITIES, LIFTS, MENDED, NOISE

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CODES = tuple(f"99010100{i // 4 + 1}{i % 4 + 1:03d}" for i in range(12))
ASKED = Question("community", 2026, 2)


@pytest.fixture
def connection(two_years: Connection) -> Connection:
    return two_years


def decision(act: str, **more: object) -> Decision:
    given: dict[str, object] = {
        "level": "community", "code": CODES[4], "class_code": "", "month": "2026-02", "act": act,
        "proposed": "enter", "parts": {"score": 0.9}, "who": "李主任", "reason": "噪声诉求居首",
        "at": NOW,
    }  # fmt: skip
    return Decision(**(given | more))  # type: ignore[arg-type]


def remedies(*rows: int, batch: str = "电梯整治") -> list[Remedy]:
    return [
        Remedy(batch, "community", CODES[row], LIFTS, "2025-11", date(2025, 12, 1), "更换电梯",
               "王科长", NOW)
        for row in rows
    ]  # fmt: skip


def test_the_communities_with_most_appeals_are_proposed_with_all_parts(
    connection: Connection,
) -> None:
    asked = headline(connection, ASKED)
    standing = standing_of(connection, asked, shipped_rules())
    answer = list_of(standing, shipped_rules(), [], UTC)
    items = answer["items"]
    assert isinstance(items, list)

    assert asked.reading == "lies"  # the cases say the street they were sent to, not the community
    assert headline(connection, Question("street", 2026, 2)).reading == "sent"
    named = {one["name"]: one for one in items}
    assert [one["proposed"] for one in items[:1]] == ["enter"]
    assert items[0]["name"] == COMMUNITIES[4]
    assert named[COMMUNITIES[4]]["repeats"] > 0.15  # one caller from one place
    assert named[COMMUNITIES[7]]["repeats"] == 0
    assert all(0 <= one["scores"][-1] <= 1 for one in items)
    assert all(one["resolution"] is None for one in items)  # no data is said, not guessed
    steady = sorted(items, key=lambda one: one["rate_12"], reverse=True)
    assert {one["name"] for one in steady[:3]} == {COMMUNITIES[i] for i in (4, 5, 6)}


def test_a_decision_is_signed_kept_with_its_figures_and_in_the_audit_log(
    connection: Connection,
) -> None:
    parts = standing_of(connection, ASKED, shipped_rules()).parts_of(CODES[4])
    decide(connection, decision("enter", parts=parts))
    decide(connection, decision("stay", reason="电话13800001234仍在反映"))

    found = history_of(connection, ASKED)
    assert [(one.act, one.who) for one in found] == [("stay", "李主任"), ("enter", "李主任")]
    assert found[1].parts == parts
    assert "13800001234" not in found[0].reason
    standing = standing_of(connection, ASKED, shipped_rules())
    assert standing.listed == {CODES[4]}
    assert standing.proposal_of(CODES[4]) == "stay"
    assert [one.act for one in entries(connection)] == ["listing enter", "listing stay"]
    with pytest.raises(NotFound):
        standing.parts_of("990101009009")


def test_a_decision_that_does_not_fit_the_list_is_refused(connection: Connection) -> None:
    with pytest.raises(Conflict):
        decide(connection, decision("leave"))
    decide(connection, decision("pass"))
    assert not listed_codes(connection, "community", "")
    decide(connection, decision("enter"))
    with pytest.raises(Conflict):
        decide(connection, decision("enter"))
    with pytest.raises(InputError, match="who"):
        decide(connection, decision("stay", who=" "))
    decide(connection, decision("leave"))
    assert not listed_codes(connection, "community", "")
    assert not decisions(connection, "community", LIFTS)  # each class has a list of its own


def test_a_batch_that_was_mended_fell_and_its_neighbours_did_not(connection: Connection) -> None:
    for one in remedies(*MENDED):
        check_remedy(connection, one, Office())
    add_remedies(connection, remedies(*MENDED))
    (found,) = remedies_of(connection, Office())

    outcome, neighbours = found["outcome"], found["neighbours"]
    assert isinstance(outcome, dict)
    assert isinstance(neighbours, dict)
    assert found["months"] == 3
    assert outcome["verdict"] == "fell"
    assert outcome["came"] < outcome["low"] <= outcome["expected"]
    assert neighbours["verdict"] == "unclear"
    assert [place["name"] for place in found["places"]] == [COMMUNITIES[i] for i in MENDED]  # type: ignore[attr-defined]


def test_a_batch_where_nothing_was_done_is_unclear_and_says_what_could_be_seen(
    connection: Connection,
) -> None:
    add_remedies(connection, remedies(8, batch="一处"))
    (found,) = remedies_of(connection, Office())

    outcome = found["outcome"]
    assert isinstance(outcome, dict)
    assert outcome["verdict"] == "unclear"
    assert outcome["visible_fall"] > 0.2


def test_what_cannot_be_judged_says_why(connection: Connection) -> None:
    late = Remedy("迟", "community", CODES[0], "", "2026-02", date(2026, 2, 3), "x", "y", NOW)
    early = Remedy("早", "community", CODES[0], "", "2024-06", date(2024, 7, 1), "x", "y", NOW)
    add_remedies(connection, [late, early])
    found = {str(one["batch"]): one for one in remedies_of(connection, Office())}

    assert found["迟"]["missing"] == "not_over"
    young = found["早"]
    assert (young["missing"], young["needed"], young["there"]) == ("too_young", 24, 6)


def by_lot(begin: tuple[int, ...], *rows: int, lot: str = "0a") -> list[Remedy]:
    return [
        replace(one, lot=lot, waits=row not in begin)
        for row, one in zip(rows, remedies(*rows, batch="抽签分批"), strict=True)
    ]


def test_a_lot_judges_who_began_by_who_waited_as_long_as_they_wait(connection: Connection) -> None:
    add_remedies(connection, by_lot(MENDED, *range(12)))
    (found,) = remedies_of(connection, Office())

    lot = found["lot"]
    assert isinstance(lot, dict)
    assert found["verdict"] == "fell"
    assert lot["p"] == pytest.approx(1 / 220, abs=1e-4)
    assert lot["began"] < 0.5 < 0.8 < lot["waited"]
    assert (lot["months"], lot["waited_until"], lot["withdrawn"]) == (3, None, 0)
    assert [one["code"] for one in found["places"] if not one["waits"]] == list(CODES[:3])  # type: ignore[attr-defined]
    assert found["outcome"]["came"] < 100  # type: ignore[index]  # of those that began alone
    (second,) = remedies(7, batch="第二批")
    second = replace(second, trigger_month="2025-12", started_on=date(2026, 1, 9))
    other = replace(second, batch="噪声", class_code=NOISE, started_on=date(2025, 12, 9))
    add_remedies(connection, [second])
    add_remedies(connection, [other])
    (found,) = remedies_of(connection, Office(), only={"抽签分批"})
    lot = found["lot"]
    assert isinstance(lot, dict)
    assert (lot["months"], lot["waited_until"]) == (1, date(2026, 1, 9))
    add_remedies(connection, [replace(second, batch="早", started_on=date(2025, 12, 9))])
    (found,) = remedies_of(connection, Office(), only={"抽签分批"})
    assert (found["verdict"], found["lot"]["months"]) == (None, 0)  # type: ignore[index]


def test_a_list_divided_by_lot_takes_no_more_places_and_a_lot_taken_back_is_told(
    connection: Connection,
) -> None:
    add_remedies(connection, by_lot((0, 1, 2), *range(10)))
    with pytest.raises(Conflict, match="by lot"):
        add_remedies(connection, remedies(10, batch="抽签分批"))
    with pytest.raises(Conflict, match="by lot"):
        add_remedies(connection, by_lot((10,), 10, lot="0b"))
    withdraw(connection, "抽签分批", "王科长", NOW)
    add_remedies(connection, by_lot((3, 4, 5), *range(10), lot="0b"))

    (found,) = remedies_of(connection, Office())
    assert found["lot"]["withdrawn"] == 1  # type: ignore[index]
    assert found["verdict"] == "unclear"  # what was mended waits by this lot
    said = [(one.act, one.detail) for one in entries(connection)]
    assert said[0] == ("remedy", f"2025-11 {LIFTS} 0a")
    assert [act for act, _ in said].count("remedy waits") == 14


def test_a_wrong_remedy_is_refused_and_one_entered_in_error_is_withdrawn(
    connection: Connection,
) -> None:
    add_remedies(connection, remedies(0))
    with pytest.raises(Conflict):
        add_remedies(connection, remedies(0))
    other = Remedy(
        "电梯整治", "community", CODES[1], "", "2025-11", date(2025, 12, 1), "x", "y", NOW
    )
    with pytest.raises(Conflict):
        add_remedies(connection, [other])
    wrong = Remedy("乙", "community", CODES[1], "", "2025-11", date(2026, 1, 1), "x", "y", NOW)
    with pytest.raises(InputError, match="2025-11-01 to 2025-12-31"):
        check_remedy(connection, wrong, Office())
    with pytest.raises(InputError, match="trigger_month"):
        add_remedies(
            connection,
            [Remedy("丙", "community", CODES[1], "", "2025-13", date(2026, 1, 1), "x", "y", NOW)],
        )
    withdraw(connection, "电梯整治", "王科长", NOW)
    assert read_remedies(connection) == []
    with pytest.raises(NotFound):
        withdraw(connection, "电梯整治", "王科长", NOW)


def test_lists_and_remedies_are_kept_on_both_databases(engine: Engine) -> None:
    with writing(engine) as connection:
        decide(connection, decision("enter"))
        add_remedies(connection, remedies(0, 1))
        add_remedies(connection, by_lot((2,), 2, 3))
    with writing(engine) as connection:
        assert decisions(connection, "community", "") == [decision("enter")]
        assert read_remedies(connection) == [*remedies(0, 1), *by_lot((2,), 2, 3)]
        withdraw(connection, "电梯整治", "王科长", NOW)
        assert read_remedies(connection, "电梯整治") == []


SHIPPED = Path(__file__).parents[2] / "hotspots" / "governance" / "rules.toml"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rate_12 =", "rate_21 =", "did you mean weights.rate_12"),
        ("rate_3 = 0.25", "rate_3 = -1", "weights.rate_3 must be a number"),
        ("months = 2 ", "months = 0 ", "enter.months must be a whole number from 1"),
        ("score = 0.65", "score = 0.95", "places would go in and out"),
        ("[leave]", "[leaves]", "did you mean leave"),
        ("least = 30", "least = true", "enter.least"),
        ("satisfaction = 0.1", "", "weights.satisfaction is missing"),
        ("[enter]", "[enter", "not valid TOML"),
    ],
)
def test_a_wrong_rule_is_told_by_its_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "own.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(InputError, match=r"own\.toml") as refused:
        read_rules(path)
    assert said in str(refused.value)


def test_rules_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing.toml cannot be read"):
        read_rules(tmp_path / "nothing.toml")
    rules: Rules = rules_of(SHIPPED.read_text(encoding="utf-8"), "rules.toml")
    assert rules == shipped_rules() == read_rules(None)
