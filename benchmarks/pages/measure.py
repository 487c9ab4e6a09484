"""Opening the pages of a large city, choosing its finest levels, and moving the map."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.live import _served
from benchmarks.pages.browser import DESK, PHONE, chromium, slow_down, useful_ms
from benchmarks.pages.city import make_city
from benchmarks.result import Result

ASKED: Final[Mapping[str, float]] = {"desk": 1000, "phone": 1500, "pan": 100}

# The legend stands once the units are drawn.
_DRAWN: Final = "document.querySelector('#legend .step')"

# A level chosen by hand: from the choice to the frame in which its places are painted.
_CHOOSE: Final = """level => new Promise(done => {
  const legend = document.getElementById('legend'), from = performance.now();
  legend.textContent = '';
  const look = () => legend.querySelector('.step')
    ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - from), 0))
    : requestAnimationFrame(look);
  const choice = document.getElementById('level');
  choice.value = level;
  choice.dispatchEvent(new Event('change'));
  requestAnimationFrame(look);
})"""

# Steps of the map as the arrow keys make them: the longest frame of each, drawing anew included.
_STEPS: Final = """() => new Promise(async done => {
  const map = document.getElementById('map'), took = [];
  map.focus();
  for (let n = 0; n < 8; n += 1) {
    const which = n % 2 ? 37 : 39;
    const key = { bubbles: true, keyCode: which, which: which };
    map.dispatchEvent(new KeyboardEvent('keydown', key));
    const from = performance.now();
    let last = from, longest = 0;
    await new Promise(next => {
      const frame = () => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
        if (now - from < 600) requestAnimationFrame(frame);
        else next();
      };
      requestAnimationFrame(frame);
    });
    took.push(longest);
  }
  done(took);
})"""


def measure(communities: int, appeals: int, *, slower: int, rounds: int) -> Result:
    """Make the city, serve it, and open its pages on a desk and on a slow phone."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        make_city(folder, communities=communities, appeals=appeals)
        return measure_city(folder, slower=slower, rounds=rounds)


def measure_city(folder: Path, *, slower: int, rounds: int) -> Result:
    """Open the pages of a city that is there.

    Parameters
    ----------
    folder
        Of the installation.
    slower
        How many times the phone's processor is slowed.
    rounds
        How often each page is opened; the median counts.
    """
    data: dict[str, float] = {}
    with _served(folder) as (port, _), chromium() as browser:
        address = f"http://127.0.0.1:{port}"
        for view, context, times in (("desk", DESK, 1), ("phone", PHONE, slower)):
            for page, levels in (("/", ("community",)), ("/hotspots", ("community", "h3-9"))):
                found = [
                    _one(browser, context, address + page, levels, times) for _ in range(rounds)
                ]
                for name in found[0]:
                    data[f"{view} {page} {name}"] = median(one[name] for one in found)
    return Result(data, [_line(name, value) for name, value in data.items()])


def _one(
    browser: Any, context: Mapping[str, Any], address: str, levels: tuple[str, ...], times: int
) -> dict[str, float]:
    opened = browser.new_context(**context)
    opened.set_default_timeout(120_000)
    page = opened.new_page()
    if times > 1:
        slow_down(page, times)
    told = {"first frame ms": useful_ms(page, address, _first(page, address))}
    for level in levels:
        _look_at_map(page)
        told[f"{level} ms"] = float(page.evaluate(_CHOOSE, level))
        steps: list[float] = page.evaluate(_STEPS)
        told[f"{level} pan ms"] = median(steps)
    opened.close()
    return told


def _first(page: Any, address: str) -> str:
    """Give what a reader first looks for: on a phone the desk opens with its list."""
    phone = page.viewport_size["width"] < 500
    if phone and address.endswith("/"):
        return "document.querySelector('#figures dd')"
    return _DRAWN


def _look_at_map(page: Any) -> None:
    tab: Callable[[], Any] = page.locator("#tab-map").click
    if page.locator("#tab-map").count() and page.locator("#tab-map").is_visible():
        tab()


def _line(name: str, value: float) -> str:
    view = name.partition(" ")[0]
    asked = ASKED["pan"] if "pan" in name else ASKED[view]
    return f"{name[:-3]:<40} {value:7.0f} ms (asked {asked:.0f})"
