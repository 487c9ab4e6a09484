"""How answers are written: XML, and JSON by the Spark convention of the same tree.

Source: GeoReport v2, "Format Support"; "JSON and XML Conversion", the Spark convention.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final
from xml.etree import ElementTree

import orjson

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "xml": "text/xml; charset=utf-8",
    "json": "application/json; charset=utf-8",
}
"""By the ending of an address."""

ITEMS: Final[Mapping[str, str]] = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
"""What an element that holds a list calls each thing in it."""

# XML 1.0 has no way to write these at all.
_UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Tree = Mapping[str, object] | Sequence[object] | str | bool | float | int | None


def write(name: str, tree: Tree, form: str) -> bytes:
    """Write a tree whose outermost element has a name, as ``xml`` or ``json``.

    Examples
    --------
    >>> write("errors", [{"code": 404, "description": "没有"}], "json").decode()
    '[{"code":404,"description":"没有"}]'
    >>> print(write("errors", [{"code": 404, "description": "a<b"}], "xml").decode())
    <?xml version='1.0' encoding='utf-8'?>
    <errors><error><code>404</code><description>a&lt;b</description></error></errors>
    """
    if form == "json":
        return orjson.dumps(tree)
    root = _element(name, tree)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _element(name: str, tree: object) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            element.append(_element(str(key), value))
    elif isinstance(tree, Sequence) and not isinstance(tree, str):
        for value in tree:
            element.append(_element(ITEMS[name], value))
    elif tree is not None:
        text = str(tree).lower() if isinstance(tree, bool) else str(tree)
        element.text = _UNWRITABLE.sub("", text)
    return element
