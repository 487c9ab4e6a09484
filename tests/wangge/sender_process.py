"""A sender as a process of its own, for tests that kill it."""

import time
from pathlib import Path
from zoneinfo import ZoneInfo

from appeals.database import open_database
from wangge.channels import read_channels
from wangge.counter import Counter
from wangge.holder import holder_name
from wangge.outlet import spoken_here
from wangge.sender import Senders
from wangge.settings import Settings
from wangge.site import wall_clock


def send_for_ever(address: str, file: str) -> None:
    """Speak by the channels of a file until killed."""
    engine = open_database(address)
    channels = read_channels(Path(file))
    counter = Counter(engine, Settings(), channels, wall_clock, ZoneInfo("Asia/Shanghai"))
    ours = spoken_here(channels, "server")
    Senders(counter, ours.values(), holder_name(id(counter))).start()
    time.sleep(3600)
