"""Terminals on a government network run Chromium 86: our pages may use nothing that came later."""

import json
import os
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from maps import palette

WEB = Path(str(files("maps"))) / "web"
STATIC = Path(str(files("maps"))) / "static"
OWN = sorted(path for path in STATIC.iterdir() if path.suffix in (".js", ".css"))
VENDOR = sorted(path for path in STATIC.glob("vendor/**/*") if path.suffix in (".js", ".css"))


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    reason = None
    if found is None:
        reason = "needs Node.js: apt-get install nodejs npm"
    elif not (WEB / "node_modules" / "acorn").is_dir():
        reason = "needs the script checkers: run make (or maps/web/install.py)"
    if reason is not None or found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{reason}; in CI nothing skips for that reason")
        pytest.skip(reason or "")
    return found


def check(node: str, *paths: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [node, str(WEB / "chromium86.js"), *map(str, paths)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_our_scripts_and_styles_run_on_chromium_86(node: str) -> None:
    done = check(node, *OWN)

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    assert {path.name for path in OWN} >= {"desk.js", "desk.css", "snapshot.js", "snapshot.css"}


def test_the_browser_files_we_ship_run_on_chromium_86(node: str) -> None:
    done = check(node, *VENDOR)

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    assert [path.name for path in VENDOR] == [
        "leaflet.css",
        "leaflet.js",
        "protomaps-leaflet.js",
    ]


@pytest.mark.parametrize(
    ("suffix", "text", "finding"),
    [
        (".js", "class A { static #b = 1 }", "not ECMAScript 2021"),
        (".js", "const last = list.at(-1);", ".at() (Chromium 92)"),
        (".js", "structuredClone({});", "structuredClone() (Chromium 98)"),
        (".js", "await load();", "not ECMAScript 2021"),
        (".css", "a:has(b) { color: red }", ":has (Chromium 105)"),
        (".css", ":is(a, b) { color: red }", ":is (Chromium 88)"),
        (".css", "a { inset: 0 }", "inset (Chromium 87)"),
        (".css", "a { aspect-ratio: 1 }", "aspect-ratio (Chromium 88)"),
        (".css", "a { accent-color: red }", "accent-color (Chromium 93)"),
        (".css", "a { height: 100dvh }", "dvh (Chromium 108)"),
        (".css", "a { color: color-mix(in srgb, red, blue) }", "color-mix() (Chromium 111)"),
        (".css", "@layer base { a { color: red } }", "@layer (Chromium 99)"),
        (".css", "a { color: red; & b { color: blue } }", "nested rule (Chromium 112)"),
        (".css", "a { color: red; b { color: blue } }", "cannot be read"),
        (".css", "@media (width < 700px) { a { color: red } }", "media query (Chromium 104)"),
    ],
)
def test_what_came_later_is_found(
    node: str, suffix: str, text: str, finding: str, tmp_path: Path
) -> None:
    path = tmp_path / f"page{suffix}"
    path.write_text(text, encoding="utf-8")

    assert finding in check(node, path).stdout


def test_what_chromium_86_knows_passes(node: str, tmp_path: Path) -> None:
    style = tmp_path / "page.css"
    style.write_text(
        "div { display: flex; gap: 4px; color: var(--x); width: min(4px, 1vw) }\n"
        "@media (max-width: 700px) { a:not(.b):focus-visible { grid-area: a } }",
        encoding="utf-8",
    )
    script = tmp_path / "page.js"
    script.write_text("a ??= b?.c ?? 1_000; x.replaceAll('a', 'b');", encoding="utf-8")

    assert check(node, style, script).stdout == ""


def luminance(code: str) -> float:
    """Relative luminance of a colour (WCAG 2.2)."""
    parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_palette_and_words_are_the_same_in_browser_and_python(node: str) -> None:
    values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 113.0, 0, 41.7, 1234]
    program = (
        "const vm = require('vm'), fs = require('fs'), page = {}; page.window = page;"
        "vm.createContext(page);"
        "process.argv.slice(1).forEach(f => vm.runInContext(fs.readFileSync(f, 'utf8'), page));"
        f"const p = page.wangge.palette, v = {json.dumps(values)};"
        "console.log(JSON.stringify({limits: p.limits(v), sequence: p.SEQUENCE, growth: p.GROWTH,"
        "whole: p.limits(v, true),"
        "colours: v.map(x => p.colour(x, p.limits(v))), none: p.colour(null, [1]),"
        "grown: [-0.5, -0.1, 0.1, 0.5].map(x => p.growthColour(x, true)),"
        "levels: page.wangge.LEVELS, kinds: page.wangge.KINDS,"
        "legend: p.legend('n', p.limits(v)).map(s => s[1])}))"
    )
    scripts = [str(STATIC / "words.js"), str(STATIC / "palette.js")]
    done = subprocess.run(
        [node, "-e", program, *scripts], capture_output=True, text=True, check=True
    )
    theirs = json.loads(done.stdout)

    between = palette.limits(np.array(values))
    assert tuple(theirs["limits"]) == between
    assert tuple(theirs["whole"]) == palette.limits(np.array(values), whole=True)
    assert tuple(theirs["sequence"]) == palette.SEQUENCE
    assert tuple(theirs["growth"]) == palette.GROWTH
    assert theirs["colours"] == [palette.colour(float(v), between) for v in values]
    assert theirs["none"] == palette.colour(float("nan"), (1.0,))
    assert theirs["grown"] == [palette.growth_colour(v, sure=True) for v in (-0.5, -0.1, 0.1, 0.5)]
    assert theirs["legend"][1:] == palette.class_labels(between, "件")
    for level in theirs["levels"].values():
        dark, light = sorted([luminance(level["colour"]), luminance(level["ink"])])
        assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, 1.4.3
    assert {name: of["word"] for name, of in theirs["levels"].items()} == dict(palette.LEVEL_WORDS)
    assert theirs["kinds"] == dict(palette.KIND_WORDS)
