"""Characters are looked up one by one only where that gives what the whole text gives."""

from pathlib import Path

import marisa_trie
import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.spelling import CUT, spelled

_ASIDE = "é"  # has no spelling of its own: a text with it is read as a whole


def _words_of_the_converter() -> list[str]:
    path = Path(opencc.__file__).parent / "clib" / "share" / "opencc" / "TSPhrases.ocd2"
    whole = path.read_bytes()
    return list(marisa_trie.Trie().frombytes(whole[whole.index(b"We love Marisa.") :]))


def test_words_that_turn_as_a_whole_are_read_as_a_whole() -> None:
    words = _words_of_the_converter()

    assert len(words) > 200
    assert [word for word in words if spelled(word) + _ASIDE != spelled(word + _ASIDE)] == []


@given(
    st.text(
        st.one_of(
            st.sampled_from(
                "甲号楼栋幢一百乾坤沈船坏像樓號園（）()【】·,，。;；…—  \t\n?？a3\uff21\uff13"
            ),
            st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]),
        ),
        max_size=12,
    )
)
def test_a_text_is_spelled_alike_by_its_characters_and_as_a_whole(text: str) -> None:
    assert spelled(text) + _ASIDE == spelled(text + _ASIDE)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("３號樓", "3号楼"),
        ("样板路， 。３号", "样板路 3号"),
        ("示例园（东区）", f"示例园{CUT}东区{CUT}"),
        ("花家地(di)西里", "花家地西里"),
        ("沈船", "沉船"),
        ("沈阳", "沈阳"),
    ],
)
def test_all_ways_to_write_a_character_are_one(text: str, spelling: str) -> None:
    assert spelled(text) == spelling
