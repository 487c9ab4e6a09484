"""A relay on a border host: it pulls over HTTP with a token that can do nothing else."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import uvicorn

from alerts.letters.store import queue_of
from alerts.outbox.store import put_notices
from api.app import create_app
from appeals.database import Engine, reading, writing
from appeals.errors import InputError, Unavailable
from appeals.people.roles import Right, StaffRole
from appeals.people.store import Person, add_person
from appeals.tokens.store import Token, add_token
from tests.alerts.told import add_alert, notice
from tests.api.accounts import hashed
from tests.wangge.receivers import KEY, Receiver, serving
from wangge.channels import read_channels
from wangge.counter import Counter
from wangge.outlet import Outlet, spoken_here
from wangge.relay import Away
from wangge.sender import Senders
from wangge.settings import Settings
from wangge.site import wall_clock

NOW = datetime.now(UTC)
INSIDE = '[channel.out]\nkind = "webhook"\nnetwork = "互联网"\non = true\nby = "relay"\n'


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver(wall_clock)
    with serving(server):
        yield server


def token(engine: Engine, folder: Path, name: str, right: Right) -> Path:
    with writing(engine) as connection:
        given = Token(name, (right,), NOW, NOW + timedelta(days=1))
        secret = add_token(connection, given, by="test")
    file = folder / f"{name}.token"
    file.write_text(secret, encoding="utf-8")
    file.chmod(0o600)
    return file


@pytest.fixture
def address(engine: Engine, tmp_path: Path) -> Iterator[str]:
    (tmp_path / "inside.toml").write_text(INSIDE, encoding="utf-8")
    channels = read_channels(tmp_path / "inside.toml")
    counter = Counter(engine, Settings(), channels, wall_clock, ZoneInfo("Asia/Shanghai"))
    app = create_app(engine, Settings(), outlet=Outlet(counter, channels))
    with writing(engine) as connection:
        leader = Person("lead", "系统", (StaffRole.SYSTEM_ADMIN,))
        add_person(connection, leader, password=hashed(), factor="sealed", by="test", now=NOW)
        for number in range(1, 6):
            add_alert(connection, number)
            put_notices(connection, [notice(number, channel="out")], wall_clock())
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def test_it_pulls_says_one_sentence_and_holds_the_secret_itself(
    engine: Engine, address: str, receiver: Receiver, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("SIGN_KEY", KEY)
    own = INSIDE + f'url = "{receiver.address}/hook"\nsign_key = {{ env = "SIGN_KEY" }}\n'
    (tmp_path / "border.toml").write_text(own, encoding="utf-8")
    ours = spoken_here(read_channels(tmp_path / "border.toml"), "relay")
    away = Away(address, token(engine, tmp_path, "border", Right.RELAY))
    senders = Senders(away, ours.values(), "border.example:1:1")
    senders.start()
    patience = time.monotonic() + 10
    while len(receiver.shown) < 5 and time.monotonic() < patience:
        time.sleep(0.02)
    senders.stop(5)

    assert receiver.texts == [
        f"您有1条待签收提示（编号{number}，等级红），请登录查看" for number in range(1, 6)
    ]
    with reading(engine) as connection:
        assert queue_of(connection, "out", NOW).waiting == 0


def test_another_token_opens_nothing_and_what_is_wrong_is_said_before(
    engine: Engine, address: str, tmp_path: Path
) -> None:
    other = Away(address, token(engine, tmp_path, "planner", Right.LOCATE))
    with pytest.raises(Unavailable, match="403"):
        other.next("out", "border.example:1:1")
    with pytest.raises(Unavailable, match="does not answer"):
        Away("http://127.0.0.1:1", tmp_path / "planner.token").next("out", "a:1:1")
    with pytest.raises(InputError, match="https"):
        Away("file:///etc", tmp_path / "planner.token")
    with pytest.raises(InputError, match="url is missing"):
        spoken_here(read_channels(tmp_path / "inside.toml"), "relay")
