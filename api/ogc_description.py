"""What the door for GIS programs looks like, in OpenAPI 3.0: its conformance class wants this one.

The description of the rest (``/openapi.json``) is of version 3.1, which clients of the standard
need not read.
"""

from typing import Final

MEDIA_TYPE: Final = "application/vnd.oai.openapi+json;version=3.0"

_GEOJSON: Final[dict[str, object]] = {"application/geo+json": {"schema": {"type": "object"}}}
_JSON: Final[dict[str, object]] = {"application/json": {"schema": {"type": "object"}}}
_NAME: Final[dict[str, object]] = {
    "name": "collectionId", "in": "path", "required": True, "schema": {"type": "string"}
}  # fmt: skip
_ITEM: Final[dict[str, object]] = {
    "name": "featureId",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
}


def describe(base: str, usual: int, most: int) -> dict[str, object]:
    """Describe the door.

    Parameters
    ----------
    base
        Where the product is reached, without a slash at the end.
    usual, most
        Features of a page without ``limit``, and at most.
    """
    crs = _asked("crs", {"type": "string", "format": "uri"}, "system of the answer")
    page = [
        _asked("limit", {"type": "integer", "minimum": 1, "maximum": most, "default": usual}, ""),
        _asked("offset", {"type": "integer", "minimum": 0, "default": 0}, "of a next link"),
        _numbers("bbox"),
        _asked("bbox-crs", {"type": "string", "format": "uri"}, "system of bbox"),
        crs,
        _asked("datetime", {"type": "string"}, "a moment or an interval of RFC 3339"),
        {
            "name": "fields",
            "in": "query",
            "required": False,
            "style": "form",
            "explode": True,
            "description": "any field of the layer by its name: features that read so",
            "schema": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    ]
    collection = "/ogc/collections/{collectionId}"
    return {
        "openapi": "3.0.3",
        "info": {"title": "wangge layers (OGC API - Features)", "version": "1.0.0"},
        "servers": [{"url": base}],
        "paths": {
            "/ogc/": _get("where everything is", _JSON),
            "/ogc/conformance": _get("conformance classes", _JSON),
            "/ogc/collections": _get("the layers that the caller may see", _JSON),
            collection: _get("one layer", _JSON, _NAME),
            f"{collection}/items": _get("a page of features", _GEOJSON, _NAME, *page),
            f"{collection}/items/{{featureId}}": _get("one feature", _GEOJSON, _NAME, _ITEM, crs),
        },
    }


def _get(
    summary: str, content: dict[str, object], *parameters: dict[str, object]
) -> dict[str, object]:
    problem = {"description": "a problem (RFC 9457)", "content": {"application/problem+json": {}}}
    answers = {"200": {"description": summary, "content": content}} | dict.fromkeys(
        ("400", "401", "403", "404") if parameters else ("400", "401", "403"), problem
    )
    return {"get": {"summary": summary, "parameters": list(parameters), "responses": answers}}


def _asked(name: str, schema: dict[str, object], words: str) -> dict[str, object]:
    return {
        "name": name, "in": "query", "required": False, "description": words, "schema": schema
    }  # fmt: skip


def _numbers(name: str) -> dict[str, object]:
    schema: dict[str, object] = {
        "type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6
    }  # fmt: skip
    return _asked(name, schema, "a box") | {"style": "form", "explode": False}
