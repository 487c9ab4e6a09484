"""``wangge send`` and ``wangge relay``: speak by the declared channels."""

import argparse
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from alerts.letters.store import queue_of
from appeals.database import reading
from appeals.errors import InputError
from wangge.arguments import Commands, add_command, add_site_command
from wangge.holder import holder_name
from wangge.site import Site
from wangge.terminal import Answer

_PATIENCE_S = 65.0  # longer than any attempt may take


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    send = add_site_command(commands, shared, "send", _send)
    send.add_argument("--once", action="store_true", help="until nothing can be sent now")
    relay = add_command(commands, shared, "relay", _relay)
    relay.add_argument("--channels", type=Path, default=Path("channels.toml"), metavar="FILE")
    relay.add_argument("--from", dest="source", required=True, metavar="ADDRESS")
    relay.add_argument("--token-file", type=Path, required=True, metavar="FILE")


def _send(arguments: argparse.Namespace, site: Site) -> Answer:
    from wangge.outlet import open_counter, spoken_here
    from wangge.sender import Senders, speak_once
    from wangge.site import wall_clock

    counter, channels = open_counter(site)
    ours = spoken_here(channels, "server")
    holder = holder_name(id(counter))
    if arguments.once:
        counter.sweep()
        for channel in ours.values():
            while speak_once(counter, channel, holder) == timedelta(0):
                pass
    else:
        senders = Senders(counter, ours.values(), holder, counter.sweep)
        senders.start()
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            senders.stop(_PATIENCE_S)
    with reading(site.engine) as connection:
        queues = {name: queue_of(connection, name, wall_clock()) for name in channels}
    data = {name: {"waiting": q.waiting, "dead": q.dead} for name, q in queues.items()}
    lines = [f"{name}: waiting {q['waiting']}, dead {q['dead']}" for name, q in data.items()]
    return Answer({"channels": data}, lines or ["no channels are declared"])


def _relay(arguments: argparse.Namespace) -> Answer:
    from wangge.channels import read_channels
    from wangge.outlet import spoken_here
    from wangge.relay import Away
    from wangge.sender import Senders

    if urlsplit(arguments.source).scheme not in ("http", "https"):
        raise InputError("--from: the address of the pages, as https://…")
    ours = spoken_here(read_channels(arguments.channels), "relay")
    away = Away(arguments.source, arguments.token_file)
    senders = Senders(away, ours.values(), holder_name(id(away)))
    senders.start()
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        senders.stop(_PATIENCE_S)
    return Answer({"channels": sorted(ours)}, [])
