"""How a channel fares: in one word, and in the words of an office."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import wangge.senders.channel
from alerts.outbox.health import DOWN, ITS_OWN, Health, Queue, fault_words, health, reason

NOW = datetime(2026, 3, 9, 3, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("queue", "word"),
    [
        (Queue(), "well"),
        (Queue(waiting=1, oldest_at=NOW - MINUTE), "waiting"),
        (Queue(waiting=1, oldest_at=NOW - 5 * MINUTE), "silent"),
        (Queue(waiting=1, oldest_at=NOW - 9 * MINUTE, taken_at=NOW - MINUTE), "waiting"),
        (Queue(waiting=1, oldest_at=NOW - 9 * MINUTE, taken_at=NOW - 6 * MINUTE), "silent"),
        (Queue(waiting=1, oldest_at=NOW - MINUTE, in_a_row=3, fault="http 503"), "failing"),
        (Queue(in_a_row=3, fault="http 401"), "failing"),
        (Queue(in_a_row=2, fault="http 401"), "well"),
    ],
)
def test_a_channel_is_down_where_it_fails_in_a_row_or_says_nothing(queue: Queue, word: str) -> None:
    state = health(True, queue, NOW)

    assert state == word
    assert (state in DOWN) is (word in ("failing", "silent"))
    assert health(False, queue, NOW) == "off"


def test_every_failure_that_a_sender_names_has_words() -> None:
    folder = Path(wangge.senders.channel.__file__).parent
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    named = set(re.findall(r"(?:Refused|Busy|Unheard)\(?\)?\(\"([^\"]+)\"\)", text))

    assert {"timeout", "no phone", "returned", "disconnected"} <= named
    for fault in named | ITS_OWN | {"secret", "http 502", "smtp 550", "code 45009"}:
        words = fault_words(fault)
        assert re.search(r"[\u4e00-\u9fff]", words)
        assert "连接失败" not in words, fault


def test_a_failure_of_a_kind_that_nobody_foresaw_is_still_said() -> None:
    assert fault_words("BrokenPipeError") == "连接失败（BrokenPipeError）"
    assert reason(Health.WELL, Queue()) == ""
    assert reason(Health.OFF, Queue(in_a_row=3, fault="timeout")) == "未启用"
