"""OGC API - Features: the layers for QGIS, ArcGIS and other programs, with the rights of the pages.

Conformance is claimed for what is tested: Part 1 core, GeoJSON and OpenAPI 3.0, Part 2 reference
systems. What is wrong in a request is answered with 400, as the standard asks.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

import numpy as np
import pandas as pd
from fastapi import APIRouter, Request, Response

from api.admission import Caller, TheCaller
from api.answers import GEOJSON, answer
from api.collections import MOST, Shelf
from api.desk import Desk, TheDesk
from api.ogc_description import MEDIA_TYPE, describe
from api.problems import BadRequest
from appeals.database import reading
from appeals.errors import InputError, NotAllowed, NotFound
from maps.catalogue import CATALOGUE, Entry
from maps.features import (
    CRS84,
    SYSTEMS,
    FeatureSet,
    Ints,
    in_box,
    read_box,
    read_moments,
    with_values,
    within,
    write_features,
)

router = APIRouter(prefix="/ogc", include_in_schema=False)

CONFORMS_TO: Final = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
)
USUAL: Final = 100
"""Features of a page without ``limit``."""

_JSON: Final = "application/json"
_ASKED: Final = ("limit", "offset", "bbox", "bbox-crs", "crs", "datetime")
_CONTENT_CRS: Final = "Content-Crs"


@router.get("")
@router.get("/", include_in_schema=False)
def landing(request: Request) -> Response:
    """Say where everything is."""
    _no_other(request, ())
    links = [
        _link(request, "", "self", _JSON, "本页"),
        _link(request, "/api", "service-desc", MEDIA_TYPE, "接口说明"),
        _link(request, "/conformance", "conformance", _JSON, "符合的标准"),
        _link(request, "/collections", "data", _JSON, "图层"),
    ]
    return answer({"title": "网格图层", "description": "单元、热点和风险提示", "links": links})


@router.get("/api")
def description(request: Request) -> Response:
    """Describe this door in OpenAPI 3.0, as its conformance class asks."""
    document = describe(str(request.base_url).rstrip("/"), USUAL, MOST)
    return answer(document, media_type=MEDIA_TYPE)


@router.get("/conformance")
def conformance(request: Request) -> Response:
    """List the classes of the standard that hold here."""
    _no_other(request, ())
    return answer({"conformsTo": CONFORMS_TO})


@router.get("/collections")
def collections(desk: TheDesk, caller: TheCaller, request: Request) -> Response:
    """List the layers that the caller may see."""
    _no_other(request, ())
    seen = [name for name, one in CATALOGUE.items() if one.right in caller.rights]
    described = [_describe(request, name) for name in seen]
    links = [_link(request, "/collections", "self", _JSON, "图层")]
    return answer({"links": links, "crs": list(SYSTEMS), "collections": described})


@router.get("/collections/{name}")
def collection(desk: TheDesk, caller: TheCaller, request: Request, name: str) -> Response:
    """Describe one layer."""
    _no_other(request, ())
    bounds = _features(request, desk, caller, name).bounds
    extent = {"extent": {"spatial": {"bbox": [bounds], "crs": CRS84}}} if bounds else {}
    return answer(_describe(request, name) | extent)


@router.get("/collections/{name}/items")
def items(desk: TheDesk, caller: TheCaller, request: Request, name: str) -> Response:
    """Give a page of features: by box, moment and the values of fields."""
    features = _features(request, desk, caller, name)
    _no_other(request, (*_ASKED, *features.fields.columns))
    asked = dict(request.query_params)
    limit, offset = _whole(asked, "limit", USUAL, 1), _whole(asked, "offset", 0, 0)
    limit = min(limit, MOST)
    system = _system(asked, "crs")
    found = _found(features, asked, CATALOGUE[name])
    page = found[offset : offset + limit]
    path = f"/collections/{name}/items"
    links = [_link(request, path, "self", GEOJSON, "本页", asked)]
    if offset + limit < len(found):
        there = asked | {"limit": str(limit), "offset": str(offset + limit)}
        links.append(_link(request, path, "next", GEOJSON, "下一页", there))
    links.append(_link(request, f"/collections/{name}", "collection", _JSON, "图层说明"))
    around = {"links": links, "numberMatched": len(found), "numberReturned": len(page)}
    head = answer(around | {"timeStamp": desk.clock()}).body
    body = b'{"type":"FeatureCollection","features":[%s],%s' % (
        b",".join(write_features(features, page, system)),
        bytes(head)[1:],
    )
    return Response(body, media_type=GEOJSON, headers={_CONTENT_CRS: f"<{system}>"})


@router.get("/collections/{name}/items/{item:path}")
def feature(desk: TheDesk, caller: TheCaller, request: Request, name: str, item: str) -> Response:
    """Give one feature."""
    features = _features(request, desk, caller, name)
    _no_other(request, ("crs",))
    system = _system(dict(request.query_params), "crs")
    if item not in features.ids:
        raise NotFound("there is no such feature in this layer")
    at = np.array([features.ids.index(item)])
    path = f"/collections/{name}"
    links = [
        _link(request, f"{path}/items/{quote(item, safe='')}", "self", GEOJSON, "本页"),
        _link(request, path, "collection", _JSON, "图层说明"),
    ]
    body = write_features(features, at, system)[0][:-1] + b',"links":' + answer(links).body + b"}"
    return Response(body, media_type=GEOJSON, headers={_CONTENT_CRS: f"<{system}>"})


def _features(request: Request, desk: Desk, caller: Caller, name: str) -> FeatureSet:
    if name not in CATALOGUE:
        raise NotFound("there is no layer of this name")
    if CATALOGUE[name].right not in caller.rights:
        raise NotAllowed("your role has no right to this layer")
    shelf: Shelf = request.app.state.shelf
    with reading(desk.engine) as connection:
        return shelf.get(name, desk, connection, caller)


def _found(features: FeatureSet, asked: Mapping[str, str], one: Entry) -> Ints:
    values = {name: value for name, value in asked.items() if name not in _ASKED}
    found = with_values(features, values) if values else np.arange(len(features.ids))
    try:
        if "bbox" in asked:
            box = read_box(asked["bbox"], _system(asked, "bbox-crs"))
            found = np.intersect1d(found, in_box(features, box), assume_unique=True)
        if "datetime" in asked:
            # A layer without moments has no feature that a moment could leave out.
            span = read_moments(asked["datetime"])
            if one.when is not None:
                moments = pd.to_datetime(features.fields[one.when], utc=True)
                found = found[within(moments, span)[found]]
    except InputError as error:
        raise BadRequest(str(error)) from error
    return found


def _describe(request: Request, name: str) -> dict[str, object]:
    # Without its extent, for which the layer would have to be read.
    path = f"/collections/{name}"
    return {
        "id": name,
        "title": CATALOGUE[name].title,
        "itemType": "feature",
        "crs": list(SYSTEMS),
        "storageCrs": CRS84,
        "links": [
            _link(request, path, "self", _JSON, "图层说明"),
            _link(request, f"{path}/items", "items", GEOJSON, "图层数据"),
        ],
    }


def _link(
    request: Request,
    path: str,
    rel: str,
    type: str,
    title: str,
    asked: Mapping[str, str] | None = None,
) -> dict[str, str]:
    base = str(request.base_url).rstrip("/")
    query = f"?{urlencode(asked)}" if asked else ""
    return {"href": f"{base}/ogc{path}{query}", "rel": rel, "type": type, "title": title}


def _no_other(request: Request, known: tuple[str, ...]) -> None:
    names = [name for name, _ in request.query_params.multi_items()]
    for name in names:
        if name not in known:
            raise BadRequest(f"a parameter is not known here; known: {', '.join(known) or 'none'}")
    if len(set(names)) != len(names):
        raise BadRequest("a parameter is given twice")


def _whole(asked: Mapping[str, str], name: str, usual: int, least: int) -> int:
    text = asked.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise BadRequest(f"{name}: a whole number of at least {least} is needed")
    return int(text)


def _system(asked: Mapping[str, str], name: str) -> str:
    system = asked.get(name, CRS84)
    if system not in SYSTEMS:
        raise BadRequest(f"{name}: none of the systems that the layers are given in")
    return system
