"""What the description promises: no odd request meets a 500, or an answer that it does not name."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from api.app import create_app
from appeals.database import open_database
from appeals.seals import KeyRing
from tests.api.conftest import NOW
from wangge.handover import Handover
from wangge.serve import taking
from wangge.settings import Settings


def no_fault_of_ours(context: Any, response: Any, case: Any) -> None:
    """503 says that a part is not there, and is described; any other 5xx is a fault."""
    if response.status_code >= 500 and response.status_code != 503:
        raise AssertionError(f"{response.status_code} {case.method} {case.path}")


CHECKS = (no_fault_of_ours, status_code_conformance, content_type_conformance)
ENDLESS = "/api/alerts/stream"


@pytest.fixture(scope="module")
def app(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    folder = tmp_path_factory.mktemp("described") / "site"
    shutil.copytree(planted, folder)
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    ring, own = KeyRing.load(folder / "wangge.key"), Settings()
    take = taking(Handover(engine, own, ring, lambda: NOW))
    app = create_app(engine, own, take=take, clock=lambda: NOW, ring=ring)
    yield app
    engine.dispose()


@pytest.mark.slow
def test_every_operation_answers_as_it_is_described(app: FastAPI) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    walked, broken = 0, []
    operations: Any = schema.get_all_operations()
    for found in operations:
        operation = found.ok()
        if operation.path == ENDLESS:
            continue
        walked += 1
        try:
            _try(operation)
        except FailureGroup as failures:
            told = {str(getattr(one, "title", one)) for one in failures.exceptions}
            broken.append((operation.method, operation.path, sorted(told)))
    assert broken == [], "\n".join(map(str, broken))
    assert walked > 25


def _try(operation: Any) -> None:
    @seed(1)
    @settings(
        max_examples=5,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        case.call_and_validate(checks=list(CHECKS))

    run()
