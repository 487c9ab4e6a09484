"""From the outbox to the receivers: nothing lost, nothing said twice, nothing said too fast."""

import itertools
import random
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from alerts.duty.store import CONTACTS
from alerts.letters.store import drop, queue_of, read_letters, resend
from alerts.outbox.pace import GIVE_UP_AFTER, Outcome
from alerts.outbox.store import OUTBOX, put_notices
from appeals.audit.store import entries
from appeals.database import Engine, open_database, reading, writing
from appeals.errors import Conflict, NotFound
from tests.alerts.told import add_alert, notice
from tests.wangge.receivers import KEY, TOKEN, Clock, MailServer, Receiver, serving
from wangge.channels import read_channels
from wangge.counter import Counter, Delivery
from wangge.sender import speak_once
from wangge.senders.channel import Channel
from wangge.settings import Settings

START = datetime(2026, 3, 9, 3, 10, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def receiver(clock: Clock) -> Iterator[Receiver]:
    server = Receiver(clock)
    with serving(server):
        yield server


@pytest.fixture
def post_office() -> Iterator[MailServer]:
    server = MailServer()
    with serving(server):
        yield server


@pytest.fixture
def channels(
    tmp_path: Path, receiver: Receiver, post_office: MailServer, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Channel]:
    monkeypatch.setenv("ROBOT_TOKEN", TOKEN)
    monkeypatch.setenv("SIGN_KEY", KEY)
    path = tmp_path / "channels.toml"
    path.write_text(
        f"""
[channel.robot]
kind = "wecom"
network = "互联网"
on = true
host = "{receiver.address}"
token = {{ env = "ROBOT_TOKEN" }}

[channel.feishu]
kind = "feishu"
network = "政务外网"
on = true
host = "{receiver.address}"
token = {{ env = "ROBOT_TOKEN" }}
sign_key = {{ env = "SIGN_KEY" }}

[channel.hook]
kind = "webhook"
network = "政务外网"
on = true
url = "{receiver.address}/hook"
sign_key = {{ env = "SIGN_KEY" }}
timeout_s = 0.1

[channel.mail]
kind = "mail"
network = "互联网"
on = true
host = "127.0.0.1"
port = {post_office.port}
security = "none"
sender = "zhiban@example.org"
timeout_s = 1

[channel.folder]
kind = "file"
network = "政务外网"
on = true
folder = "cap"

[channel.sms]
kind = "sms"
network = "互联网"
""",
        encoding="utf-8",
    )
    return read_channels(path)


@pytest.fixture
def counter(engine: Engine, channels: dict[str, Channel], clock: Clock) -> Counter:
    return Counter(engine, Settings(), channels, clock, ZONE)


def plant(engine: Engine, alerts: int) -> None:
    with writing(engine) as connection:
        for number in range(1, alerts + 1):
            add_alert(connection, number)
        row = {"person": "wang", "name": "王", "login": "wang", "phone": "13800001234",
               "mail": "wang@example.org"}  # fmt: skip
        connection.execute(sa.insert(CONTACTS), row)


def run(counter: Counter, channel: Channel, clock: Clock, steps: int = 5000) -> None:
    """Speak until nothing waits; waiting puts the clock forward."""
    for _ in range(steps):
        wait = speak_once(counter, channel, "here:1:1")
        clock.now += wait or timedelta(milliseconds=20)
        with reading(counter._engine) as connection:
            if not wait or queue_of(connection, channel.name, clock()).waiting:
                continue
        return
    pytest.fail("it does not come to an end")


def states(engine: Engine) -> Mapping[str, int]:
    with reading(engine) as connection:
        query = sa.select(OUTBOX.c.state, sa.func.count()).group_by(OUTBOX.c.state)
        return {row[0]: row[1] for row in connection.execute(query)}


def test_the_gravest_is_said_first_then_the_oldest(
    engine: Engine, counter: Counter, channels: dict[str, Channel], receiver: Receiver, clock: Clock
) -> None:
    plant(engine, 4)
    with writing(engine) as connection:
        for number, level in ((1, "blue"), (2, "red"), (3, "orange"), (4, "red")):
            put_notices(connection, [notice(number, level=level)], clock())
    run(counter, channels["hook"], clock)

    assert list(receiver.shown) == ["2", "4", "3", "1"]


def test_a_group_reads_once_what_is_for_several_of_it(
    engine: Engine, counter: Counter, channels: dict[str, Channel], receiver: Receiver, clock: Clock
) -> None:
    plant(engine, 1)
    with writing(engine) as connection:
        told = [notice(1, person=f"p{n}", channel="robot") for n in range(5)]
        put_notices(connection, [*told, notice(1, move=2, kind="update", channel="robot")], clock())
    run(counter, channels["robot"], clock)

    assert sum(receiver.shown.values()) == 2
    assert states(engine) == {"sent": 6}


def test_the_page_needs_no_sender_and_the_same_key_is_one_notice(
    engine: Engine, counter: Counter, clock: Clock
) -> None:
    plant(engine, 1)
    with writing(engine) as connection:
        assert put_notices(connection, [notice(1, channel="page"), notice(1)], clock()) == 2
        assert put_notices(connection, [notice(1), notice(1, channel="page")], clock()) == 0

    assert states(engine) == {"shown": 1, "waiting": 1}
    assert counter.sweep() == 0


def test_what_is_for_no_channel_or_one_that_is_off_is_a_dead_letter_that_can_be_put_again(
    engine: Engine, counter: Counter, clock: Clock
) -> None:
    plant(engine, 1)
    with writing(engine) as connection:
        put_notices(connection, [notice(1, channel="fax"), notice(1, channel="sms")], clock())
    assert counter.sweep() == 2

    with writing(engine) as connection:
        dead = read_letters(connection, "dead")
        assert sorted(one["fault"] for one in dead) == ["channel is off", "no such channel"]
        assert "person" not in dead[0]
        by: dict[str, Any] = {"who": "甲", "now": clock()}
        resend(connection, dead[0]["position"], **by)
        with pytest.raises(Conflict, match="is waiting"):
            resend(connection, dead[0]["position"], **by)
        with pytest.raises(NotFound):
            resend(connection, 99, **by)
        drop(connection, dead[1]["position"], reason="已电话通知", **by)
        with pytest.raises(Conflict, match="is dropped"):
            resend(connection, dead[1]["position"], **by)
        assert read_letters(connection, "dead") == []
        assert [one.act for one in entries(connection)][-2:] == ["resend message", "drop message"]
    with pytest.raises(NotFound):
        counter.next("sms", "here:1:1")


def test_only_one_sender_speaks_and_the_next_takes_over_from_one_that_was_killed(
    engine: Engine, counter: Counter, clock: Clock
) -> None:
    plant(engine, 3)
    with writing(engine) as connection:
        put_notices(connection, [notice(n) for n in (1, 2, 3)], clock())
    first = counter.next("hook", "one.example:1:1")
    assert isinstance(first, Delivery)
    assert not first.outgoing.repeated
    assert isinstance(counter.next("hook", "two.example:1:1"), timedelta)

    clock.now += timedelta(minutes=5)
    again = counter.next("hook", "two.example:1:1")
    assert isinstance(again, Delivery)
    assert again.outgoing.key == first.outgoing.key
    assert again.outgoing.repeated
    with pytest.raises(NotFound, match="another sender"):
        counter.end("hook", "one.example:1:1", first.attempt_id, Outcome.TAKEN)
    counter.end("hook", "two.example:1:1", again.attempt_id, Outcome.TAKEN)
    with pytest.raises(Conflict):
        counter.end("hook", "two.example:1:1", again.attempt_id, Outcome.TAKEN)
    with pytest.raises(NotFound):
        counter.end("robot", "two.example:1:1", again.attempt_id, Outcome.TAKEN)


def test_after_a_day_nobody_is_told_of_yesterday(
    engine: Engine, counter: Counter, channels: dict[str, Channel], receiver: Receiver, clock: Clock
) -> None:
    plant(engine, 1)
    with writing(engine) as connection:
        put_notices(connection, [notice(1)], clock())
    clock.now += GIVE_UP_AFTER
    run(counter, channels["hook"], clock)

    assert not receiver.shown
    with reading(engine) as connection:
        assert [one["fault"] for one in read_letters(connection, "dead")] == ["too late"]


def test_one_that_no_receiver_takes_holds_up_no_other(
    engine: Engine, counter: Counter, channels: dict[str, Channel], receiver: Receiver, clock: Clock
) -> None:
    plant(engine, 3)
    with writing(engine) as connection:
        put_notices(connection, [notice(1), notice(2), notice(3)], clock())
    receiver.mode = lambda: "busy" if len(receiver.bodies) == 0 else "up"
    for _ in range(5):
        clock.now += speak_once(counter, channels["hook"], "here:1:1") or timedelta(seconds=0)

    # The first failed, the channel rested, and the first waits its own pause beside the others.
    assert next(iter(receiver.shown)) in ("1", "2")
    run(counter, channels["hook"], clock)
    assert states(engine) == {"sent": 3}


def test_the_cap_message_of_the_move_lies_in_the_folder(
    engine: Engine, counter: Counter, channels: dict[str, Channel], tmp_path: Path, clock: Clock
) -> None:
    plant(engine, 1)
    with writing(engine) as connection:
        put_notices(connection, [notice(1, channel="folder")], clock())
        put_notices(connection, [notice(1, move=2, kind="cancel", channel="folder")], clock())
    run(counter, channels["folder"], clock)

    written = [path.read_text(encoding="utf-8") for path in (tmp_path / "cap").iterdir()]
    kinds = sorted("Cancel" if "<msgType>Cancel" in text else "Alert" for text in written)
    assert kinds == ["Alert", "Cancel"]


def test_nothing_of_the_matter_or_of_who_is_told_leaves_by_the_internet(
    engine: Engine, counter: Counter, channels: dict[str, Channel], receiver: Receiver,
    post_office: MailServer, clock: Clock,
) -> None:  # fmt: skip
    plant(engine, 1)
    with writing(engine) as connection:
        told = [notice(1, channel=name) for name in ("robot", "mail")]
        put_notices(connection, told, clock())
    run(counter, channels["robot"], clock)
    run(counter, channels["mail"], clock)

    (letter,) = post_office.letters.values()
    sent = receiver.bodies[0].decode("unicode_escape") + receiver.bodies[0].decode()
    sent += letter.as_string() + letter.get_content() + str(letter["Subject"])
    for planted in ("样板市", "燃气", "应急", "联络员", "闻到", "13800001234"):
        assert planted not in sent
    assert "wang" not in receiver.bodies[0].decode()
    assert letter.get_content().strip() == "您有1条待签收提示（编号1，等级红），请登录查看"


@pytest.mark.parametrize(
    ("name", "n"),
    [
        pytest.param("hook", 1000, marks=pytest.mark.slow),
        ("hook", 60),
        ("robot", 100),
        pytest.param("feishu", 100, marks=pytest.mark.slow),
    ],
)
def test_alerts_over_a_flapping_channel_are_each_shown_once(
    sqlite_file: Engine,
    channels: dict[str, Channel],
    receiver: Receiver,
    clock: Clock,
    name: str,
    n: int,
) -> None:
    # Of the robots, which know no key, only failures after which the receiver surely has nothing.
    faults = ["busy", "code", "mute", "gone", "deaf"] if name == "hook" else ["busy", "code"]
    chance = random.Random(7)
    modes = itertools.cycle(
        [*["up"] * 30, *[chance.choice(faults[:2]) for _ in range(9)], *["up"] * 20, *faults]
    )
    receiver.mode = lambda: next(modes)
    receiver.hang_s = 0.15
    receiver.limits = {
        "robot": ((20, timedelta(minutes=1)),),
        "feishu": ((100, timedelta(minutes=1)), (5, timedelta(seconds=1))),
        "hook": (),
    }[name]
    plant(sqlite_file, n)
    with writing(sqlite_file) as connection:
        put_notices(connection, [notice(k, channel=name) for k in range(1, n + 1)], clock())
    run(Counter(sqlite_file, Settings(), channels, clock, ZONE), channels[name], clock)

    assert receiver.faults == []
    assert states(sqlite_file) == {"sent": n}
    assert sorted(receiver.shown.values()) == [1] * n


@pytest.fixture
def sqlite_file(tmp_path: Path, sqlite_template: Path) -> Iterator[Engine]:
    """A database that asks the disk for nothing: what is tried here is not the disk."""
    shutil.copyfile(sqlite_template, tmp_path / "thousand.db")
    engine = open_database(f"sqlite:///{tmp_path / 'thousand.db'}")
    sa.event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
    yield engine
    engine.dispose()
