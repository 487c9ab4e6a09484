from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from appeals.errors import InputError
from geo.datums import bd09_from_wgs84
from geo.gazetteer import ALIAS_COLUMNS, COLUMNS
from geo.indexing import build_gazetteer
from geo.places import read_places

HEADER = "名称,地址,所属区,经度,纬度\n"
ROWS = [
    "示例花园(东区),样板路7号,示例区,116.30,39.90",
    "样本家园,样板路12号,示例区,116.31,39.90",
    ",样板路13号,示例区,116.31,39.90",
    "没有坐标的小区,,示例区,,39.90",
    "换了位的小区,,示例区,39.90,116.30",
    "太平家园,,示例区,116.40,39.90",
    "太平家园,,样本区,116.50,39.95",
]


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "places.csv"
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_places_are_read_by_their_usual_headers_and_bad_rows_are_named(
    tmp_path: Path, encoding: str
) -> None:
    path = write(tmp_path, HEADER + "\n".join(ROWS), encoding)

    frame, report = read_places(path, {}, "wgs84", "compound", "示例局")

    assert list(frame.columns) == list(COLUMNS)
    assert frame["name"].tolist() == ["示例花园(东区)", "样本家园", "太平家园", "太平家园"]
    assert set(frame["kind"]) == {"compound"}
    assert set(frame["source"]) == {"示例局"}
    assert (report.rows, report.accepted) == (7, 4)
    assert [(r.row, r.field, r.reason) for r in report.rejects] == [
        (3, "name", "is empty"),
        (4, "lon, lat", "is empty or not a number: write degrees with decimals"),
        (5, "lon, lat", "out of range: they look swapped"),
    ]


def test_the_report_shows_names_of_far_apart_points(tmp_path: Path) -> None:
    _, report = read_places(
        write(tmp_path, HEADER + "\n".join(ROWS)), {}, "wgs84", "compound", "示例局"
    )

    assert report.duplicate_names == 1
    assert [name for name, _ in report.far_apart] == ["太平家园"]
    assert report.far_apart[0][1] == pytest.approx(10_200, rel=0.05)
    assert any("800 m apart" in line for line in report.lines())


def test_the_report_shows_pins_that_many_names_share(tmp_path: Path) -> None:
    rows = [f"示例院{i}号,,示例区,116.3,39.9" for i in range(7)]
    rows += [f"样本园{i}号,,示例区,116.4,39.{i}" for i in range(7)]

    _, report = read_places(
        write(tmp_path, HEADER + "\n".join(rows)), {}, "wgs84", "compound", "示例局"
    )

    assert report.sinks == ((116.3, 39.9, 7),)
    assert report.rejects == ()


def test_coordinates_come_to_wgs84_from_the_declared_datum(tmp_path: Path) -> None:
    wgs = pd.DataFrame({"lon": [116.3], "lat": [39.9]})
    lon, lat = bd09_from_wgs84(wgs["lon"].to_numpy(), wgs["lat"].to_numpy())
    path = write(tmp_path, f"n,addr,x,y\n示例花园,样板路7号,{float(lon[0])!r},{float(lat[0])!r}\n")

    frame, _ = read_places(path, {"name": "n", "lon": "x", "lat": "y"}, "BD-09", "point", "示例局")

    assert frame["lon"][0] == pytest.approx(116.3, abs=1e-9)
    assert frame["lat"][0] == pytest.approx(39.9, abs=1e-9)
    assert frame["address"][0] == "样板路7号"


@pytest.mark.parametrize("suffix", ["xlsx", "geojson", "gpkg"])
def test_tables_and_layers_are_read_alike(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"places.{suffix}"
    if suffix == "xlsx":
        pd.DataFrame(
            {"name": ["示例花园"], "district": ["示例区"], "lon": [116.3], "lat": [39.9]}
        ).to_excel(path, index=False)
    else:
        yard = shapely.box(116.299, 39.899, 116.301, 39.901)
        layer = gpd.GeoDataFrame(
            {"name": ["示例花园"], "district": ["示例区"]}, geometry=[yard], crs="EPSG:4326"
        )
        layer.to_file(path)

    frame, report = read_places(path, {}, "wgs84", "compound", "示例局")

    assert report.accepted == 1
    assert frame["district"][0] == "示例区"
    assert (frame["lon"][0], frame["lat"][0]) == pytest.approx((116.3, 39.9), abs=1e-6)


def test_a_file_that_cannot_be_read_rightly_is_refused_whole(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + ROWS[0])

    with pytest.raises(InputError, match="datum"):
        read_places(path, {}, None, "compound", "示例局")
    with pytest.raises(InputError, match="datum"):
        read_places(path, {}, "EPSG:4610", "compound", "示例局")
    with pytest.raises(InputError, match="kind"):
        read_places(path, {}, "wgs84", "palace", "示例局")
    with pytest.raises(InputError, match="no column 'lng'"):
        read_places(path, {"lon": "lng"}, "wgs84", "compound", "示例局")
    with pytest.raises(InputError, match="no column for lon"):
        read_places(write(tmp_path, "name,lat\n甲乙,1"), {}, "wgs84", "compound", "示例局")
    with pytest.raises(InputError, match="looks like data") as caught:
        read_places(write(tmp_path, ROWS[0] + "\n" + ROWS[1]), {}, "wgs84", "compound", "示例局")
    assert "示例花园" not in str(caught.value)
    with pytest.raises(InputError, match="not there"):
        read_places(tmp_path / "none.csv", {}, "wgs84", "compound", "示例局")
    for name in ("damaged.xlsx", "damaged.gpkg", "damaged.geojson", "empty.csv"):
        (tmp_path / name).write_bytes(b"" if name == "empty.csv" else b"hello")
        with pytest.raises(InputError, match=rf"gazetteer: {name}"):
            read_places(tmp_path / name, {}, "wgs84", "compound", "示例局")
    with pytest.raises(InputError, match="not read here"):
        read_places(tmp_path / "places.doc", {}, "wgs84", "compound", "示例局")


def test_an_empty_gazetteer_is_a_gazetteer() -> None:
    gazetteer = build_gazetteer(pd.DataFrame(columns=list(COLUMNS)))

    assert len(gazetteer) == 0
    with pytest.raises(InputError, match="no column source"):
        build_gazetteer(pd.DataFrame(columns=list(COLUMNS[:-1])))


def test_an_alias_of_the_bracket_alone_or_of_a_bare_direction_is_never_a_name() -> None:
    rows = [("某院(商住楼)", "compound", "南大街5号", "示例区", 116.3, 39.9, "doc")]

    gazetteer = build_gazetteer(pd.DataFrame(rows, columns=list(COLUMNS)))

    assert gazetteer.keys.keys() == ["某院商住楼"]


def test_an_alias_leads_to_a_place_a_point_or_a_unit() -> None:
    places = [("示例花园", "compound", "", "示例区", 116.3, 39.9, "doc")]
    aliases = [
        ("老示例园", "示例花园", None, None, ""),
        ("大院", "", 116.5, 39.8, ""),
        ("老街道", "", None, None, "990101001"),
        ("空", "", None, None, ""),
    ]

    gazetteer = build_gazetteer(
        pd.DataFrame(places, columns=list(COLUMNS)),
        aliases=pd.DataFrame(aliases, columns=list(ALIAS_COLUMNS)),
    )

    assert gazetteer.rows("place", "老示例园") == gazetteer.rows("place", "示例花园") == (0,)
    (row,) = gazetteer.rows("place", "大院")
    assert (gazetteer.lon[row], gazetteer.lat[row]) == (116.5, 39.8)
    assert gazetteer.unit_aliases == {"老街道": "990101001"}
    assert "空" not in gazetteer.keys
