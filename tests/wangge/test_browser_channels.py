"""The page of the channels in a real browser: what is down is red, a letter is given up by hand."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alerts.outbox.store import put_notices
from api.app import create_app
from appeals.audit.store import entries
from appeals.database import Engine, reading, writing
from tests.alerts.told import notice
from tests.api.conftest import NOW
from tests.maps.conftest import Visit, chromium, visit  # noqa: F401  fixtures
from tests.wangge.serving import served
from wangge.channels import read_channels
from wangge.counter import Counter
from wangge.outlet import Outlet
from wangge.settings import Settings
from wangge.site import open_site

pytestmark = pytest.mark.browser

TOML = '[channel."值班群"]\nkind = "none"\nnetwork = "政务外网"\non = true\n'


@pytest.fixture
def told(site: Path) -> Iterator[tuple[str, Engine]]:
    opened = open_site(site / "wangge.toml")
    (site / "channels.toml").write_text(TOML, encoding="utf-8")
    channels = read_channels(site / "channels.toml")
    zone = ZoneInfo("Asia/Shanghai")
    counter = Counter(opened.engine, Settings(), channels, lambda: NOW, zone)
    with writing(opened.engine) as connection:
        old = NOW - timedelta(minutes=6)
        waiting = notice(0, channel="值班群", move=1)
        lost = notice(0, channel="传真", move=2)
        put_notices(connection, [waiting, lost], old)
    counter.sweep()
    app = create_app(
        opened.engine, opened.settings, clock=lambda: NOW, outlet=Outlet(counter, channels)
    )
    with served(app) as address:
        yield address, opened.engine
    opened.engine.dispose()


def test_what_is_down_is_red_on_every_page_and_a_letter_is_given_up_with_a_reason(
    told: tuple[str, Engine],
    visit: Callable[[str], Visit],  # noqa: F811
) -> None:
    address, engine = told
    page = visit(address).page
    page.locator("#channels-down", has_text="通道不通：值班群（1条未送达）").wait_for()
    page.locator("#channels-down a").click()

    page.locator("#state.warn", has_text="有1个通道不通").wait_for()
    page.locator("#channels", has_text="没有发送程序在取件").wait_for()
    page.locator("#dead", has_text="没有这个通道").get_by_role("button", name="放弃").click()
    page.get_by_label("经办人").fill("王")
    page.locator("#letter textarea").fill("已电话通知")
    page.locator("#letter button[type=submit]").click()

    page.get_by_text("没有未送达的消息").wait_for()
    with reading(engine) as connection:
        last = list(entries(connection))[-1]
    assert (last.actor, last.act) == ("王", "drop message")
