"""The people of a demo: listed, signed in by a click, and nowhere but in a demo."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.homes import HOMES
from api.rights import ROUTES
from appeals.database import open_database
from appeals.people.roles import ADMINISTRATORS, ROLE_WORDS, StaffRole, rights_of
from tests.api.accounts import ORIGIN
from tests.api.conftest import NOW
from wangge.demo_people import PEOPLE_FILE, make_people, people_file
from wangge.settings import Settings
from wangge.site import Site


@pytest.fixture(scope="module")
def site(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("demo") / "site"
    shutil.copytree(planted, folder)
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    settings = Settings(demo=True, sealing={"key_file": str(folder / "wangge.key")})  # type: ignore[arg-type]
    site = Site(folder / "wangge.toml", settings, engine)
    assert people_file(site) is None
    assert make_people(site) >= 10
    yield site
    engine.dispose()


@pytest.fixture
def demo(site: Site) -> Iterator[TestClient]:
    app = create_app(
        site.engine,
        site.settings,
        clock=lambda: NOW,
        ring=site.ring(),
        hosts=frozenset({"testserver"}),
        demo_people=people_file(site),
    )
    with TestClient(app) as client:
        yield client


def test_everybody_on_the_list_signs_in_with_what_stands_there_and_has_a_page(
    demo: TestClient,
) -> None:
    items = demo.get("/api/demo/people").json()["items"]

    assert {role for one in items for role in one["roles"]} >= {
        ROLE_WORDS[role] for role in StaffRole if role is not StaffRole.GRID_WORKER
    }  # the town of the test has no grids
    first = {one["roles"][0]: one for one in reversed(items)}
    for one in first.values():
        said = {name: one[name] for name in ("login", "password", "code")}
        assert demo.post("/api/session", json=said, headers=ORIGIN).status_code == 204, one["login"]
        who = demo.get("/api/session").json()
        assert (who["open"], who["login"], who["home"]) == (False, one["login"], one["home"])
        assert demo.get(who["home"]).status_code == 200
        demo.cookies.clear()
    assert len({one["password"] for one in items}) == len(items)


@pytest.mark.parametrize("role", StaffRole)
def test_nobody_lands_on_a_page_to_which_they_have_no_right(role: StaffRole) -> None:
    right = ROUTES.get(f"GET {HOMES[role]}")
    assert right is None or right in rights_of([role])


def test_who_has_not_signed_in_is_the_operator_of_a_demo_on_this_machine_alone(
    demo: TestClient,
) -> None:
    assert demo.get("/").status_code == 200
    assert demo.get("/api/session").json()["open"] is True
    assert demo.get("/", headers={"Host": "wangge.example"}).status_code == 403
    # A session that is over is not a way back to the open desk.
    demo.cookies.set("wangge", "x" * 43)
    assert demo.get("/api/appeals").status_code == 401


def test_without_a_demo_the_list_is_not_there_and_nobody_comes_in_beside_it(site: Site) -> None:
    with TestClient(create_app(site.engine, site.settings, ring=site.ring())) as client:
        assert client.get("/api/demo/people").status_code == 404
        assert client.get("/api/appeals").status_code == 401


def test_the_passwords_lie_in_a_file_that_its_owner_alone_reads_and_only_a_demo_looks_for_it(
    site: Site,
) -> None:
    path = people_file(site)
    assert path is not None
    assert path.name == PEOPLE_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    real = site.settings.model_copy(update={"demo": False})
    assert people_file(Site(site.config, real, site.engine)) is None


def test_administrators_of_a_demo_have_a_second_factor_as_everywhere(demo: TestClient) -> None:
    for one in demo.get("/api/demo/people").json()["items"]:
        is_administrator = one["roles"][0] in {ROLE_WORDS[role] for role in ADMINISTRATORS}
        assert bool(one["code"]) == is_administrator
        if is_administrator:
            said = {"login": one["login"], "password": one["password"]}
            assert demo.post("/api/session", json=said, headers=ORIGIN).status_code == 403
