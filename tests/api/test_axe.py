"""Every page, on a desk and on a phone, under the rules of axe; nothing comes from outside."""

import os
import re
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from api.app import create_app
from api.rights import ROUTES
from appeals.database import open_database
from tests.api.conftest import NOW
from tests.maps.conftest import chromium  # noqa: F401  fixture
from tests.patience import PATIENCE_MS
from tests.wangge.serving import served
from wangge.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(str(files("maps"))) / "web" / "node_modules" / "axe-core" / "axe.min.js"
NO_PAGE = re.compile(r"^/(api|ogc|open311|tiles|field/|health|metrics|openapi)")
VIEWS = [f"/field#{view}" for view in ("1", "map", "report", "mine", "outbox")]
PAGES = [
    re.sub(r"\{[a-z_]+\}", "1", address)
    for method, _, address in (route.partition(" ") for route in ROUTES)
    if method == "GET" and not NO_PAGE.match(address)
] + VIEWS
FINDINGS = """axe.run(document, {resultTypes: ['violations']}).then(found => found.violations
  .filter(one => one.impact === 'serious' || one.impact === 'critical')
  .flatMap(one => one.nodes.map(node => one.id + ': ' + node.html.slice(0, 160))))"""


@pytest.fixture(scope="module")
def address(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("walked") / "site"
    shutil.copytree(planted, folder)
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    with served(create_app(engine, Settings(), clock=lambda: NOW)) as address:
        yield address.rstrip("/")
    engine.dispose()


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:  # noqa: F811
    if not AXE.is_file():
        reason = "needs axe-core: run make (or maps/web/install.py)"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}; in CI nothing skips for that reason")
        pytest.skip(reason)
    # axe is put into the page by the test; the page's own policy would refuse it.
    context = chromium.new_context(locale="zh-CN", bypass_csp=True)
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


def test_the_walk_knows_the_pages_of_every_room() -> None:
    assert {"/", "/login", "/field", "/hotspots", "/alerts/1", "/layers", "/duty"} <= set(PAGES)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_serious_finding_and_asks_no_other_host(
    path: str, address: str, context: BrowserContext
) -> None:
    page, foreign, errors = context.new_page(), [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith((address, "data:", "blob:")) else foreign.append(asked.url)
        ),
    )
    found = {}
    for size in ((1280, 800), (390, 844)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto("about:blank")
        answer = page.goto(address + path)
        assert answer is not None
        assert answer.ok
        page.wait_for_timeout(500)
        page.add_script_tag(path=AXE)
        found[size] = page.evaluate(FINDINGS)
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) <= 0, f"{path} scrolls sideways at {size}"
    page.close()
    assert found == {(1280, 800): [], (390, 844): []}
    assert (foreign, errors) == ([], [])
