import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo import kept as kept_module
from geo.gazetteer import ALIAS_COLUMNS, COLUMNS, Gazetteer
from geo.indexing import build_gazetteer
from geo.kept import keep, kept
from geo.locate import NamedUnit, locate_texts

PLACES = [
    ("样本花园", "compound", "样板路8号", "东城区", 116.400, 39.900, "doc"),
    ("银杏湾(东区)", "compound", "样板路30号", "东城区", 116.401, 39.901, "doc"),
    ("银杏湾(西区)", "compound", "样板路32号", "", 116.402, 39.901, "doc"),
    ("样板路100号", "plate", "样板路100号", "东城区", 116.405, 39.905, "doc"),
]
ALIASES = [("老花园", "样本花园", None, None, ""), ("大院", "", None, None, "990101")]
UNITS = (NamedUnit("district", "990101", "东城区", None),)
TEXTS = [
    "东城区样本花园",
    "样板路104号",
    "银杏湾东区3号楼",
    "老花园",
    "大院附近",
    "东城区洋本花元",
    "",
]


def gazetteer() -> Gazetteer:
    return build_gazetteer(
        pd.DataFrame(PLACES, columns=list(COLUMNS)),
        pd.DataFrame(ALIASES, columns=list(ALIAS_COLUMNS)),
    )


def test_a_kept_index_answers_as_the_built_one(tmp_path: Path) -> None:
    built = gazetteer()
    assert keep(tmp_path / "new" / "names.index", "4 4", built)

    opened = kept(tmp_path / "new" / "names.index", "4 4")

    assert opened is not None
    assert locate_texts(TEXTS, opened, UNITS) == locate_texts(TEXTS, built, UNITS)
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["names.index"]


def test_an_index_of_another_gazetteer_or_form_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "names.index"
    keep(path, "4 4", gazetteer())

    assert kept(path, "5 5") is None
    assert kept(tmp_path / "absent.index", "4 4") is None
    monkeypatch.setattr(kept_module, "FORM", kept_module.FORM + 1)
    assert kept(path, "4 4") is None


def test_a_damaged_index_is_none_wherever_the_damage_is(tmp_path: Path) -> None:
    path = tmp_path / "names.index"
    keep(path, "4 4", gazetteer())
    whole = path.read_bytes()
    rng = np.random.default_rng(7)
    places = [0, 25, 40, len(whole) - 1, *rng.integers(0, len(whole), 40).tolist()]

    for at in places:
        broken = bytearray(whole)
        broken[at] ^= 0x41
        path.write_bytes(bytes(broken))
        opened = kept(path, "4 4")
        # Fill between the header and the arrays belongs to nothing.
        assert opened is None or whole[at] == 0
    for length in (0, 10, 60, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert kept(path, "4 4") is None


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert not keep(tmp_path / "file" / "names.index", "4 4", gazetteer())


def test_an_empty_gazetteer_is_kept_too(tmp_path: Path) -> None:
    empty = build_gazetteer(pd.DataFrame(columns=list(COLUMNS)))

    assert keep(tmp_path / "names.index", "0", empty)
    opened = kept(tmp_path / "names.index", "0")

    assert opened is not None
    assert len(opened) == 0


def test_a_process_that_opens_an_index_loads_nothing_that_only_builds_one() -> None:
    code = "import sys, geo.kept, geo.locate; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert "geo.matcher" in loaded
    assert not {"pandas", "geopandas", "scipy", "pyproj", "pypinyin", "sqlalchemy"} & set(loaded)
