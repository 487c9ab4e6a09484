import argparse
import errno
import importlib
import io
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import orjson
import pytest

from wangge import cli
from wangge.cli import build_parser, main
from wangge.command_table import MODULES
from wangge.terminal import Answer, progress_bar


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> object:
    yield
    logging.captureWarnings(False)


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out, err = capsys.readouterr()
    return int(str(ended.value.code)), out, err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["ingst", "x.csv"], "'ingest'"),
        (["units", "improt", "x"], "'import'"),
        (["ingest", "x.csv", "--maping", "m.toml"], "'--mapping'"),
        (["hotspots", "--level", "stret"], "'street'"),
    ],
)
def test_a_typing_error_names_what_was_meant(
    typed: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = refusal(typed, capsys)

    assert code == 2
    assert out == ""
    assert f"did you mean {meant}?" in err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["hotspots", "--level", "street", "--month", "2025-13"], "a month is YYYY-MM"),
        (["hotspots", "--level", "street", "--month", "2025-1"], "a month is YYYY-MM"),
        (["alerts", "list", "--limit", "0"], "1 or more"),
        (["alerts", "list", "--limit", "-1"], "1 or more"),
        (["serve", "--port", "99999"], "a port is 1 to 65535"),
        (["demo", "--port", "http"], "a port is 1 to 65535"),
        (["place", "--lon", "1", "--lat", "1", "--radius-m", "-5"], "0 or more"),
        (["place", "--lon", "1", "--lat", "1", "--radius-m", "nan"], "0 or more"),
    ],
)
def test_a_value_that_cannot_be_is_told_with_what_can(
    typed: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = refusal(typed, capsys)

    assert code == 2
    assert said in err


@pytest.mark.parametrize("later", ["backtest", "report", "users", "spark", "bench", "backup"])
def test_commands_that_do_not_exist_yet_are_wrong_usage(
    later: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = refusal([later], capsys)

    assert code == 2
    assert "usage:" in err


@pytest.mark.parametrize(
    ("typed", "helps"), [([], "`wangge --help`"), (["units"], "`wangge units --help`")]
)
def test_without_a_command_it_is_said_where_they_are_listed(
    typed: list[str], helps: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = refusal(typed, capsys)

    assert code == 2
    assert f"{helps} lists them" in err


def test_every_command_and_family_tells_what_it_does() -> None:
    def walk(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
        yield parser
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for child in action.choices.values():
                    yield from walk(child)

    for parser in walk(build_parser()):
        assert parser.format_help().startswith("usage: wangge")


def test_a_command_loads_its_own_module_and_the_help_loads_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loaded: list[str] = []

    def load(name: str) -> ModuleType:
        loaded.append(name)
        return importlib.import_module(name)

    monkeypatch.setattr(cli, "importlib", SimpleNamespace(import_module=load))

    helped = build_parser(["--help"]).format_help()
    assert loaded == []
    build_parser(["--json", "locate", "样板路5号"])
    assert loaded == ["wangge.commands.places"]
    assert build_parser().format_help() == helped
    assert len(loaded) == 1 + len(MODULES)


def test_json_and_config_may_stand_before_or_after_the_command() -> None:
    parser = build_parser()

    for words in (
        ["--json", "--config", "a.toml", "doctor"],
        ["doctor", "--json", "--config", "a.toml"],
        ["--config", "a.toml", "doctor", "--json"],
    ):
        read = parser.parse_args(words)
        assert (read.json, read.config) == (True, Path("a.toml"))
    assert parser.parse_args(["doctor"]).json is False


def test_a_refusal_is_one_object_on_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--config", str(tmp_path / "none.toml"), "alerts", "list", "--json"])

    out, err = capsys.readouterr()
    assert code == 1
    assert "wangge init" in orjson.loads(out)["error"]
    assert "wangge init" in err


def test_an_unforeseen_error_tells_its_place_and_not_its_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_arguments: object) -> Answer:
        raise KeyError("13987654321")

    parser = build_parser()
    monkeypatch.setattr(cli, "build_parser", lambda: parser)
    monkeypatch.setattr("wangge.commands.service._doctor", fail)
    arguments = parser.parse_args(["doctor"])
    arguments.run = fail

    assert cli._run(arguments) == 1
    out, err = capsys.readouterr()
    assert "KeyError" in err
    assert "test_cli.py" in err
    assert "13987654321" not in out + err


def test_a_full_disk_is_told_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_arguments: object) -> Answer:
        Path("/dev/full").write_bytes(b"x")
        raise AssertionError

    arguments = build_parser().parse_args(["doctor"])
    arguments.run = fail

    assert cli._run(arguments) == 1
    assert capsys.readouterr().err == f"wangge: {os.strerror(errno.ENOSPC)}\n"


def test_no_progress_is_shown_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress_bar("file")(10, 20)

    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_no_command_ends_of_a_character_that_the_terminal_cannot_show(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", terminal)
    arguments = build_parser().parse_args(["doctor"])
    said = Answer({"at": "停电😀"}, lines=["停电😀"])
    arguments.run = lambda _: said

    with pytest.raises(SystemExit):
        main(["alerts", "--help"])
    assert cli._run(arguments) == 0
    start = len(terminal.buffer.getvalue())
    arguments.json = True
    assert cli._run(arguments) == 0

    written: bytes = terminal.buffer.getvalue()
    assert "停电😀".encode(encoding, "backslashreplace") in written[:start]
    assert orjson.loads(written[start:]) == said.data


def test_an_argument_in_another_encoding_than_the_terminals_is_told_as_such(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def write(_arguments: object) -> Answer:
        Path(os.fsdecode("停电".encode("gbk"))).name.encode()
        raise AssertionError

    arguments = build_parser().parse_args(["doctor"])
    arguments.run = write

    assert cli._run(arguments) == 1
    assert "is not in this terminal's encoding" in capsys.readouterr().err
