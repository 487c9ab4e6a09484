"""Whoever opens the demo signs in as each role from its list and does that role's job by clicks."""

import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from alerts.episode import Episode, Signal
from alerts.levels import read_levels
from alerts.response.follow import Follower
from alerts.routing import read_routing
from alerts.store import publish
from api.app import create_app
from appeals.database import writing
from grids.store import load_boundaries
from tests.maps.conftest import chromium  # noqa: F401  a fixture
from tests.patience import PATIENCE_MS
from tests.wangge.role_jobs import JOBS, MOST_CLICKS, work
from tests.wangge.serving import served
from wangge.demo_people import make_people, people_file
from wangge.demo_roster import make_roster
from wangge.site import Site, open_site, wall_clock

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WITHOUT = {"网格员", "规划研究人员"}
"""The small town has no grids and publishes no month: their pages have tests of their own."""


def smells(site: Site) -> None:
    """Two alerts of the first street that went out at once, as the watch would find them."""
    now = wall_clock()
    following = Follower(read_levels(), read_routing())
    with writing(site.engine) as connection:
        streets = load_boundaries(connection, now.date()).frame("street")
        street = int(streets["unit_id"].iloc[0])
        found = []
        for family, name in (("fire_gas", "燃气泄漏"), ("collapse", "房屋坍塌")):
            one = Episode(now, now)
            detail = {"severity": 3, "family": family, "duties": ["应急"]}
            one.add(
                Signal(
                    now, "sensitive", "street", street, "甲街道", name, 24, 2, 3, None, 3.0,
                    now, f"甲街道有3人反映{name}。", detail, frozenset(),
                )
            )  # fmt: skip
            found.append(one)
        publish(connection, found, now, timedelta(days=1), following=following)


@pytest.fixture(scope="module")
def address(empty_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("roles") / "site"
    shutil.copytree(empty_site, folder)
    config = folder / "wangge.toml"
    config.write_text("demo = true\n" + config.read_text(encoding="utf-8"), encoding="utf-8")
    with open_site(config) as site:
        make_people(site)
        make_roster(site)
        smells(site)
        app = create_app(
            site.engine, site.settings, ring=site.ring(), demo_people=people_file(site)
        )
        with served(app) as address:
            yield address


def test_each_role_does_its_job_from_where_it_lands_in_few_clicks(
    address: str,
    chromium: Browser,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = {}
    for role in JOBS:
        if role in WITHOUT:
            continue
        context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
        context.set_default_timeout(PATIENCE_MS)
        told[role] = work(context.new_page(), address, role)
        context.close()
    with capsys.disabled():
        for role, (clicks, seconds) in told.items():
            sys.stdout.write(f"\n{role}: {clicks} clicks, {seconds:.1f} s")

    assert max(clicks for clicks, _ in told.values()) <= MOST_CLICKS, told
