"""Cases moved through the interface, by those who may, once each, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from api.store import REPLIES
from appeals.audit.store import entries
from appeals.database import reading, writing
from appeals.errors import Conflict
from appeals.store import VERSIONS
from casework.act import Said, make_move
from casework.moves import Move
from casework.rules import read_rules
from casework.store import CASE_MOVES, CASE_PHOTOS, CASES
from tests.casework.town import COMMUNITY, NAME, NOW, PHONE, Town, order, picture


def rows(town: Town, table: sa.Table) -> list[Any]:
    with reading(town.engine) as connection:
        return list(connection.execute(sa.select(table)))


def test_a_case_goes_from_the_phone_to_the_desk_and_each_move_is_there_once(both: Town) -> None:
    both.come_as("jia")
    spot = {"lon": 104.0051, "lat": 30.0052, "accuracy_m": 12}
    when = "2026-03-09T11:20:00+08:00"

    for _ in range(2):  # each is sent twice, as a phone does that has not heard the answer
        sent: list[tuple[str, dict[str, Any], int]] = [
            ("receive", {"client_at": when}, 0),
            ("contact", {"reached": "no_answer"}, 0),
            ("contact", {"reached": "reached"}, 0),
            ("arrive", {"position": spot}, 0),
            ("done", {"words": f"已补上，{PHONE}"}, 2),
        ]
        for name, said, photos in sent:
            key = f"{name}-{said.get('reached')}"
            answer = both.move(1, name, key=key, photos=photos, seen=0, **said)
            assert answer.status_code == 200, answer.text
    both.come_as("street")
    assert both.move(1, "report-back", seen=5, words="已处置").status_code == 200
    both.come_as("desk")
    assert both.move(1, "close", seen=6).status_code == 200

    steps = rows(both, CASE_MOVES)
    assert [one.move for one in steps] == [
        "receive", "contact", "contact", "arrive", "done", "report_back", "close"
    ]  # fmt: skip
    assert [one.state for one in steps][:3] == ["received", "received", "contacted"]
    assert steps[0].at == both.now[0]  # the server's time decides
    assert steps[0].client_at.isoformat() == "2026-03-09T03:20:00+00:00"
    assert (steps[3].lon, steps[3].lat, steps[3].radius_m) == (104.0051, 30.0052, 12)
    assert [one.lon for one in steps if one.move != "arrive"] == [None] * 6  # no track
    assert PHONE not in steps[4].words
    kept = rows(both, CASE_PHOTOS)
    assert len(kept) == 2
    assert all(b"SECRETMAKER" not in one.content for one in kept)
    (case,) = rows(both, CASES)
    assert (case.state, case.holder, case.number) == ("closed", "jia", 7)
    with reading(both.engine) as connection:
        told = [(one.actor, one.act) for one in entries(connection)]
    assert told[-7:] == [("jia", "receive"), ("jia", "contact"), ("jia", "contact"),
                         ("jia", "arrive"), ("jia", "done"), ("street", "report back"),
                         ("desk", "close")]  # fmt: skip


def test_of_two_workers_the_first_at_the_server_has_it_and_the_second_is_told_who(
    town: Town,
) -> None:
    town.come_as("jia")
    assert town.move(1, "receive", seen=0).status_code == 200
    town.come_as("bing")  # of the same grid, without a network until now

    answer = town.move(1, "receive", seen=0, client_at="2026-03-09T08:00:00+08:00")

    assert answer.status_code == 409
    told = answer.json()
    assert (told["who"], told["move_word"], told["state_word"]) == ("jia", "签收", "已签收")
    assert told["number"] == 1
    assert answer.headers["content-type"] == "application/problem+json"
    assert town.move(1, "done", seen=1, photos=1).status_code == 409
    assert town.task(1)["moves"] == []
    assert len(rows(town, CASE_MOVES)) == 1


def test_what_happened_is_kept_though_the_case_was_given_to_somebody_else(town: Town) -> None:
    town.come_as("jia")
    town.move(1, "receive", seen=0)
    town.come_as("street")
    assert town.move(1, "assign", person="yi", words="换人").status_code == 200
    town.come_as("yi")
    assert [one["appeal_id"] for one in town.tasks() if one["mine"]] == [1]
    assert town.move(1, "receive").status_code == 200
    town.come_as("jia")  # spoke to the caller before, told only now

    kept = town.move(1, "contact", seen=1, reached="reached")
    done = town.move(1, "done", seen=1, photos=1)

    assert kept.status_code == 200
    assert done.status_code == 409
    assert done.json()["who"] == "street"  # the first who changed it after what was seen


def test_reminders_overtake_nobody(town: Town) -> None:
    town.come_as("jia")
    town.move(1, "receive", seen=0)
    town.come_as("street")
    assert town.move(1, "remind").status_code == 200
    town.come_as("jia")

    assert town.move(1, "done", seen=1, photos=1).status_code == 200


def test_a_key_that_came_with_another_request_is_refused(town: Town) -> None:
    town.come_as("jia")
    assert town.move(1, "receive", key="k").status_code == 200

    assert town.move(2, "receive", key="k").status_code == 409
    assert town.move(1, "receive", key="k", words="x").status_code == 409
    town.come_as("bing")  # keys are one's own
    assert town.move(2, "receive", key="k").status_code == 200


@pytest.mark.parametrize(
    ("move", "said", "field"),
    [
        ("done", {}, "photo"),
        ("contact", {}, "reached"),
        ("contact", {"reached": "perhaps"}, "reached"),
        ("hand-back", {"words": "不在本网格"}, "reason"),
        ("hand-back", {"reason": "not_here"}, "words"),
        ("arrive", {"position": {"lon": 200, "lat": 30, "accuracy_m": 1}}, "position"),
        ("arrive", {"seen": 9}, "seen"),
        ("done", {"words": "\x00"}, "words"),
    ],
)
def test_what_a_move_needs_is_asked_for_by_name(
    received: Town, move: str, said: dict[str, Any], field: str
) -> None:
    answer = received.move(1, move, **said)

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(f"{field}:")


def test_a_grid_worker_neither_closes_nor_answers_for_the_unit(received: Town) -> None:
    for move in ("close", "report-back", "return", "dispatch", "assign", "answer", "rate"):
        assert received.move(1, move).status_code == 403
    assert received.move(1, "burn").status_code == 422
    assert received.move(999, "receive").status_code == 404


def test_only_pictures_are_taken_as_photos(received: Town) -> None:
    for file in (b"<script>", b"GIF89a" + b"0" * 40, picture()[:60]):
        answer = received.client.post(
            "/api/appeals/1/done",
            data={"said": "{}"},
            files=[("photo", ("a.jpg", file, "image/jpeg"))],
        )
        assert answer.status_code == 422, answer.text
        assert answer.json()["detail"].startswith("photo:")
    five = [("photo", ("a.jpg", picture(), "image/jpeg"))] * 5
    answer = received.client.post("/api/appeals/1/done", data={"said": "{}"}, files=five)
    assert answer.status_code == 422
    answer = received.client.post("/api/appeals/1/done", data={"other": "1"}, files=five[:1])
    assert answer.json()["detail"].startswith(("said:", "the form"))


def test_a_case_that_its_platform_closed_takes_no_move_here(town: Town) -> None:
    town.come_as("jia")
    town.move(1, "receive")
    town.take(order(1, status="已办结", closed_at=town.now[0].isoformat()))

    answer = town.move(1, "done", photos=1)

    assert answer.status_code == 409
    assert answer.json()["state_word"] == "已办结"
    assert 1 not in [one["appeal_id"] for one in town.tasks()]


def test_the_street_sends_to_its_own_people_alone(town: Town) -> None:
    town.come_as("street")

    assert town.move(1, "assign").status_code == 422
    assert town.move(1, "assign", person="desk").status_code == 422
    assert town.move(1, "assign", unit="community:999").status_code == 422
    sent = town.move(1, "assign", unit=f"community:{COMMUNITY}", person="yi")

    assert sent.status_code == 200
    task = town.task(1)
    assert (task["holder"], task["holder_name"]) == ("yi", "网格员乙")
    assert task["dispatched_at"] == "2026-03-09T11:00:00+08:00"  # 分派 starts no clock anew
    assert {one["login"] for one in task["workers"]} == {"jia", "yi", "bing"}


def test_handing_back_frees_the_case_and_says_why(town: Town) -> None:
    town.come_as("jia")
    town.move(1, "receive")
    back = town.move(1, "hand-back", reason="not_here", words=f"不在本网格，{NAME}电话{PHONE}")
    assert back.status_code == 200
    assert (back.json()["state"], back.json()["holder"]) == ("handed_back", "")
    town.come_as("street")
    assert "assign" in town.task(1)["moves"]
    assert PHONE not in rows(town, CASE_MOVES)[-1].words


def test_the_number_is_shown_once_for_each_try_and_each_look_is_on_record(town: Town) -> None:
    town.come_as("jia")
    ask = "/api/field/tasks/1/phone"
    assert town.client.post(ask, json={}).status_code == 409  # not received yet
    town.move(1, "receive")

    assert town.client.post(ask, json={}).json() == {"phone": PHONE}
    assert town.client.post(ask, json={}).status_code == 200  # the answer may have been lost
    town.later(minutes=20)
    assert town.client.post(ask, json={}).status_code == 409
    town.move(1, "contact", reached="no_answer")
    assert town.client.post(ask, json={}).json() == {"phone": PHONE}
    town.come_as("bing")
    assert town.client.post(ask, json={}).status_code == 409

    with reading(town.engine) as connection:
        looks = [one.actor for one in entries(connection) if one.act == "unseal"]
    assert looks == ["jia"] * 3


def test_the_record_of_moves_holds_nothing_of_the_caller(town: Town) -> None:
    town.come_as("jia")
    town.move(1, "receive", key="k")
    town.move(1, "done", key="l", photos=1, words=f"{NAME} {PHONE} 3单元1202室")
    kept = b"".join(bytes(one.answer) for one in rows(town, REPLIES)).decode()
    with writing(town.engine) as connection:
        text = str(connection.execute(sa.select(VERSIONS.c.text)).all())
    for word in (PHONE, NAME, "1202"):
        assert word not in kept
        assert word not in text


def test_of_two_at_the_same_moment_one_has_it_and_the_other_is_told(both: Town) -> None:
    rule = read_rules().of("城市管理/市政设施/井盖缺损", None)
    start = Barrier(2)

    def receive(who: str) -> str:
        start.wait()
        try:
            with writing(both.engine) as connection:
                make_move(connection, 1, Move.RECEIVE, Said(who, NOW, seen=0), rule)
        except Conflict as error:
            return str(error.told["who"])
        return ""

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(receive, ["jia", "bing"]))

    (case,) = rows(both, CASES)
    assert sorted(told) == ["", case.holder]
    assert len(rows(both, CASE_MOVES)) == 1


def test_the_same_request_twice_at_the_same_moment_is_done_once(both: Town) -> None:
    both.come_as("jia")
    both.move(1, "receive")
    start = Barrier(3)

    def contact(_: int) -> int:
        start.wait()
        answer = both.move(1, "contact", key="same", reached="no_answer")
        return int(answer.json().get("seen", 0))

    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(contact, range(3)))

    assert told == [2, 2, 2]
    assert len(rows(both, CASE_MOVES)) == 2
