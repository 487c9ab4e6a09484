"""The sender is killed at fifty random moments: nothing is lost, nothing is shown twice."""

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.outbox.store import ATTEMPTS, OUTBOX, put_notices
from appeals.database import Engine, reading, writing
from tests.alerts.told import add_alert, notice
from tests.wangge.receivers import KEY, Receiver, serving
from tests.wangge.sender_process import send_for_ever

KILLS, N = 50, 150


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver(lambda: datetime.now(UTC))
    with serving(server):
        yield server


def sent(engine: Engine) -> int:
    with reading(engine) as connection:
        done = sa.select(sa.func.count()).where(OUTBOX.c.state == "sent")
        return int(connection.execute(done).scalar_one())


@pytest.mark.slow
def test_killed_at_fifty_random_moments_nothing_is_lost_and_nothing_shown_twice(
    engine: Engine, receiver: Receiver, tmp_path: Path
) -> None:
    (tmp_path / "sign.key").write_text(KEY, encoding="utf-8")
    (tmp_path / "sign.key").chmod(0o600)
    head = 'network = "政务外网"\non = true\n'
    file = tmp_path / "channels.toml"
    file.write_text(
        f'[channel.hook]\nkind = "webhook"\n{head}url = "{receiver.address}/hook"\n'
        f'sign_key = {{ file = "sign.key" }}\n[channel.folder]\nkind = "file"\n{head}'
        'folder = "cap"\n',
        encoding="utf-8",
    )
    with writing(engine) as connection:
        for number in range(1, N + 1):
            add_alert(connection, number)
        told = [notice(k, channel=name) for k in range(1, N + 1) for name in ("hook", "folder")]
        put_notices(connection, told, datetime.now(UTC))
    address = engine.url.render_as_string(hide_password=False)
    start = multiprocessing.get_context("forkserver")
    start.set_forkserver_preload(["tests.wangge.sender_process"])
    chance = random.Random(5)

    for kill in range(KILLS + 1):
        process = start.Process(target=send_for_ever, args=(address, str(file)), daemon=True)
        process.start()
        assert process.pid is not None
        if kill < KILLS:
            time.sleep(chance.uniform(0.0, 0.15))
        else:
            patience = time.monotonic() + 60
            while sent(engine) < 2 * N and time.monotonic() < patience:
                time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.join()

    assert sent(engine) == 2 * N
    assert sorted(receiver.shown.values()) == [1] * N
    assert len(list((tmp_path / "cap").glob("*.cap.xml"))) == N
    with reading(engine) as connection:
        cut = sa.select(sa.func.count()).where(ATTEMPTS.c.outcome.is_(None))
        assert connection.execute(cut).scalar_one() <= 2 * KILLS
