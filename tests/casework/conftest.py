"""The town: on both databases where the database matters, on an embedded one elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from appeals.database import Engine
from appeals.seals import KeyRing
from tests.casework.town import Town, build, copied, settle


@pytest.fixture
def both(engine: Engine, ring: KeyRing) -> Iterator[Town]:
    built = build(engine, ring)
    with built.client:
        yield built


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    return settle(tmp_path_factory.mktemp("town"), sqlite_template)


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
    with copied(built, folder) as town, town.client:
        yield town
