"""登录 in a real browser, against the real application."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from api.app import create_app
from tests.maps.conftest import chromium  # noqa: F401  a fixture
from tests.wangge.serving import served
from wangge.cli import main
from wangge.site import open_site

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"
PEOPLE = (("root1", "管理员", "system_admin"), ("wang", "王某", "duty_officer"))


@pytest.fixture
def address(empty_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    shutil.copytree(empty_site, tmp_path / "site")
    config = str(tmp_path / "site" / "wangge.toml")
    for login, name, role in PEOPLE:
        monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
        typed = ["users", "add", login, "--name", name, "--role", role]
        assert main(["--config", config, *typed]) == 0
    with open_site(Path(config)) as site:
        app = create_app(site.engine, site.settings, ring=site.ring())
        with served(app) as address:
            yield address


def sign_in(page: Page, password: str) -> None:
    """By the keyboard alone: the field of the name has the focus."""
    page.wait_for_selector("#login:focus")
    page.keyboard.type("wang")
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def test_a_person_signs_in_by_keyboard_is_named_on_the_desk_and_signs_out(
    address: str,
    chromium: Browser,  # noqa: F811
) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    outside: list[str] = []
    page.on("request", lambda r: None if r.url.startswith(address) else outside.append(r.url))
    page.goto(address)  # the desk sends to the page of signing in
    page.wait_for_url("**/login")
    sign_in(page, "wrong password")
    page.wait_for_selector("#wrong:not(:empty)")
    assert "不正确" in page.inner_text("#wrong")
    page.fill("#login", "")
    page.focus("#login")
    sign_in(page, PASSWORD)

    page.wait_for_selector("#who button")
    assert page.inner_text("#who a") == "值班员 王某"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.cookie") == ""
    page.click("#who button")
    page.wait_for_url("**/login")
    page.wait_for_selector("#login:focus")
    page.goto(address + "hotspots")
    assert page.url.endswith("/login")
    for field in page.query_selector_all("#sign-in input"):
        assert field.evaluate("f => f.labels.length === 1 && f.offsetHeight >= 44")
    assert [url for url in outside if not url.startswith("data:")] == []
    page.close()
