"""One month has one answer, whichever way it is asked for."""

import csv
import html
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from wangge.site import open_site

FIGURES = (
    "n", "small", "rate", "rate_low", "rate_high", "n_previous", "growth", "n_last_year",
    "growth_year", "focus", "focus_flag", "rank",
)  # fmt: skip
SINK = (111.0105, 30.0105)


@pytest.fixture
def asked(run: Callable[..., Any], site: Path, town: Any, tmp_path: Path) -> Callable[..., Any]:
    """A month from the 19th on, with a sink of sixty callers in it."""
    config = site / "wangge.toml"
    words = config.read_text(encoding="utf-8")
    config.write_text(re.sub("month_start = .*", "month_start = 19", words), encoding="utf-8")
    with (tmp_path / "sink.csv").open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(("工单编号", "受理时间", "诉求内容", "来电号码", "经度", "纬度"))
        for number in range(60):
            day = date(2026, 2, 19) + timedelta(days=number % 20)
            row = (f"S{number}", f"{day} 09:00", "积水", f"1390000{number:04d}", *SINK)
            lines.writerow(row)
    run("ingest", town.appeals, tmp_path / "sink.csv", "--datum", "wgs84")
    return run


def figures(items: list[dict[str, Any]]) -> dict[str, dict[str, object]]:
    return {
        one["code"]: {
            name: round(value, 6) if isinstance(value, float) else value
            for name, value in one.items()
            if name in FIGURES
        }
        for one in items
    }


def test_table_door_layer_file_and_page_agree(
    asked: Callable[..., Any], site: Path, tmp_path: Path
) -> None:
    here = open_site(site / "wangge.toml")
    client = TestClient(create_app(here.engine, here.settings))
    page = re.sub(r"<[^<>]*>|\s+", " ", html.unescape(client.get("/hotspots/file").text))
    path = tmp_path / "layer.geojson"

    for level in ("street", "community", "h3-8", "h3-9"):
        month = ("--month", "2026-03")
        table = asked("hotspots", "--level", level, *month)
        asked("export", level, *month, "-o", path)
        file = json.loads(path.read_text(encoding="utf-8"))
        door = client.get(f"/api/hotspots?level={level}&month=2026-03").json()
        layer = client.get(f"/api/layers/{level}?month=2026-03").json()

        assert client.get(f"/api/hotspots?level={level}").json() == door  # the newest month
        assert (door["first_day"], door["last_day"]) == ("2026-02-19", "2026-03-10")
        assert table["items"] == door["items"]
        totals = {name: door[name] for name in ("n", "n_not_placeable", "n_sinks", "reading")}
        assert totals == {name: table[name] for name in totals}
        assert door["n"] + door["n_not_placeable"] + door["n_sinks"] == 490 + 60
        assert door["n_sinks"] == (60 if level.startswith("h3") else 0)
        of_layer = figures([one["properties"] for one in layer["features"]])
        assert of_layer == figures(door["items"])
        assert of_layer == figures([one["properties"] for one in file["features"]])
        for one in door["items"] if not level.startswith("h3") else []:
            said = re.findall(rf"{one['name']}[^件]{{0,80}}?(\d+) 件", page)
            assert set(said) == {str(one["n"])}, one["name"]
    here.engine.dispose()
