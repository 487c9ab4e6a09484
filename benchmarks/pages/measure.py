"""Opening the pages of a large city, choosing its finest levels, and moving the map."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np

from benchmarks.live import _served
from benchmarks.pages.browser import DESK, PHONE, chromium, slow_down, useful_ms
from benchmarks.result import Result

ASKED_MS: Final[Mapping[str, float]] = {"desk": 1000, "phone": 1500}
ASKED_STEP_MS: Final = 100
STEPS: Final = 20

_PAGES: Final[Sequence[tuple[str, Sequence[str]]]] = (
    ("/", ("community",)),
    ("/hotspots", ("community", "h3-9")),
)

# The legend stands and the map is drawn to its last band.
_DRAWN: Final = (
    "document.querySelector('#legend .step')"
    " && document.getElementById('map').getAttribute('aria-busy') === 'false'"
)

# A level chosen by hand: from the choice to the frame in which its places are painted.
_CHOOSE: Final = """level => new Promise(done => {
  const from = performance.now();
  document.getElementById('legend').textContent = '';
  const look = () => DRAWN
    ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - from), 0))
    : requestAnimationFrame(look);
  const choice = document.getElementById('level');
  choice.value = level;
  choice.dispatchEvent(new Event('change'));
  requestAnimationFrame(look);
})""".replace("DRAWN", _DRAWN)

# Steps of the map as the arrow keys make them, there and back: the longest frame of each, what is
# drawn after it included.
_MOVE: Final = """steps => new Promise(async done => {
  const map = document.getElementById('map'), took = [];
  map.focus();
  for (let n = 0; n < steps; n += 1) {
    const which = n % 4 < 2 ? 39 : 37;
    const key = { bubbles: true, keyCode: which, which: which };
    map.dispatchEvent(new KeyboardEvent('keydown', key));
    const from = performance.now();
    let last = from, longest = 0;
    await new Promise(next => {
      const frame = () => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
        if (now - from < 400) requestAnimationFrame(frame);
        else next();
      };
      requestAnimationFrame(frame);
    });
    took.push(longest);
  }
  done(took);
})"""


def measure_city(folder: Path, *, slower: int, rounds: int) -> Result:
    """Open the pages of a city.

    Parameters
    ----------
    folder
        Of the installation.
    slower
        How many times the phone's processor is slowed.
    rounds
        How often each page is opened, by a browser that has nothing yet; the median counts. A
        visit before them finds a server that has worked nothing out, and is told by itself.
    """
    data: dict[str, float] = {}
    with _served(folder) as (port, _), chromium() as browser:
        address = f"http://127.0.0.1:{port}"
        for page, levels in _PAGES:
            cold = dict(_visit(browser, DESK, address + page, levels, 1))
            data |= {f"cold {page} {name}": ms for name, ms in cold.items() if name.endswith("ms")}
        for view, context, times in (("desk", DESK, 1), ("phone", PHONE, slower)):
            for page, levels in _PAGES:
                found = [
                    dict(_visit(browser, context, address + page, levels, times))
                    for _ in range(rounds - 1)
                ]
                last = _visit(browser, context, address + page, levels, times, move=True)
                found.append(dict(last))
                for name in found[-1]:
                    values = [one[name] for one in found if name in one]
                    data[f"{view} {page} {name}"] = median(values)
    return Result(data, [_line(name, value) for name, value in data.items()])


def _visit(
    browser: Any,
    context: Mapping[str, Any],
    address: str,
    levels: Sequence[str],
    times: int,
    *,
    move: bool = False,
) -> Iterator[tuple[str, float]]:
    """Open a page, choose each level, move the map; give what each took, and what it fetched."""
    opened = browser.new_context(**context)
    opened.set_default_timeout(120_000)
    page = opened.new_page()
    fetched = [0.0]

    def end(event: Mapping[str, float]) -> None:
        fetched[0] += event["encodedDataLength"] / 1000

    slow_down(page, times).on("Network.loadingFinished", end)
    yield "first frame ms", useful_ms(page, address, _first(page, address))
    yield "first frame kB", fetched[0]
    for level in levels:
        _look_at_map(page)
        page.wait_for_selector("#map[aria-busy=false]")
        fetched[0] = 0.0
        yield f"{level} ms", float(page.evaluate(_CHOOSE, level))
        yield f"{level} kB", fetched[0]
        if move:
            took: list[float] = page.evaluate(_MOVE, STEPS)
            yield f"{level} step ms", median(took)
            yield f"{level} step p95 ms", float(np.quantile(took, 0.95))
    opened.close()


def _first(page: Any, address: str) -> str:
    """Give what a reader first looks for: on a phone the desk opens with its list."""
    phone = page.viewport_size["width"] < 500
    if phone and address.endswith("/"):
        return "document.querySelector('#figures dd')"
    return _DRAWN


def _look_at_map(page: Any) -> None:
    tab = page.locator("#tab-map")
    if tab.count() and tab.is_visible():
        tab.click()


def _line(name: str, value: float) -> str:
    view = name.partition(" ")[0]
    if name.endswith("kB"):
        return f"{name[:-3]:<40} {value:7.0f} kB compressed"
    if view == "cold":
        return f"{name[:-3]:<40} {value:7.0f} ms"
    asked = ASKED_MS[view]
    if " step" in name:
        # The bound of a step is for the desk; the phone's is told beside it.
        asked = ASKED_STEP_MS
    return f"{name[:-3]:<40} {value:7.0f} ms (asked {asked:.0f})"
