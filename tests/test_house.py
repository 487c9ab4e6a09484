"""The house keeps its own rules: floors, file length, documented public names."""

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    "appeals",
    "geo",
    "grids",
    "alerts",
    "hotspots",
    "casework",
    "maps",
    "api",
    "benchmarks",
    "wangge",
)
FLOORS = {
    "appeals": 1,
    "geo": 2,
    "grids": 3,
    "alerts": 4,
    "hotspots": 4,
    "casework": 4,
    "maps": 5,
    "api": 6,
    "benchmarks": 7,
    "wangge": 8,
}
SQL = {"sqlalchemy", "psycopg", "sqlite3", "duckdb", "alembic"}
FILES = sorted(
    path
    for room in ROOMS
    for path in (ROOT / room).rglob("*.py")
    if "node_modules" not in path.parts
)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_import_runs_upward(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    for module in imports(path):
        other = module.split(".")[0]
        if other in FLOORS and other != room:
            assert FLOORS[other] < FLOORS[room], f"{module} is above {room}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_stores_speak_sql(path: Path) -> None:
    inside = path.relative_to(ROOT).parts
    if path.name == "store.py" or inside[:2] in (
        ("appeals", "database.py"),
        ("appeals", "migrations"),
    ):
        return
    assert not {module.split(".")[0] for module in imports(path)} & SQL


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_file_is_longer_than_350_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_public_name_says_what_it_is(path: Path) -> None:
    if "migrations" in path.parts:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module says nothing of itself"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} says nothing of itself"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_arrays_are_documented_with_their_shape(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        annotations = " ".join(ast.unparse(a.annotation) for a in node.args.args if a.annotation)
        if re.search(r"\b(Floats|Ints|Bools|NDArray)\b", annotations):
            said = ast.get_docstring(node) or ""
            assert re.search(r"shape|\(n,?\)|\(n, |element", said), f"{node.name}: no shape"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_ours_and_says_what_it_takes_and_gives(room: str) -> None:
    module = importlib.import_module(room)

    assert Path(module.__file__ or "").parent == ROOT / room
    tree = ast.parse((ROOT / room / "__init__.py").read_text(encoding="utf-8"))
    assert len(tree.body) == 1, "a room's __init__ holds one docstring and nothing else"


def test_the_contracts_of_the_house_are_kept() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_no_room_has_a_name_without_a_meaning() -> None:
    meaningless = {"utils.py", "helpers.py", "common.py", "base.py", "manager.py", "misc.py"}

    assert not [path for path in FILES if path.name in meaningless]
