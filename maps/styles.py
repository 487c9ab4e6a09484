"""Styles for QGIS (.qml): a layer of counts in the colours and class limits of the page."""

from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

import geopandas as gpd
import numpy as np
import pandas as pd

from maps.layers import SMALL_BELOW
from maps.palette import SMALL, class_labels, limits, ramp

COUNT: Final = "n"
"""The column by which places are painted."""

_LINE: Final = "#5b6b70"
_NAME: Final = "name"


def count_style(layer: gpd.GeoDataFrame, field: str, label: str) -> str | None:
    """Give the style of a layer of counts, None where the layer is none.

    Parameters
    ----------
    layer
        Places with their shapes, by the names of ``maps.layers.LAYER_COLUMNS``.
    field, label
        What the columns of the count and of the name are called in the file.

    Returns
    -------
    str or None
        A QML document, one rule a class and one for what is hidden or nothing.

    Examples
    --------
    >>> import shapely
    >>> squares = [shapely.box(i, 0, i + 1, 1) for i in range(3)]
    >>> of = gpd.GeoDataFrame({"name": ["a", "b", "c"], "n": [None, 9, 40]}, geometry=squares)
    >>> style = count_style(of, "件数", "名称") or ""
    >>> "&quot;件数&quot; &gt;= 28 AND" in style, style.count("<rule ")
    (True, 6)
    >>> count_style(of[["geometry"]], "件数", "名称") is None
    True
    """
    kinds = set(layer.geom_type.dropna()) if len(layer) else set()
    if COUNT not in layer or not kinds or not kinds <= {"Polygon", "MultiPolygon"}:
        return None
    n = pd.to_numeric(layer[COUNT], errors="coerce").to_numpy(dtype=np.float64)
    between = limits(np.where(n >= SMALL_BELOW, n, np.nan), whole=True)
    quoted = '"' + field.replace('"', '""') + '"'
    edges = [None, *between, None]
    root = Element("qgis", {"version": "3.22", "styleCategories": "Symbology|Labeling"})
    renderer = SubElement(root, "renderer-v2", {"type": "RuleRenderer", "symbollevels": "0"})
    rules = SubElement(renderer, "rules", {"key": "wangge"})
    symbols = SubElement(renderer, "symbols")
    _rule(rules, symbols, "ELSE", f"0 或小于{SMALL_BELOW} 件", SMALL)
    for low, high, words, shade in zip(
        edges, edges[1:], class_labels(between, "件"), ramp(len(between) + 1), strict=False
    ):
        parts = [f"{quoted} >= {SMALL_BELOW if low is None else f'{low:g}'}"]
        parts += [] if high is None else [f"{quoted} < {high:g}"]
        _rule(rules, symbols, " AND ".join(parts), words, shade)
    _labels(root, label)
    return '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM">\n' + tostring(
        root, encoding="unicode"
    )


def _rule(rules: Element, symbols: Element, chosen: str, words: str, shade: str) -> None:
    number = str(len(symbols))
    SubElement(
        rules,
        "rule",
        {"key": f"wangge-{number}", "symbol": number, "filter": chosen, "label": words},
    )
    symbol = SubElement(symbols, "symbol", {"type": "fill", "name": number, "alpha": "1"})
    fill = SubElement(symbol, "layer", {"class": "SimpleFill", "enabled": "1"})
    for key, value in (
        ("color", _rgba(shade)),
        ("outline_color", _rgba(_LINE)),
        ("outline_width", "0.2"),
        ("style", "solid"),
    ):
        SubElement(fill, "prop", {"k": key, "v": value})


def _labels(root: Element, label: str) -> None:
    labeling = SubElement(root, "labeling", {"type": "simple"})
    settings = SubElement(labeling, "settings")
    text = {"fieldName": label, "fontSize": "9", "isExpression": "0"}
    style = SubElement(settings, "text-style", text)
    buffer = {"bufferDraw": "1", "bufferSize": "0.7", "bufferColor": "255,255,255,255"}
    SubElement(style, "text-buffer", buffer)
    SubElement(settings, "rendering", {"obstacle": "1", "drawLabels": "1"})


def _rgba(shade: str) -> str:
    return ",".join(str(int(shade[at : at + 2], 16)) for at in (1, 3, 5)) + ",255"
