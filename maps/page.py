"""One folium page of hot spots and alerts, as one file that opens without a network."""

from collections.abc import Sequence
from typing import Final

import folium
import geopandas as gpd
import jinja2
import numpy as np
import shapely
from branca.element import MacroElement

from maps import palette, wording
from maps.layers import feature_collection
from maps.offline import Raw, figure_of, json_script, one_file, own_text, script
from maps.sheet import LevelSheet, Sheet, alert_items, check, context, shell, tips

MEASURES: Final = ("n", "rate", "growth")

_SCRIPTS: Final = ("words.js", "piles.js", "toggles.js", "snapshot.js")
_STYLES: Final = ("marks.css", "snapshot.css")

_PAD_DEG: Final = 0.05
_SIMPLIFY_DEG: Final = 0.00005  # about 5 m: less than a line on a screen


def hotspot_page(sheet: Sheet) -> str:
    """Make the page of hot spots and alerts.

    Parameters
    ----------
    sheet
        Layers in WGS84; an empty layer is drawn as an empty map that says so.

    Returns
    -------
    str
        One HTML text without outside addresses.

    Raises
    ------
    ValueError
        There is no level, or two levels differ in month, reading or filter.
    Unavailable
        The browser files are not installed.
    """
    check(sheet)
    title = f"{sheet.jurisdiction}诉求热点与风险提示"
    west, south, east, north = _bounds(sheet)
    page = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_control=False,
        prefer_canvas=True,
        min_zoom=7,
        max_zoom=18,
        maxZoom=18,
        zoomSnap=0.25,
        attributionControl=False,
        maxBounds=[[south - _PAD_DEG, west - _PAD_DEG], [north + _PAD_DEG, east + _PAD_DEG]],
        fadeAnimation=False,
        zoomAnimation=False,
    )
    legends: dict[str, list[dict[str, str]]] = {}
    for number, level in enumerate(sheet.levels):
        for measure in MEASURES:
            name = wording.LEVEL_NAMES[level.table.level] + wording.MEASURE_NAMES[measure]
            legends[name] = _add_choropleth(page, level, measure, name, show=not legends)
        if number == 0 and len(sheet.levels) > 1:
            _add_outline(page, level)
    page.fit_bounds([[south, west], [north, east]])
    folium.LayerControl(position="topright", collapsed=False).add_to(page)
    figure = figure_of(page)
    for name in _SCRIPTS:
        figure.header.add_child(Raw(script(own_text(name))), name=name)
    figure.html.add_child(Raw(shell(context(sheet, title))), name="own_shell")
    data = {
        "legends": legends,
        "alerts": alert_items(sheet),
        "year": sheet.levels[0].table.months.this.last.year,
    }
    figure.html.add_child(Raw(json_script("snapshot-data", data)), name="own_data")
    page.add_child(_Start())  # type: ignore[no-untyped-call]
    return one_file(page, title=title, style="".join(own_text(name) for name in _STYLES))


class _Start(MacroElement):
    """Calls our own script once folium has built the map."""

    _template = jinja2.Template(
        "{% macro script(this, kwargs) %}"
        "wanggeSnapshot({{ this._parent.get_name() }});"
        "{% endmacro %}"
    )


def _bounds(sheet: Sheet) -> tuple[float, float, float, float]:
    boxes = np.array([level.layer.total_bounds for level in sheet.levels if len(level.layer)])
    if not len(boxes):
        return 104.0, 35.0, 104.1, 35.1
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _add_choropleth(
    page: folium.Map, level: LevelSheet, measure: str, name: str, *, show: bool
) -> list[dict[str, str]]:
    """Add one layer with its tooltips; give its legend."""
    group = folium.FeatureGroup(name=name, overlay=False, show=show)
    layer = level.layer
    known: list[float] = layer[measure].astype("Float64").astype("float64").tolist()
    between = () if measure == "growth" else palette.limits(np.array(known), whole=measure == "n")
    if len(layer):
        fills = [
            _fill(measure, value, small=bool(small), sure=bool(sure), between=between)
            for value, small, sure in zip(known, layer["small"], layer["growth_sure"], strict=True)
        ]
        drawn = gpd.GeoDataFrame(
            {"fill": fills, "tip": tips(level)},
            geometry=shapely.coverage_simplify(layer.geometry.to_numpy(), _SIMPLIFY_DEG),
            crs="EPSG:4326",
        )
        folium.GeoJson(
            feature_collection(drawn, digits=5),
            style_function=_style,
            highlight_function=lambda _: {"weight": 3, "color": "#1d1d1f"},
            tooltip=folium.GeoJsonTooltip(["tip"], labels=False, sticky=True, opacity=1),
        ).add_to(group)
    group.add_to(page)
    return _legend(measure, between)


def _style(feature: dict[str, dict[str, str]]) -> dict[str, object]:
    return {
        "fillColor": feature["properties"]["fill"],
        "fillOpacity": 1,
        "color": "#5b6b70",
        "weight": 1,
    }


def _add_outline(page: folium.Map, level: LevelSheet) -> None:
    """Add the borders of the upper level, to find one's way among communities."""
    name = f"{wording.LEVEL_NAMES[level.table.level]}界线"
    group = folium.FeatureGroup(name=name, overlay=True, show=False)
    if len(level.layer):
        lines = gpd.GeoDataFrame(geometry=level.layer.geometry.boundary, crs="EPSG:4326")
        folium.GeoJson(
            feature_collection(lines, digits=5),
            style_function=lambda _: {"color": "#1d1d1f", "weight": 2.5, "interactive": False},
        ).add_to(group)
    group.add_to(page)


def _fill(measure: str, value: float, *, small: bool, sure: bool, between: Sequence[float]) -> str:
    if measure == "n" and small:
        return palette.SMALL
    if measure == "growth":
        return palette.growth_colour(value, sure=sure)
    return palette.colour(value, between)


def _legend(measure: str, between: Sequence[float]) -> list[dict[str, str]]:
    if measure == "growth":
        words = ("下降 30% 及以上", "下降", "变化不明显", "上升", "上升 30% 及以上")
        steps = list(zip(palette.GROWTH, words, strict=True))
        steps.append((palette.NO_DATA, "基数不足或无可比数据"))
    else:
        labels = palette.class_labels(between, "件")
        steps = list(zip(palette.ramp(len(labels)), labels, strict=True))
        rest = "0 或小于5 件" if measure == "n" else "0"
        steps.insert(0, (palette.SMALL, rest))
        if measure == "rate":
            steps.append((palette.NO_DATA, "户数不详或数量过小"))
    return [{"colour": shade, "label": label} for shade, label in steps]
