"""Whistles and rosters on both databases: what stands after which moves."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.duty.log import Entry
from alerts.duty.roster import Contact, Post, Seat, Shift, gaps
from alerts.duty.store import (
    read_contact,
    read_entries,
    read_posts,
    read_shifts,
    unanswered,
    write_entry,
    write_roster,
)
from alerts.outbox.store import OUTBOX
from alerts.routing import read_routing
from alerts.whistle.act import Blown, draft_whistle, make_act
from alerts.whistle.causes import read_causes
from alerts.whistle.moves import Act, Stage, Whistle, acts_from
from alerts.whistle.standing import whistle_standing
from alerts.whistle.store import read_steps, read_whistle, read_whistles
from appeals.database import Engine, reading, writing
from appeals.errors import Conflict, InputError, NotFound

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
CAUSES = read_causes()
ROUTING = read_routing()


def drafted(engine: Engine, cause: str = "emergency", **detail: object) -> int:
    whistle = Whistle("street:1", "甲街道", cause, Stage.DRAFTED, NOW)
    given = {"bureaus": ["应急", "公安"], **detail}
    with writing(engine) as connection:
        said = Blown("拟", NOW, "燃气泄漏", detail=given)
        return draft_whistle(connection, whistle, said, CAUSES)


def act(engine: Engine, number: int, name: Act, minutes: int = 0, **given: object) -> str:
    said = Blown("批", NOW + timedelta(minutes=minutes), **given)  # type: ignore[arg-type]
    with writing(engine) as connection:
        return make_act(connection, number, name, said, CAUSES, ROUTING).state


def test_bureaus_are_in_time_or_late_each_by_its_own_clock(engine: Engine) -> None:
    number = drafted(engine)
    for name in (Act.APPROVE, Act.BLOW):
        act(engine, number, name)
    act(engine, number, Act.ANSWER, 12, bureau="应急")
    act(engine, number, Act.REPORT_IN, 25, bureau="应急")
    act(engine, number, Act.ALLOT, 30, detail={"bureaus": ["消防"]})

    with reading(engine) as connection:
        steps = read_steps(connection, number)
    standing = whistle_standing(steps, CAUSES["emergency"])
    at = NOW + timedelta(minutes=31)
    late = {b.name: (b.late_to_answer(at), b.late_on_site(at)) for b in standing.bureaus.values()}
    assert late == {"应急": (True, False), "公安": (True, True), "消防": (False, False)}


def test_nobody_leaves_before_all_have_reported_back(engine: Engine) -> None:
    number = drafted(engine)
    for name in (Act.APPROVE, Act.BLOW):
        act(engine, number, name)
    for bureau in ("应急", "公安"):
        act(engine, number, Act.REPORT_IN, bureau=bureau)
    assert act(engine, number, Act.REPORT_BACK, bureau="应急", words="已办") == "on_site"
    with pytest.raises(Conflict):
        act(engine, number, Act.END)
    assert act(engine, number, Act.REPORT_BACK, bureau="公安", words="已办") == "reported_back"
    assert act(engine, number, Act.VETO, words="仍有异味") == "on_site"
    for bureau in ("应急", "公安"):
        act(engine, number, Act.REPORT_BACK, bureau=bureau, words="已办")
    assert act(engine, number, Act.END) == "ended"


@pytest.mark.parametrize(
    ("name", "given", "kind", "why"),
    [
        (Act.APPROVE, {"who": "拟"}, Conflict, "two persons"),
        (Act.APPROVE, {"seen": 0}, Conflict, "somebody was first: 拟, 拟哨"),
        (Act.BLOW, {}, Conflict, "cannot blow"),
        (Act.REFUSE, {}, InputError, "say what, or why"),
    ],
)
def test_what_is_not_lawful_is_refused(
    engine: Engine, name: Act, given: dict[str, object], kind: type[Exception], why: str
) -> None:
    number = drafted(engine)
    said = Blown(**{"who": "批", "at": NOW} | given)  # type: ignore[arg-type]
    with pytest.raises(kind, match=why), writing(engine) as connection:
        make_act(connection, number, name, said, CAUSES, ROUTING)


def test_a_bureau_that_was_not_called_or_did_not_come_reports_nothing(engine: Engine) -> None:
    number = drafted(engine)
    for name in (Act.APPROVE, Act.BLOW):
        act(engine, number, name)
    with pytest.raises(Conflict, match="was not called; called: 应急, 公安"):
        act(engine, number, Act.ANSWER, bureau="水务")
    act(engine, number, Act.REPORT_IN, bureau="应急")
    with pytest.raises(Conflict, match="not reported in"):
        act(engine, number, Act.REPORT_BACK, bureau="公安", words="x")
    with reading(engine) as connection, pytest.raises(NotFound):
        read_whistle(connection, number + 1)


def test_a_cause_without_a_clock_needs_an_agreed_time(engine: Engine) -> None:
    with pytest.raises(InputError, match="needs an agreed time"):
        drafted(engine, "enforcement")
    with pytest.raises(InputError, match="lies in the past"):
        drafted(engine, "enforcement", agreed_at=(NOW - timedelta(hours=1)).isoformat())
    with pytest.raises(InputError, match="cause: one of emergency"):
        drafted(engine, "holiday")
    with pytest.raises(InputError, match="bureaus"):
        drafted(engine, bureaus=[])
    number = drafted(engine, "enforcement", agreed_at=(NOW + timedelta(hours=5)).isoformat())
    for name in (Act.APPROVE, Act.BLOW):
        act(engine, number, name)
    with reading(engine) as connection:
        (one,) = read_whistles(connection)
        steps = read_steps(connection, number)
    assert one.state == "blown"
    standing = whistle_standing(steps, CAUSES["enforcement"])
    assert standing.bureaus["应急"].on_site_by == NOW + timedelta(hours=5)


def test_every_stage_is_reached_and_only_two_are_ends() -> None:
    reached = {to for stage in Stage for to in acts_from(stage).values()}

    assert reached == set(Stage)
    assert [s for s in Stage if not set(acts_from(s).values()) - {s}] == [
        Stage.ENDED, Stage.WITHDRAWN,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "has no cause"),
        ('[[cause]]\nkey = "a"\nname = "甲"', "answer_min is a number"),
        ('[[cause]]\nkey = "a"\nname = ""\nanswer_min = 5', "name is empty"),
        ('[[cause]]\nkey = "a"\nname = "甲"\nanswer_min = 5\nminutes = 3', "minutes is unknown"),
        ('[[cause]]\nkey = "a"\nname = "甲"\nanswer_min = 5\n' * 2, "stands there twice"),
        ("[[cause", "not valid TOML"),
    ],
)
def test_a_cause_that_cannot_be_understood_is_named(tmp_path: Path, text: str, why: str) -> None:
    own = tmp_path / "causes.toml"
    own.write_text(text, encoding="utf-8")

    with pytest.raises(InputError, match=why):
        read_causes(own)


def test_a_roster_brought_in_again_replaces_the_shifts_of_its_span(engine: Engine) -> None:
    post, day = Post("岗", "应急", landline="1"), timedelta(days=1)
    people = [Contact("a", "甲", phone="13900000000"), Contact("b", "乙")]
    first = [Shift("岗", Seat.OFFICER, "a", NOW + n * day, NOW + (n + 1) * day) for n in range(3)]
    swapped = [Shift("岗", Seat.OFFICER, "b", NOW + day, NOW + 2 * day)]
    with writing(engine) as connection:
        write_roster(connection, [post], people, first)
        write_roster(connection, [post], people, swapped)

    with reading(engine) as connection:
        shifts = read_shifts(connection, NOW, NOW + 3 * day)
        assert read_contact(connection, "a") == people[0]
        assert read_posts(connection) == [post]
    assert [one.person for one in shifts] == ["a", "b", "a"]
    assert gaps([post], shifts, NOW, NOW + 3 * day) == []


def test_an_instruction_waits_until_it_is_reported_as_carried_out(engine: Engine) -> None:
    with writing(engine) as connection:
        order = write_entry(connection, Entry("instruction", NOW, "王", "核查 13987654321"))
        write_entry(connection, Entry("note", NOW, "王", "无关"))
        assert [one.entry_id for one in unanswered(connection, "instruction", "done")] == [order]
        write_entry(connection, Entry("done", NOW, "王", "已核查", about=order))
        assert unanswered(connection, "instruction", "done") == []
        found = read_entries(connection, NOW, NOW + timedelta(hours=1))
        with pytest.raises(NotFound):
            write_entry(connection, Entry("done", NOW, "王", "x", about=order + 99))
    assert [one.kind for one in found] == ["instruction", "note", "done"]
    assert "13987654321" not in found[0].words


def test_bureaus_are_told_by_the_channels_of_the_table(engine: Engine, tmp_path: Path) -> None:
    own = tmp_path / "routing.toml"
    own.write_text(
        '[[row]]\nduty = "应急"\nwhy = "吹哨"\nkinds = ["whistle"]\nchannels = ["page", "短信"]\n',
        encoding="utf-8",
    )
    with writing(engine) as connection:
        posts = [Post("应急岗", "应急"), Post("公安岗", "公安")]
        write_roster(connection, posts, [Contact("甲", "甲", "", "")], [])
    number = drafted(engine)
    with writing(engine) as connection:
        for name in (Act.APPROVE, Act.BLOW):
            said = Blown("批", NOW)
            make_act(connection, number, name, said, CAUSES, read_routing(own))
        rows = connection.execute(sa.select(OUTBOX.c.post, OUTBOX.c.channel, OUTBOX.c.state))
        assert sorted(tuple(row) for row in rows) == [
            ("公安岗", "page", "shown"), ("应急岗", "page", "shown"), ("应急岗", "短信", "waiting"),
        ]  # fmt: skip
