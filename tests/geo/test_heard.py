import math

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from geo.gazetteer import COLUMNS
from geo.heard import _align, echoes
from geo.indexing import build_gazetteer

NAMES = ("和平嘉苑", "幸福里小区", "花家地西里三区", "银杏湾东区")
GAZETTEER = build_gazetteer(
    pd.DataFrame(
        [(name, "compound", "", "", 116.0 + i / 100, 40.0, "doc") for i, name in enumerate(NAMES)],
        columns=list(COLUMNS),
    )
)
CHARS = "".join(sorted(set("".join(NAMES)) | set("家佳元原信服理小东西二三")))


def aligned(name: str, text: str, most: float) -> tuple[float, int, int]:
    table = GAZETTEER.sounding.table
    (own, own_loose), (said, loose) = table.of(name), table.of(text)
    return _align(name, own.tolist(), own_loose.tolist(), text, said.tolist(), loose.tolist(), most)


@given(st.sampled_from(NAMES), st.text(CHARS, min_size=1, max_size=12), st.floats(0.1, 3.0))
def test_an_alignment_is_given_up_only_where_it_costs_more(
    name: str, text: str, most: float
) -> None:
    whole, cut = aligned(name, text, math.inf), aligned(name, text, most)

    if whole[0] <= most:
        assert cut == whole
    else:
        assert cut[0] > most


def test_a_name_is_heard_through_a_homophone_a_swap_and_a_character_left_out() -> None:
    told = {text: [one.name for one in echoes(GAZETTEER, text)][:1] for text in (
        "住在和平佳苑", "幸福里小区", "幸福理小区", "花家地里西3区", "银杏东区", "无此地名",
    )}  # fmt: skip

    assert told == {
        "住在和平佳苑": ["和平嘉苑"],
        "幸福里小区": [],  # written as it is
        "幸福理小区": ["幸福里小区"],
        "花家地里西3区": ["花家地西里3区"],
        "银杏东区": ["银杏湾东区"],
        "无此地名": [],
    }
