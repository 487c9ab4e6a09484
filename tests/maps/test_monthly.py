"""每月一题: what is nominated out of the stores, and a topic worked off to its end."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from appeals.audit.store import entries
from appeals.database import Connection, Engine, writing
from appeals.errors import Conflict, InputError, NotFound
from hotspots.monthly.rules import read_rules, rules_of
from hotspots.monthly.store import add_item, choose_topic, move, read_topics
from maps.asking import Question
from maps.monthly import nominated, nominations, topics_chosen
from maps.office import Office
from tests.maps.two_years import LIFTS, NOISE, WATER

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = date(2026, 3, 2)
ASKED = Question("street", 2026, 2)
SAID: dict[str, Any] = {"who": "李主任", "now": NOW}


@pytest.fixture
def connection(two_years: Connection) -> Connection:
    return two_years


def choose(connection: Connection, **more: object) -> int:
    given: dict[str, Any] = {
        "month": "2026-02", "class_code": LIFTS, "lead": "住建局", "plan": "更换老旧电梯",
        "rank": 1, "parts": {"score": 0.9}, **SAID,
    }  # fmt: skip
    return choose_topic(connection, **(given | more))


def test_what_all_streets_share_month_after_month_is_nominated_first(
    connection: Connection,
) -> None:
    rules = read_rules(None)
    of = nominations(connection, ASKED, rules)
    answer = nominated(of, rules)
    items = answer["items"]

    assert answer["can_from"] is None
    assert isinstance(items, list)
    assert {one["code"] for one in items} == {NOISE, LIFTS, WATER}
    assert all(one["rank"] for one in items)
    by_code = {one["code"]: one for one in items}
    assert by_code[LIFTS]["reach"] == 1.0
    assert by_code[LIFTS]["even"] > by_code[NOISE]["even"]  # noise is three communities'
    assert by_code[LIFTS]["slope"] < 0  # it was mended in three of them
    assert by_code[NOISE]["unsolved"] is None  # no data is said, not guessed
    assert sum(one["volume"] for one in items) == pytest.approx(1, abs=1e-3)
    assert [one["score"] for one in items] == sorted((one["score"] for one in items), reverse=True)


def test_classes_are_looked_at_in_the_depth_of_the_rules(connection: Connection) -> None:
    text = Path("hotspots/monthly/rules.toml").read_text(encoding="utf-8")
    rules = rules_of(text.replace("depth = 2", "depth = 1"), "own.toml")

    assert nominations(connection, ASKED, rules).codes == ("公用", "噪声", "物业")


def test_too_young_a_city_nominates_nothing_and_says_so(connection: Connection) -> None:
    rules = read_rules(None)
    answer = nominated(nominations(connection, Question("street", 2024, 2), rules), rules)

    assert (answer["months"], answer["can_from"]) == (2, "2024-03")
    items = answer["items"]
    assert isinstance(items, list)
    assert all(one["rank"] is None for one in items)
    with pytest.raises(InputError, match="category"):
        nominations(connection, ASKED, rules).parts_of("没有/这一类")


def test_a_topic_ends_only_when_every_problem_every_task_and_every_duty_is_there(
    connection: Connection,
) -> None:
    topic = choose(connection, plan="更换老旧电梯，联系张师傅13800001234")
    with pytest.raises(Conflict, match="not ended"):
        choose(connection, month="2026-03")
    with pytest.raises(Conflict, match="problem of the topic"):
        move(connection, topic, None, "end", reason="完", **SAID)

    problem = add_item(
        connection, topic, "problem", about=None, what="电梯超过十五年", due_on=None, **SAID
    )
    with pytest.raises(Conflict, match="task of the problem"):
        move(connection, topic, problem, "done", reason="完", **SAID)
    with pytest.raises(InputError, match="due_on"):
        add_item(connection, topic, "task", about=problem, what="更换", due_on=None, **SAID)
    task = add_item(
        connection, topic, "task", about=problem, what="更换三台", due_on=date(2026, 3, 1), **SAID
    )
    with pytest.raises(Conflict, match="nobody answers"):
        move(connection, topic, task, "done", reason="完", **SAID)
    with pytest.raises(NotFound, match="no such task"):
        add_item(connection, topic, "duty", about=problem, what="房管科", due_on=None, **SAID)

    told = topics_chosen(connection, Office(), TODAY, UTC)[0]
    items = told["items"]
    assert isinstance(items, list)
    assert [one["overdue"] for one in items] == [False, True]
    assert "13800001234" not in str(told)

    add_item(connection, topic, "duty", about=task, what="房管科科长", due_on=None, **SAID)
    move(connection, topic, task, "done", reason="已更换", **SAID)
    move(connection, topic, problem, "done", reason="已解决", **SAID)
    with pytest.raises(Conflict, match="reopen it first"):
        move(connection, topic, task, "reopen", reason="又坏", **SAID)
    move(connection, topic, problem, "reopen", reason="又坏", **SAID)
    move(connection, topic, problem, "done", reason="修好", **SAID)
    move(connection, topic, None, "end", reason="诉求下降", **SAID)

    found = read_topics(connection, topic)[0]
    assert found.ended
    assert [one.act for one in found.moves] == ["done", "done", "reopen", "done", "end"]
    with pytest.raises(Conflict, match="has ended"):
        add_item(connection, topic, "problem", about=None, what="又一个", due_on=None, **SAID)
    assert choose(connection, month="2026-03") != topic  # it may come again
    assert [one.act for one in entries(connection)][:2] == ["topic chosen", "topic problem"]


def test_the_course_of_a_topic_tells_its_share_before_and_since(connection: Connection) -> None:
    choose(connection, month="2025-11")
    of = topics_chosen(connection, Office(), TODAY, UTC)[0]["course"]

    assert isinstance(of, dict)
    assert (of["months"][0], of["months"][-1], len(of["n"])) == ("2024-02", "2026-02", 25)
    assert of["share_since"] < of["share_before"] - 0.03


def test_topics_and_their_lists_are_kept_on_both_databases(engine: Engine) -> None:
    with writing(engine) as connection:
        topic = choose(connection)
        problem = add_item(
            connection, topic, "problem", about=None, what="老旧", due_on=None, **SAID
        )
        add_item(
            connection, topic, "task", about=problem, what="更换", due_on=date(2026, 5, 1), **SAID
        )
    with writing(engine) as connection:
        found = read_topics(connection)[0]
        assert [(one.list, one.about, one.due_on) for one in found.items] == [
            ("problem", None, None), ("task", problem, date(2026, 5, 1)),
        ]  # fmt: skip
        assert found.parts == {"score": 0.9}
        assert found.at == NOW
        for plan in (" ", "甲" * 2001, "甲\0"):
            with pytest.raises(InputError, match="plan"):
                choose(connection, class_code=NOISE, plan=plan)
        with pytest.raises(NotFound):
            move(connection, 999, None, "end", reason="完", **SAID)
