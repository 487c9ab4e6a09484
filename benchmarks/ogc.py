"""Pages of features a second, beside pygeoapi's own PostgreSQL provider on the same communities.

The communities of the made-up city of ``bench place`` are put into a PostGIS table, which pygeoapi
serves, and into our units, which our own service serves from the same server and from SQLite. One
client asks them in turns for pages at random places, with the same properties.
"""

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import SplitResult, urlsplit

import geopandas as gpd
import numpy as np
import shapely

from appeals.errors import Unavailable
from benchmarks.place.city import make_city
from benchmarks.result import Result

SUMMARY = "OGC API - Features: pages a second beside pygeoapi on PostGIS"

_TABLE = "bench_communities"
_LIMITS = (10, 1000)
_PATIENCE_S = 60.0
_CORNERS_DEG = 0.0006
_OURS = "/ogc/collections/units-community/items"
_PEERS = f"/collections/{_TABLE}/items"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument(
        "--postgres", required=True, help="an empty database: postgresql+psycopg://user@host/name"
    )
    parser.add_argument("--peer", type=Path, help="a python in which pygeoapi is installed")
    parser.add_argument("--communities", type=int, default=7000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="of one round of one server")


def run(arguments: argparse.Namespace) -> Result:
    """Serve the same communities three ways and ask for pages in turns.

    Raises
    ------
    Unavailable
        A program that is needed is not there, or a server does not begin.
    """
    with tempfile.TemporaryDirectory(prefix="wangge-ogc-") as name, ExitStack() as stack:
        folder = Path(name)
        layer = _communities(arguments.communities)
        file = folder / "communities.gpkg"
        layer.to_file(file, layer=_TABLE, driver="GPKG")
        servers = {
            "ours on PostgreSQL": stack.enter_context(_ours(folder, file, arguments.postgres)),
            "ours on SQLite": stack.enter_context(_ours(folder, file, None)),
        }
        if arguments.peer is not None:
            peer = _pygeoapi(folder, file, arguments.postgres, arguments.peer)
            servers["pygeoapi on PostGIS"] = stack.enter_context(peer)
        rates = {
            limit: _race(servers, limit, len(layer), arguments.rounds, arguments.seconds)
            for limit in _LIMITS
        }
    return Result({"communities": len(layer), "per_second": rates}, _lines(rates, len(layer)))


def _communities(n: int) -> gpd.GeoDataFrame:
    city = make_city(1, (4, 40, n, n))
    # About as many corners as a real one has.
    shapes = shapely.simplify(city.shapes[2], _CORNERS_DEG)
    codes = [f"9901010{number:05d}" for number in range(n)]
    return gpd.GeoDataFrame(
        {
            "code": codes,
            "name": [f"第{number}社区" for number in range(n)],
            "valid_from": "1900-01-01",
            "valid_to": None,
            "area_m2": 1.0,
            "households": 800,
            "people": 2000,
        },
        geometry=list(shapes),
        crs="EPSG:4326",
    )


@contextmanager
def _ours(folder: Path, file: Path, database: str | None) -> Iterator[str]:
    site = folder / ("postgres" if database else "sqlite")
    environment = os.environ | ({"WANGGE_DATABASE": database} if database else {})
    config = ["--config", str(site / "wangge.toml")]
    command = [sys.executable, "-m", "wangge.cli"]
    _done([*command, "init", str(site)], environment)
    codes = ["--code", "code", "--name", "name", "--datum", "wgs84"]
    units = ["units", "import", str(file), "--level", "community", *codes]
    _done([*command, *config, *units], environment)
    port = _free_port()
    serve = [*command, *config, "serve", "--port", str(port)]
    with _running(serve, environment, f"http://127.0.0.1:{port}/health", site / "log"):
        yield f"http://127.0.0.1:{port}{_OURS}"


@contextmanager
def _pygeoapi(folder: Path, file: Path, database: str, python: Path) -> Iterator[str]:
    at = urlsplit(database)
    place = f"dbname={at.path[1:]} host={at.hostname} port={at.port or 5432} user={at.username}"
    overwrite = ["-overwrite", "-nln", _TABLE, "-lco", "GEOMETRY_NAME=geom"]
    _done(["ogr2ogr", "-f", "PostgreSQL", f"PG:{place}", str(file), *overwrite], None)
    port = _free_port()
    config, description = folder / "pygeoapi.yml", folder / "openapi.yml"
    config.write_text(json.dumps(_settings(at, port)), encoding="utf-8")  # JSON is YAML
    paths = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(description)}
    environment = os.environ | paths
    environment.pop("PYTHONPATH", None)
    tool = str(python.parent / "pygeoapi")
    _done([tool, "openapi", "generate", str(config), "-of", str(description)], environment)
    serve = [str(python), "-m", "uvicorn", "pygeoapi.starlette_app:APP", "--port", str(port)]
    with _running(serve, environment, f"http://127.0.0.1:{port}/conformance", folder / "peer.log"):
        yield f"http://127.0.0.1:{port}{_PEERS}"


def _settings(at: SplitResult, port: int) -> Mapping[str, object]:
    data = {
        "host": at.hostname, "port": at.port or 5432, "dbname": at.path[1:], "user": at.username,
        "password": at.password or "", "search_path": ["public"],
    }  # fmt: skip
    provider = {
        "type": "feature", "name": "PostgreSQL", "data": data, "id_field": "code",
        "table": _TABLE, "geom_field": "geom",
    }  # fmt: skip
    words = {"title": "communities", "description": "communities", "keywords": ["communities"]}
    crs = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 10, "max_items": 10000},
            "map": {"url": "none", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                **words,
                "keywords_type": "theme",
                "terms_of_service": "none",
                "url": "none",
            },
            "license": {"name": "none", "url": "none"},
            "provider": {"name": "none", "url": "none"},
            "contact": {"name": "none"},
        },
        "resources": {
            _TABLE: {
                "type": "collection",
                **words,
                "links": [],
                "extents": {"spatial": {"bbox": [-180, -90, 180, 90], "crs": crs}},
                "providers": [provider],
            }
        },
    }


def _race(
    servers: Mapping[str, str], limit: int, n: int, rounds: int, seconds: float
) -> dict[str, float]:
    random = np.random.default_rng(1)
    rates: dict[str, list[float]] = {name: [] for name in servers}
    for address in servers.values():
        _ask(address, [(limit, 0)] * 5)
    for _ in range(rounds):
        for name, address in servers.items():
            asked, begun = 0, time.perf_counter()
            while time.perf_counter() - begun < seconds:
                pages = [(limit, int(at)) for at in random.integers(0, n - limit, 20)]
                _ask(address, pages)
                asked += len(pages)
            rates[name].append(asked / (time.perf_counter() - begun))
    return {name: median(found) for name, found in rates.items()}


def _ask(address: str, pages: Sequence[tuple[int, int]]) -> None:
    at = urlsplit(address)
    line = http.client.HTTPConnection(str(at.hostname), at.port, timeout=_PATIENCE_S)
    try:
        for limit, offset in pages:
            line.request(
                "GET",
                f"{at.path}?limit={limit}&offset={offset}",
                headers={"Accept": "application/geo+json, application/json"},
            )
            answer = line.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise Unavailable(f"a server answers {answer.status}")
            if body.count(b'"Feature"') != limit:
                raise Unavailable(f"a page does not hold {limit} features")
    finally:
        line.close()


def _lines(rates: Mapping[int, Mapping[str, float]], n: int) -> list[str]:
    lines = [f"{n} communities, one client; pages a second, median of the rounds"]
    for limit, found in rates.items():
        for name, rate in found.items():
            peer = found.get("pygeoapi on PostGIS")
            ratio = f"  {rate / peer:5.1f} times" if peer else ""
            lines.append(f"  limit {limit:>5}  {name:<22} {rate:8.1f}{ratio}")
    if all("pygeoapi on PostGIS" not in found for found in rates.values()):
        lines.append("pygeoapi was not asked: give --peer a python in which it is installed")
    return lines


@contextmanager
def _running(
    command: Sequence[str], environment: Mapping[str, str], address: str, log: Path
) -> Iterator[None]:
    at = urlsplit(address)
    with log.open("wb") as stream:
        process = subprocess.Popen(command, env=environment, stdout=stream, stderr=stream)
    try:
        begun = time.monotonic()
        while not _answers(str(at.hostname), at.port or 80, at.path):
            if process.poll() is not None or time.monotonic() - begun > _PATIENCE_S:
                raise Unavailable(
                    f"a server did not begin: {log.read_text(errors='replace')[-400:]}"
                )
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _answers(host: str, port: int, path: str) -> bool:
    line = http.client.HTTPConnection(host, port, timeout=5)
    try:
        line.request("GET", path)
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


def _done(command: Sequence[str], environment: Mapping[str, str] | None) -> None:
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Unavailable(f"{command[0]} is not installed") from error
    if done.returncode:
        raise Unavailable(f"{command[0]} failed: {(done.stderr or done.stdout)[-400:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
