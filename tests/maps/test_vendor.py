"""The browser files in the installation are those of the lock, unchanged."""

import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

from maps.office_pages import PAGES, office_page

MAPS = Path(str(files("maps")))
VENDOR = MAPS / "static" / "vendor"
FOREIGN = re.compile(
    r"//cdn|unpkg\.com|jsdelivr|cdnjs|openstreetmap\.org|googleapis", re.IGNORECASE
)


@pytest.fixture(scope="module")
def packages() -> list[dict[str, object]]:
    manifest = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
    packages: list[dict[str, object]] = manifest["packages"]
    return packages


def test_every_file_has_the_digest_of_the_manifest_and_none_is_unlisted(
    packages: list[dict[str, object]],
) -> None:
    listed: dict[str, str] = {}
    for package in packages:
        digests = package["sha256"]
        assert isinstance(digests, dict)
        listed |= {f"{package['name']}/{name}": digest for name, digest in digests.items()}
    there = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }

    assert there == listed


def test_every_package_names_its_licence_and_the_version_of_the_lock(
    packages: list[dict[str, object]],
) -> None:
    lock = json.loads((MAPS / "web" / "package-lock.json").read_text(encoding="utf-8"))
    for package in packages:
        locked = lock["packages"][f"node_modules/{package['name']}"]
        assert (package["version"], package["licence"]) == (locked["version"], locked["license"])


def test_the_lock_holds_digests_and_no_addresses() -> None:
    text = (MAPS / "web" / "package-lock.json").read_text(encoding="utf-8")

    assert "http" not in text
    assert "resolved" not in text
    assert text.count('"integrity": "sha512-') == len(json.loads(text)["packages"]) - 1


def test_no_file_that_is_served_names_a_public_network() -> None:
    served = [*MAPS.glob("static/**/*"), *MAPS.glob("templates/**/*")]
    # Words of a default that no page of ours shows (maps/static/basemap.js sets its own).
    served.remove(VENDOR / "protomaps-leaflet" / "dist" / "protomaps-leaflet.js")
    named = [
        path.name
        for path in served
        if path.suffix in (".js", ".css", ".html") and FOREIGN.search(path.read_text("utf-8"))
    ]

    assert named == []


def test_pages_have_no_inline_script_handler_or_outside_address() -> None:
    pages = {page.name: page.read_text(encoding="utf-8") for page in MAPS.glob("static/*.html")}
    for name, text in (pages | {name: office_page(name) for name in PAGES}).items():
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), name
        assert not re.search(r"\son[a-z]+\s*=", text), name
        assert not re.search(r"(src|href)=[\"']?(https?:)?//", text), name
        assert 'lang="zh-CN"' in text
