import csv
from pathlib import Path

from tests.wangge.conftest import Run, feature, square, write_layer


def test_an_import_tells_row_by_row_what_to_look_at_and_which_units_hold_no_place(
    run: Run, site: Path, tmp_path: Path
) -> None:
    districts = [
        feature(square(0, 0, 2), name="甲区", code="990101"),
        feature(square(2, 0, 2), name="乙区", code="990102"),
    ]
    path = write_layer(tmp_path / "districts.geojson", districts)
    run("units", "import", path, "--level", "district", "--code", "code", "--datum", "wgs84")
    places = tmp_path / "places.csv"
    places.write_text(
        "名称,地址,所属区,经度,纬度\n"
        "示例花园,样板路7号,甲区,111.005,30.005\n"
        "=样本家园,样板路9号,甲区,111.025,30.005\n"
        ",样板路9号,甲区,111.025,30.005\n"
        "古城家园,,旧城区,111.005,30.006\n",
        encoding="gb18030",
    )

    report = run("gazetteer", "import", places, "--datum", "wgs84")

    assert (report["rows"], report["accepted"], report["rejected"]) == (4, 3, 1)
    findings = report["findings"]
    assert isinstance(findings, dict)
    assert {name: n for name, n in findings.items() if n} == {"stray": 1, "unknown_district": 1}
    assert report["with_number"] == 0.667
    assert report["kinds"] == {"compound": 3}
    file = Path(str(report["findings_file"]))
    assert file.parent == site / "reports"
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["行号"], row["问题"]) for row in rows] == [
        ("2", "坐标不在所填的区内"),
        ("4", "所填的区不在单位名录中"),
    ]
    assert rows[0]["名称"] == "'=样本家园"
    assert "乙区" in rows[0]["说明"]
    coverage = report["coverage"]
    assert isinstance(coverage, list)
    reach = {one["level"]: one for one in coverage}
    assert (reach["street"]["units"], reach["street"]["with_places"]) == (2, 2)
    assert reach["community"]["with_places"] == 2
    assert len(reach["community"]["without"]) == 6
