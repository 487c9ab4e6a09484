"""What the product stands on: each package is pinned, is here at its pin, and may be used."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution, metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINS = {
    canonicalize_name(name): version
    for name, _, version in (
        line.partition("==")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    )
}
# Licences under which a product under Apache-2.0 may bring a library along, as their owners write
# them. Weak copyleft (LGPL, MPL) holds for the library itself, which stays a package of its own.
MAY = re.compile(
    r"apache|bsd|mit\b|mit license|isc|psf|python software|zlib|mpl|mozilla|hpnd|cc0|unlicense"
    r"|lgpl|lesser general public|public domain",
    re.IGNORECASE,
)
MAY_NOT = re.compile(r"\b(?<!L)A?GPL|affero|(?<!lesser )general public", re.IGNORECASE)


def needed(given: list[str], extras: frozenset[str] = frozenset()) -> Iterator[str]:
    """Names of packages that these requirements ask for here, and of those they ask for."""
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(Requirement(one), extras) for one in given]
    while waiting:
        asked, of = waiting.pop()
        holds = asked.marker is None or any(
            asked.marker.evaluate({"extra": extra}) for extra in (of or {""})
        )
        key = canonicalize_name(asked.name), frozenset(asked.extras)
        if not holds or key in seen:
            continue
        seen.add(key)
        yield key[0]
        more = distribution(asked.name).requires or []
        waiting += [(Requirement(one), frozenset(asked.extras)) for one in more]


PRODUCT = sorted(
    {
        *needed(PROJECT["project"]["dependencies"]),
        *needed(PROJECT["project"]["optional-dependencies"]["postgres"]),
    }
)
ALL = sorted({*PRODUCT, *needed(PROJECT["dependency-groups"]["dev"])})


@pytest.mark.parametrize("name", ALL)
def test_each_package_is_pinned_and_is_here_at_its_pin(name: str) -> None:
    assert PINS.get(canonicalize_name(name)) == distribution(name).version


@pytest.mark.parametrize("name", ALL)
def test_what_each_package_needs_is_here_in_a_version_that_it_takes(name: str) -> None:
    for asked in map(Requirement, distribution(name).requires or []):
        if asked.marker is None or asked.marker.evaluate({"extra": ""}):
            found = distribution(asked.name).version
            assert asked.specifier.contains(found, prereleases=True), asked


def licence_of(name: str) -> str:
    """What a package says of its licence: the expression, the classifiers, the field."""
    said = metadata(name)
    classed = [one for one in said.get_all("Classifier") or [] if one.startswith("License ::")]
    for words in (said.get_all("License-Expression"), classed, said.get_all("License")):
        if words:
            return " ".join(words).split("\n")[0]
    return ""


@pytest.mark.parametrize("name", PRODUCT)
def test_each_package_of_the_product_may_be_brought_along(name: str) -> None:
    licence = licence_of(name)

    assert MAY.search(licence), licence
    # Of two licences to choose from one may be such; alone it may not.
    if " OR " not in licence:
        assert not MAY_NOT.search(licence), licence


def test_the_search_for_licences_tells_strong_copyleft_from_weak() -> None:
    assert MAY_NOT.search("GPL-3.0-only")
    assert MAY_NOT.search("AGPL-3.0")
    assert MAY_NOT.search("GNU Affero General Public License v3")
    assert MAY_NOT.search("License :: OSI Approved :: GNU General Public License v3")
    assert not MAY_NOT.search("LGPL-3.0")
    assert not MAY_NOT.search("GNU Lesser General Public License v3")
