"""The whole shift on a slow phone whose browser is killed outright, also as a plain page."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, sync_playwright

from appeals.database import open_database
from appeals.seals import KeyRing
from tests.casework.town import build
from tests.maps.conftest import CHROMIUM_FLAGS
from tests.maps.field_phone import (
    HERE,
    packed,
    phone_in,
    photo,
    photos_of,
    secret_of,
    served_now,
    throttle,
)
from tests.patience import PATIENCE_MS

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@contextmanager
def browser_of(folder: Path) -> Iterator[tuple[BrowserContext, "subprocess.Popen[bytes]"]]:
    """Start Chromium as a process of ours on a folder that outlives it."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = [f"--user-data-dir={folder}", f"--remote-debugging-port={port}", "--headless=new"]
    process = subprocess.Popen(
        [found, *CHROMIUM_FLAGS, *flags, "about:blank"], stderr=subprocess.DEVNULL
    )
    try:
        with sync_playwright() as playwright:
            for attempt in range(60):
                try:
                    browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
                    break
                except Error:
                    if attempt == 59:
                        raise
                    time.sleep(0.5)
            context = browser.contexts[0]
            context.set_default_timeout(PATIENCE_MS)
            context.grant_permissions(["geolocation"])
            context.set_geolocation(HERE)
            yield context, process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("worker", [True, False], ids=["with worker", "plain page"])
def test_a_killed_browser_loses_nothing_and_nothing_is_done_twice(
    worker: bool, tmp_path: Path, sqlite_template: Path
) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "wangge.db")
    engine = open_database(f"sqlite:///{tmp_path / 'wangge.db'}")
    town = build(engine, KeyRing.create(tmp_path / "wangge.key"))
    lack = "delete Navigator.prototype.serviceWorker"
    with served_now(town) as address:
        cookie = {"name": "wangge", "value": secret_of(town, "jia"), "url": address}
        signed_in = cookie | {"expires": time.time() + 36_000}
        with browser_of(tmp_path / "profile") as (context, process):
            if not worker:
                context.add_init_script(lack)
            context.add_cookies([signed_in])  # type: ignore[list-item]
            phone = phone_in(context, town, address)
            throttle(phone.page, 4)
            phone.open("#1", "[data-move=receive]")
            if worker:
                phone.page.evaluate("navigator.serviceWorker.ready.then(r => !!r.active)")
            packed(phone.page, 0)
            phone.offline(True)
            phone.tap("receive")
            phone.page.wait_for_selector("[data-move=contact]")
            phone.tap("contact")
            phone.page.locator("[data-reached=reached]").click()
            phone.page.wait_for_selector("[data-move=arrive]")
            phone.tap("arrive")
            phone.page.wait_for_selector("[data-move=done]")
            phone.tap("done")
            phone.page.set_input_files("input[type=file]", photo(tmp_path / "photo.jpg"))
            phone.page.locator("[data-confirm=done]:enabled").click()
            phone.waits("待上传 4")
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert phone.steps(1) == []
        with browser_of(tmp_path / "profile") as (context, _):
            if not worker:
                context.add_init_script(lack)
            # Chromium writes cookies every half minute: one may have to sign in again.
            context.add_cookies([signed_in])  # type: ignore[list-item]
            phone = phone_in(context, town, address)
            throttle(phone.page, 4)
            if worker:  # the shell and the tasks are there before the network is
                context.set_offline(True)
                phone.open("#outbox", "#outbox li")
                assert phone.page.locator("#outbox li").count() == 4
                phone.offline(False)
            else:
                phone.open()
            phone.sent()
            assert (phone.foreign, phone.errors) == ([], [])
    moves = ["receive", "contact", "arrive", "done"]
    assert phone.steps(1) == [(move, "jia") for move in moves]
    assert len(photos_of(engine, 1)) == 1
    engine.dispose()
