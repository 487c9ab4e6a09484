"""The documents keep up with the code: what is there is described, what is described is there."""

import argparse
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

from api.app import create_app
from api.routes import (
    elsewhere,
    field_page,
    hotspot_pages,
    login,
    offices,
    pages,
    publications,
    tiles,
)
from appeals.database import open_database
from appeals.headers import ALIASES, FIELDS
from appeals.mapping import LEVELS_OF_PLACE, Mapping
from appeals.record import Kind
from casework.moves import LABELS, Move
from geo.gazetteer import KINDS
from grids.boundaries import LEVELS
from maps.export import FORMATS
from maps.palette import KIND_WORDS, LEVEL_WORDS
from maps.wording import LEVEL_NAMES, MEASURE_NAMES, READING_NAMES
from tests.documents import (
    DECISIONS,
    DOCS,
    EVERY,
    HEADS,
    ROOT,
    SETTINGS,
    SHELL,
    code_blocks,
    name_of,
    rows_of,
    sections,
    text_of,
    without_code,
)
from wangge.cli import build_parser
from wangge.settings import Settings

# --- commands -------------------------------------------------------------------------------------


def leaves(
    parser: argparse.ArgumentParser, name: str = "wangge"
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    below = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    for action in below:
        for word, child in action.choices.items():
            yield from leaves(child, f"{name} {word}")
    if not below:
        yield name, parser


PARSER = build_parser()
COMMANDS = dict(leaves(PARSER))
SHARED = {"-h", "--help", "--config", "--json", "--verbose"}


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    return {option for action in parser._actions for option in action.option_strings} - SHARED


def test_the_document_of_commands_has_each_command_once_and_no_other() -> None:
    assert sorted(sections(DOCS / "commands.md", "##")) == sorted(
        [*COMMANDS, "What every command does"]
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_described_with_all_its_options_and_no_others(command: str) -> None:
    body = sections(DOCS / "commands.md", "##")[command]
    described = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", " ".join(re.findall("`[^`]+`", body))))

    assert described - SHARED == options_of(COMMANDS[command])
    for action in COMMANDS[command]._actions:
        if not action.option_strings:
            assert str(action.metavar or action.dest) in body, f"{command}: no {action.dest}"
        for choice in action.choices or ():
            assert f"`{choice}`" in body, f"{command}: no {choice}"


def test_what_all_commands_share_is_described() -> None:
    body = sections(DOCS / "commands.md", "##")["What every command does"]
    for option in SHARED - {"-h"}:
        assert f"`{option}" in body


def typed(path: Path) -> Iterator[list[str]]:
    for block in code_blocks(text_of(path), SHELL):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*|\$", words[0]):
                del words[0]
            if words:
                yield words


@pytest.mark.parametrize("path", EVERY, ids=name_of)
def test_every_command_that_a_document_types_is_understood(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in typed(path):
        if words[0].rpartition("/")[2] != "wangge" or "--help" in words:
            continue
        try:
            _, unknown = PARSER.parse_known_args(words[1:])
        except SystemExit:
            pytest.fail(f"{' '.join(words)}: {capsys.readouterr().err}")
        assert not unknown, f"{' '.join(words)}: {unknown}"


@pytest.mark.parametrize("path", EVERY, ids=name_of)
def test_every_target_of_make_that_a_document_names_is_there(path: Path) -> None:
    there = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))

    named = set(re.findall(r"`make ([a-z-]+)", text_of(path)))
    named |= {words[1] for words in typed(path) if words[0] == "make"}
    assert named <= there


def test_the_readme_begins_with_the_two_commands() -> None:
    for path in (ROOT / "README.md", ROOT / "README.zh-CN.md"):
        assert [words for words in typed(path) if words[0] == "make"][:2] == [
            ["make", "run"],
            ["make", "test"],
        ]


# --- settings -------------------------------------------------------------------------------------


def variable(setting: str) -> str:
    return "WANGGE_" + setting.upper().replace(".", "__")


def test_every_setting_stands_in_the_table_with_its_variable_and_default() -> None:
    table = {row[0].strip("`"): row for row in rows_of(text_of(DOCS / "settings.md"))}
    described = {name: row for name, row in table.items() if name in SETTINGS}

    assert sorted(described) == sorted(SETTINGS)
    for name, row in described.items():
        default = SETTINGS[name]
        shown = "–" if default is None else json.dumps(default, ensure_ascii=False, default=str)
        assert row[1:3] == [f"`{variable(name)}`", "–" if shown == "–" else f"`{shown}`"], name


def test_the_document_names_no_setting_that_is_not_there() -> None:
    sections_known = {name.partition(".")[0] for name in SETTINGS if "." in name}
    named = re.findall(r"`([a-z_]+\.[a-z_]+)`", text_of(DOCS / "settings.md"))

    assert {n for n in named if n.partition(".")[0] in sections_known} <= set(SETTINGS)


NOT_SETTINGS = (
    "WANGGE_TEST_POSTGRES",
    "WANGGE_EVAL_DATA",
    "WANGGE_CITIES",
    "WANGGE_ADVISORIES",
)


def test_every_environment_variable_is_described() -> None:
    known = {variable(name) for name in SETTINGS}
    for path in EVERY:
        for name in re.findall(r"\bWANGGE_[A-Z_]*[A-Z]\b", text_of(path)):
            mine = name in known or any(name.startswith(f"{one}__") for one in known)
            assert mine or name in NOT_SETTINGS, name_of(path)
    # What only tests read stands where one learns to run them.
    read = set()
    for test in (ROOT / "tests").rglob("*.py"):
        if test != Path(__file__):
            read |= set(re.findall(r"\"(WANGGE_[A-Z_]*[A-Z])\"", text_of(test)))
    for name in read - known:
        if not any(name.startswith(f"{one}__") for one in known):
            assert name in text_of(ROOT / "CONTRIBUTING.md"), name


# --- files ----------------------------------------------------------------------------------------


def test_every_header_that_is_known_by_alias_is_described() -> None:
    table = {row[0].strip("`"): row[1] for row in rows_of(text_of(DOCS / "files.md"))}

    for field in FIELDS:
        aliases = [header for header, named in ALIASES.items() if named == field]
        assert table[field].split() == [one for one in aliases if one != field], field


def test_the_mapping_file_is_described_and_its_example_can_be_read() -> None:
    text = sections(DOCS / "files.md", "##")["Mapping file"]
    for key in Mapping.__dataclass_fields__:
        assert f"`{key}`" in text or f"`[{key}]`" in text
    for level in LEVELS_OF_PLACE:
        assert f"`{level}`" in text
    for block in code_blocks(text, ("toml",)):
        for key, value in tomllib.loads(block).items():
            assert key in Mapping.__dataclass_fields__
            if key in ("columns", "constants"):
                assert set(value) <= set(FIELDS)


def test_formats_of_exports_and_kinds_of_places_are_described() -> None:
    for name in FORMATS:
        assert f"`{name}`" in text_of(DOCS / "commands.md")
    for kind in KINDS:
        assert f"`{kind}`" in text_of(DOCS / "files.md")


# --- routes ---------------------------------------------------------------------------------------


def test_every_route_is_described_with_its_parameters_and_no_other_is() -> None:
    app = create_app(open_database("sqlite://"), Settings())
    described = sections(DOCS / "api.md", "##")
    paths = app.openapi()["paths"]

    routes = {
        f"{method.upper()} {path}": [one["name"] for one in about.get("parameters", ())]
        for path, methods in paths.items()
        for method, about in methods.items()
    }
    for shown in (pages.router, hotspot_pages.router, login.pages, publications.pages,
                  offices.pages, elsewhere.router, field_page.router, tiles.router):  # fmt: skip
        routes |= {f"GET {getattr(route, 'path', '')}": [] for route in shown.routes}
    routes |= {"GET /openapi.json": []}
    heads = {head for head in described if re.match(r"(GET|POST|PUT|PATCH|DELETE) ", head)}
    assert heads == set(routes)
    for route, parameters in routes.items():
        for name in parameters:
            assert f"`{name}`".lower() in described[route].lower(), f"{route}: no {name}"


# --- words ----------------------------------------------------------------------------------------


def test_words_that_the_pages_use_stand_in_the_glossary() -> None:
    text = text_of(DOCS / "glossary.md")
    states = re.search(r"wangge\.STATES = \{(.*?)\};", text_of(ROOT / "maps/static/words.js"), re.S)
    assert states is not None
    words = {
        *KIND_WORDS.values(),
        *LEVEL_WORDS.values(),
        *READING_NAMES.values(),
        *MEASURE_NAMES.values(),
        *LABELS.values(),
        *(word for level, word in LEVEL_NAMES.items() if level in LEVELS),
        *re.findall('"([^"]+)"', states[1]),
    }
    for word in words:
        assert word in text, word
    for known in (*Kind, *Move, *LEVELS, *re.findall(r"(\w+):", states[1])):
        code = known.value if isinstance(known, Enum) else known
        assert f"`{code}`" in text, code


# --- the documents themselves ---------------------------------------------------------------------


@pytest.mark.parametrize("path", DECISIONS, ids=name_of)
def test_a_decision_has_its_five_heads_and_fits_on_half_a_page(path: Path) -> None:
    text = text_of(path)

    assert re.match(rf"# {path.name[:4]} .+\n", text)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == list(HEADS)
    assert len(text.splitlines()) <= 60


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", EVERY, ids=name_of)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(text_of(path))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        led = (path.parent / file).resolve() if file else path
        assert led.exists(), target
        assert led.is_relative_to(ROOT), target
        if anchor:
            heads = re.findall(r"^#+ (.+)$", text_of(led), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
            assert anchor in slugs, target


@pytest.mark.parametrize("path", EVERY, ids=name_of)
def test_a_document_names_no_address_of_another_host_and_no_path_of_one_machine(path: Path) -> None:
    text = text_of(path)

    hosts = set(re.findall(r"https?://([^/\s`)\"':]+)", text))
    assert hosts <= {"127.0.0.1"}
    assert not re.search(r"(?<![\w.])/(work|home|root|tmp|mnt|opt|Users)/", text)
    assert not re.search(r"unpkg|jsdelivr|cdnjs|googleapis|openstreetmap", text, re.IGNORECASE)


def test_the_changelog_tells_of_this_version_and_of_what_comes() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    heads = list(sections(ROOT / "CHANGELOG.md", "##"))

    assert heads[0] == "[Unreleased]"
    assert any(head.startswith(f"[{project['version']}]") for head in heads)
    kinds = re.findall(r"^### (.+)$", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
