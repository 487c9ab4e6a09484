"""The town: on both databases where the database matters, on an embedded one elsewhere."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from appeals.database import Engine, open_database
from appeals.seals import KeyRing
from tests.casework.town import Town, build


@pytest.fixture
def both(engine: Engine, ring: KeyRing) -> Iterator[Town]:
    built = build(engine, ring)
    with built.client:
        yield built


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A folder with the town's database and keys: copying it is faster than building it."""
    folder = tmp_path_factory.mktemp("town")
    shutil.copyfile(sqlite_template, folder / "wangge.db")
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    build(engine, KeyRing.create(folder / "wangge.key"))
    engine.dispose()
    return folder


@pytest.fixture
def town(built: Path, tmp_path: Path) -> Iterator[Town]:
    yield from _copied(built, tmp_path / "town")


@pytest.fixture(scope="module")
def received(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One town for tests that change nothing, its first case in the hands of a worker."""
    for town in _copied(built, tmp_path_factory.mktemp("received") / "town"):
        town.come_as("jia")
        assert town.move(1, "receive").status_code == 200
        yield town


def _copied(built: Path, folder: Path) -> Iterator[Town]:
    shutil.copytree(built, folder)
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    town = build(engine, KeyRing.load(folder / "wangge.key"), fresh=False)
    with town.client:
        yield town
    engine.dispose()
