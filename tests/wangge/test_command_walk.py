"""Every command of the parser, run over planted names, phones, ids and doors: none is said or kept.

The commands are taken from the parser itself and the layers and formats from their tables: one that
is added without a row here fails. What a command prints, what it writes and what the installation
holds afterwards is searched byte for byte, archives, workbooks and PDFs unpacked.
"""

import argparse
import io
import shlex
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import sqlalchemy as sa

from alerts.store import ALERT_APPEALS, SIGNALS
from appeals.database import writing
from grids.store import load_boundaries
from maps.catalogue import CATALOGUE
from maps.export import FORMATS
from tests.api.conftest import NOW, plant_alert
from tests.unpacked import files_under, forms, unpacked
from wangge.cli import build_parser, main
from wangge.command_table import SUMMARIES
from wangge.site import open_site

PERIODS = {"day": "docx", "week": "xlsx", "month": "pdf", "year": "html"}
ROSTER = (
    "岗位,职责,区域,班次,姓名,手机,日期,时段\n"
    "值班室,值班,,值班员,甲,13900000001,2026-03-09,8:00-次日8:00\n"
)


def _layers() -> Iterator[str]:
    """Each layer in two formats, each format of several layers, the layer of appeals in all."""
    names = list(FORMATS)
    for number, layer in enumerate(CATALOGUE):
        own = (
            names if layer == "appeals" else (names[(2 * number + i) % len(names)] for i in (0, 1))
        )
        for name in own:
            file = f"{{out}}/{layer}-{name}{FORMATS[name].suffix}"
            yield f"~export {layer} -o {file} --format {name}"


# By command its lines. What begins with ~ may be refused as well: what it says is searched too.
# What begins with - is not run, for the reason that follows.
WALK: Mapping[str, list[str]] = MappingProxyType({
    "init": ["init {out}/new"],
    "upgrade": ["upgrade"],
    "units import": ["~units import {headless} --level street"],
    "units check": ["units check -o {out}/check.xlsx"],
    "units list": ["units list", "units list --level street -o {out}/units.geojson"],
    "units changes": ["units changes --from 2026-03-01"],
    "units divide": ["~units divide --from community -o {out}/grids.geojson --dry-run"],
    "gazetteer import": ["~gazetteer import {headless} --datum wgs84"],
    "locate": ["locate --file {texts}", "locate 样板路5号{door}"],
    "place": ["place --lon 111.005 --lat 30.005"],
    "ingest": [
        "~ingest {csv} --datum wgs84", "~ingest {csv}", "~ingest {headless} --datum wgs84",
        "~ingest {broken} --datum wgs84", "~ingest {unnamed} --datum wgs84",
        "~ingest {csv} --datum wgs84 --dry-run --source other",
    ],
    "appeals list": ["appeals list --limit 500"],
    "appeals trail": ["~appeals trail 4", "~appeals trail {phone}"],
    "appeals place": [
        "~appeals place 4 --lon 111.005 --lat 30.005 --datum wgs84 --who 甲 --reason {words}",
        "~appeals place {phone} --unit 990101001 --who 甲 --reason {words}",
    ],
    "aliases list": ["aliases list"],
    "aliases import": ["~aliases import {headless} --who 甲 --reason {words}"],
    "aliases withdraw": ["~aliases withdraw 1 --who 甲 --reason {words}"],
    "watch": ["watch --once"],
    "spark backfill": ["-it starts a cluster: tests/wangge/test_spark.py"],
    "spark watch": ["-it does not end: as spark backfill otherwise"],
    "backtest": ["~backtest --from 2026-03-03 --to 2026-03-04"],
    "alerts list": ["alerts list"],
    "alerts show": ["alerts show 1"],
    "alerts verdict": ["~alerts verdict 1 known --who 甲 --reason {words}",
                       "~alerts verdict 1 --undo --who 甲"],
    "alerts verify": ["~alerts verify 1 --verdict true --how recall --who 甲 --reason {words}"],
    "alerts assess": ["~alerts assess 1 --level red --ask {words} --who 甲 --reason {words}"],
    "alerts return": ["~alerts return 1 --who 乙 --reason {words}"],
    "alerts sign": ["~alerts sign 1 --who 乙 --reason {words}"],
    "alerts push": ["~alerts push 1 --who 甲 --reason {words}"],
    "alerts acknowledge": ["~alerts acknowledge 1 --post 值班室 --who 甲 --reason {words}"],
    "alerts handle": ["~alerts handle 1 --who 甲 --reason {words}"],
    "alerts report-back": ["~alerts report-back 1 --who 甲 --reason {words}"],
    "alerts call-in": ["~alerts call-in 1 --duties 应急 --who 甲 --reason {words}"],
    "alerts police": [
        "~alerts police 1 --what accepted --reference {phone} --who 甲 --reason {words}"
    ],
    "alerts three-way": [
        "~alerts three-way 1 --parties {words} --first police --keeper nobody --who 甲"
        " --reason {words}"
    ],
    "alerts snooze": ["~alerts snooze 1 --hours 2 --who 甲 --reason {words}"],
    "alerts merge": ["~alerts merge 2 --into 1 --who 甲 --reason {words}"],
    "alerts unmerge": ["~alerts unmerge 2 --who 甲 --reason {words}"],
    "alerts note": ["~alerts note 1 --who 甲 --reason {words}"],
    "alerts close": ["~alerts close 1 --who 甲 --reason {words}"],
    "alerts cancel": ["~alerts cancel 1 --who 甲 --reason {words}"],
    "alerts review": ["~alerts review 1 --outcome true --who 甲 --reason {words}"],
    "alerts moves": ["alerts moves 1"],
    "duty import": ["~duty import {headless}", "duty import {roster}"],
    "duty show": ["duty show"],
    "lexicon check": ["~lexicon check --text {words}", "~lexicon check {headless}"],
    "lexicon import": ["~lexicon import {headless}"],
    "lexicon list": ["lexicon list"],
    "hotspots": ["hotspots --level street", "hotspots --level h3-9 -o {out}/hot.geojson"],
    "export": list(_layers()),
    "views": ["~views", "~views --drop"],
    "share key": ["~share key"],
    "share make": ["~share make -o {out}/bundle.zip --agreement {texts} --who 甲"],
    "share take": ["~share take {csv} -o {out}/taken --agreement {texts} --who 甲"],
    "share confirm": ["~share confirm {csv} --bundle {csv} --agreement {texts}"],
    **{
        f"report {period}": [f"report {period} --date 2026-03-04 -o {{out}}/{period}.{form}"]
        for period, form in PERIODS.items()
    },
    "report template": ["report template -o {out}/template.docx"],
    "results": [
        "results -o {out}/results.xlsx --source office", "~results -o {out}/results.csv",
    ],
    "send": ["send --once"],
    "relay": ["-it ends with its process: tests/wangge/test_relay.py"],
    "serve": ["-it ends with its process: what it answers is walked in tests/api"],
    "doctor": ["~doctor"],
    "dump": ["dump --stable"],
    "users add": ["~users add wang --name 王 --role planner"],
    "users change": ["~users change wang --name 王某"],
    "users password": ["~users password wang"],
    "users disable": ["~users disable wang"],
    "users enable": ["~users enable wang"],
    "users list": ["users list"],
    "tokens add": ["~tokens add gis --scope published"],
    "tokens list": ["tokens list"],
    "tokens revoke": ["~tokens revoke gis"],
    "unmask": ["-to say them is its work: tests/wangge/test_unmasking.py"],
    "keys rotate": ["keys rotate"],
    "audit list": ["audit list"],
    "audit head": ["audit head -o {out}/head.json"],
    "audit verify": ["audit verify"],
    "classes import": ["~classes import {headless}"],
    "calendar import": ["~calendar import {headless}"],
    "demo": ["-it makes an installation of its own, of a made-up city"],
})  # fmt: skip


def commands() -> Iterator[str]:
    """Every command of the parser; benchmarks open no installation of an office."""
    waiting = [("", build_parser(SUMMARIES.keys() - {"bench"}))]
    while waiting:
        path, parser = waiting.pop()
        if path == "bench":
            continue
        below = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
        if not below:
            yield path
        for one in below:
            waiting += [(f"{path} {name}".strip(), sub) for name, sub in one.choices.items()]


def test_every_command_has_its_row() -> None:
    assert set(commands()) == set(WALK)


@pytest.fixture(scope="module")
def site(walked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The walked installation with an alert that planted appeals stand behind."""
    folder = tmp_path_factory.mktemp("commands") / "site"
    shutil.copytree(walked, folder)
    with open_site(folder / "wangge.toml") as opened, writing(opened.engine) as connection:
        street = int(load_boundaries(connection, NOW.date()).ids[0])
        highest = sa.select(sa.func.max(SIGNALS.c.alert_id))
        if connection.execute(highest).scalar() is None:
            plant_alert(connection, 1, street)
            links = [{"alert_id": 1, "appeal_id": number} for number in (3, 4, 28)]
            connection.execute(sa.insert(ALERT_APPEALS), links)
    return folder


@pytest.fixture(scope="module")
def words(town: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What stands for the names in braces: files with planted fields where they do not belong."""
    folder = tmp_path_factory.mktemp("files")
    lines = town.appeals.read_text(encoding="utf-8").splitlines()
    planted = town.planted
    texts = {
        "texts": f"{planted.name}{planted.phone}甲街道{planted.door}",
        "headless": "\n".join(lines[4:]),
        "broken": "\n".join([lines[0], *(f'{line},"' for line in lines[4:9])]),
        "unnamed": "\n".join(["甲,乙,丙", *lines[4:9]]),
        "roster": ROSTER,
    }
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    files = {name: str(folder / f"{name}.csv") for name in texts}
    said = f"电话{planted.phone}，身份证{planted.id_number}，住{planted.door}"
    return files | {
        "csv": str(town.appeals), "phone": planted.phone, "door": planted.door, "words": said,
    }  # fmt: skip


def run(typed: list[str], site: Path) -> int:
    """Run one command as from a terminal; what the parser refuses ends in 2."""
    try:
        return main(["--config", str(site / "wangge.toml"), "--verbose", *typed])
    except SystemExit as end:
        return int(end.code or 0)


def found_in(content: bytes, town: Any) -> list[str]:
    """Which of the planted words stand in it."""
    return [w for w in astuple(town.planted) if any(form in content for form in forms(w))]


RUN = [one for one, lines in WALK.items() if lines[0][0] != "-"]


@pytest.mark.parametrize(
    "command",
    [pytest.param(one, marks=[pytest.mark.slow] * (one == "export")) for one in RUN],
)
def test_no_command_says_or_writes_what_is_planted(
    site: Path,
    town: Any,
    words: Mapping[str, str],
    command: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = WALK[command]
    for number, line in enumerate(lines * 2 if len(lines) < 3 else lines):
        out = tmp_path / str(number)
        out.mkdir()
        monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
        typed = shlex.split(line.removeprefix("~").format(out=out, **words))
        form = ["--json"] if (number + number // len(lines)) % 2 else []
        code = run([*typed, *form], site)
        told = "".join(capsys.readouterr())
        assert code == 0 or line.startswith("~"), (line, told)
        assert not found_in(told.encode(), town), line
        for file in files_under(out):
            assert not found_in(unpacked(file.read_bytes()), town), (line, file.name)


def test_after_all_commands_no_file_of_the_installation_holds_it(site: Path, town: Any) -> None:
    for file in files_under(site):
        assert not found_in(file.read_bytes(), town), file.name


def test_the_search_would_find_what_is_planted(town: Any, words: Mapping[str, str]) -> None:
    assert set(found_in(unpacked(town.appeals.read_bytes()), town)) == set(astuple(town.planted))
