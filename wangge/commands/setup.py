"""``wangge init`` and ``wangge upgrade``: an installation comes into being and is kept current."""

import argparse
from contextlib import suppress
from pathlib import Path

from appeals.database import check_schema, open_database, upgrade_schema
from appeals.errors import InputError
from appeals.seals import KeyRing
from wangge.arguments import Commands, add_command
from wangge.settings import Settings, read_settings
from wangge.site import SETTINGS_FILE
from wangge.terminal import Answer

TEMPLATE = """\
# wangge (网格): settings of this installation. Every value may also come from the environment:
# WANGGE_DATABASE, WANGGE_JURISDICTION__NAME, … A key that is not known is refused.

# sqlite:///file, taken from this folder, or postgresql+psycopg://user@host/name
database = "sqlite:///wangge.db"

[jurisdiction]
name = "本市"                     # on the pages
code = "000000"                   # GB/T 2260, six digits: prefix of unit codes made by rule
time_zone = "Asia/Shanghai"       # days, weeks and months are those of this zone
# bounding_box = [115.4, 39.4, 117.6, 41.1]   # west, south, east, north in WGS84 degrees

[period]                          # 统计周期
month_start = 1                   # first day of the statistical month
week_start = 1                    # 1 = Monday
year_start = 1                    # first month
cut_off_hour = 0                  # hour at which a statistical day begins

[sealing]                         # personal fields: name, phone, id number, door, raw text
personal = "sealed"               # "hash" keeps none of them, only the caller's keyed hash
key_file = "wangge.key"           # mode 600; backups do not hold it: keep a copy elsewhere
# key_command = "…"               # prints what a key file holds, in place of key_file
cipher = "aes-gcm"                # or sm4-gcm
caller_hash = "hmac-sha256"       # or hmac-sm3
digest = "sha256"                 # or sm3
password_hash = "argon2"          # or pbkdf2-hmac-sm3

[alerts]
stale_after_h = 24                # a signal whose newest appeal is older is shown, not delivered
budget_per_day = 12               # surge and first-time alerts a day that the office can read
possible_per_day = 2              # that may be sensitive in words no list has (待核实), 0 = none
known_days = 14                   # for which what is judged 已知 is not told again
learning_days = 14
consult = false                   # whether 咨询 may raise alerts
# lexicon = "lexicon.toml"        # own sensitive terms: a changed copy of the list doctor names
# focus = "focus.toml"            # 重点时段, 重点点位, 重点人群: see docs/files.md
# subjects = "subjects.toml"      # chains and their other names: [names] "name" = ["other", …]

[alerts.budget_by_level]          # of a day's alerts, so many at most by level of their place
# city = 3                        # also 被反映主体
# district = 3
# street = 6
# community = 4                   # also H3 cells
# grid = 2

[alerts.keys]                     # depths of the class tree that are watched; [] switches off
city = [1, 2, 3]
district = [1, 2, 3]
street = [1, 2, 3]
community = [1, 2, 3]
grid = []
h3_8 = [1, 2, 3]
h3_9 = []
subject = [1, 2, 3]

[accounts]                        # once there are people: `wangge users add`
https = false                     # true where the pages are reached by HTTPS alone
idle_min = 60                     # without a request that end a session
session_h = 12                    # that end it in any case
password_least = 10               # characters

[geocoder]                        # an online geocoder (plug-in); off without a name
# name = "…"
timeout_s = 3                     # that one call may take
budget_s = 60                     # that all calls of one run may take

[datum]                           # of each source: wgs84 cgcs2000 gcj02 bd09 EPSG:NNNN
# hotline = "gcj02"
"""


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    init = add_command(commands, shared, "init", _init)
    init.add_argument("dir", nargs="?", type=Path, default=Path(), metavar="DIR")
    add_command(commands, shared, "upgrade", _upgrade)


def _init(arguments: argparse.Namespace) -> Answer:
    folder: Path = arguments.dir
    config = folder / SETTINGS_FILE
    if config.exists():
        raise InputError(f"{config} is here already: `wangge upgrade` brings its database up")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        config.write_text(TEMPLATE, encoding="utf-8")
    except OSError as error:
        # Half a settings file would be taken for an installation by the next command.
        with suppress(OSError):
            config.unlink()
        raise InputError(f"nothing can be written in {folder}: {error.strerror}") from error
    settings = read_settings(config)
    sealing = settings.sealing
    lines = [f"settings  {config}"]
    if sealing.key_file is not None and sealing.key_command is None:
        if not sealing.key_file.exists():
            KeyRing.create(sealing.key_file)
        lines.append(f"keys      {sealing.key_file} (keep a copy elsewhere: backups hold none)")
    _bring_up(settings)
    lines.append(f"database  {_shown(settings.database)}")
    data = {
        "settings": str(config),
        "key_file": None if sealing.key_file is None else str(sealing.key_file),
        "database": _shown(settings.database),
    }
    return Answer(data, lines)


def _upgrade(arguments: argparse.Namespace) -> Answer:
    settings = read_settings(arguments.config)
    _bring_up(settings)
    return Answer({"database": _shown(settings.database), "current": True}, ["schema is current"])


def _bring_up(settings: Settings) -> None:
    engine = open_database(settings.database)
    try:
        upgrade_schema(engine)
        check_schema(engine)
    finally:
        engine.dispose()


def _shown(address: str) -> str:
    """Give a database address without the password that it may hold."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://…@{rest.rpartition('@')[2]}" if "@" in rest else address
