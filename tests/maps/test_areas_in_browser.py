"""Places on the canvas of a map, in a real browser."""

from typing import Any

import pytest

from tests.maps.stand_in_desk import made_desk, opened_desk, show  # noqa: F401  fixtures

pytestmark = pytest.mark.browser

PIXELS = """() => {
  const canvas = document.querySelector('.leaflet-areas-pane canvas'), before = window.pixels;
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const shades = {};
  let differ = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] === 255) shades[`rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`] = 1;
    for (let c = at; before && c < at + 4; c += 1) {
      if (Math.abs(data[c] - before[c]) > 24) { differ += 1; break; }
    }
  }
  window.pixels = data;
  return { differ: differ / data.length * 4, shades: Object.keys(shades) };
}"""


def test_a_step_of_the_map_shows_what_drawing_all_of_it_anew_would(opened: Any) -> None:
    page = opened.page
    show(page, "map")
    page.locator("#map").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)  # the library's own movement takes 250
    page.wait_for_selector("#map[aria-busy=false]")
    page.evaluate(PIXELS)
    page.select_option("#measure", "growth")
    page.wait_for_selector("#legend >> text=下降 30% 及以上")
    page.select_option("#measure", "n")
    page.wait_for_selector("#legend >> text=0 或小于5 件")
    page.wait_for_selector("#map[aria-busy=false]")
    anew = page.evaluate(PIXELS)

    # But for the ends of lines at the seam, which fall on other parts of a pixel.
    assert anew["differ"] < 0.002
    legend = page.eval_on_selector_all(
        "#legend .step i", "all => all.map(i => getComputedStyle(i).backgroundColor)"
    )
    assert len(set(anew["shades"]) & set(legend)) >= 2
    assert opened.errors == []
