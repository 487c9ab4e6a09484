import os
import re
from pathlib import Path

import pytest
from opencc import OpenCC

from geo.addresses import normalise
from geo.repair import repair

DATA = Path(os.environ.get("WANGGE_EVAL_DATA", Path(__file__).resolve().parents[3] / "shared/data"))


def test_a_scraped_page_is_repaired_whole_but_for_what_is_lost_for_good() -> None:
    path = DATA / "policy-text" / "opinion_scraped.txt"
    if not path.exists():
        pytest.skip("no evaluation data: set WANGGE_EVAL_DATA")

    text = path.read_text(encoding="utf-8")
    fixed = repair(text)

    assert (
        len(re.findall(r"[\u4e00-\u9fff][（(][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]{1,6}[)）]", text)) > 300
    )
    assert not re.findall(r"[(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]{1,6}[)）]", fixed)
    assert "。总结" in fixed
    assert "。科学" in fixed
    assert len(re.findall(r"\?\?", fixed)) == 1  # three marks before a comma
    assert OpenCC("t2s").convert(fixed) == fixed


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ("示範（fàn）街道", "示范街道"),
        ("重(chóng)慶路", "重庆路"),
        ("重(zhong)庆路", "重庆路"),
        ("??偨Y", "。总结"),
        ("??茖W", "。科学"),
        ("\uff11\uff12號樓", "12号楼"),
    ],
)
def test_damage_is_undone(damaged: str, whole: str) -> None:
    assert repair(damaged) == whole


@pytest.mark.parametrize(
    "text", ["请扫码(app)", "看央视(cctv)", "花园(an)", "怎么办??小区A座", "???,推出", "三区??B座"]
)
def test_what_is_no_damage_stays(text: str) -> None:
    assert repair(text) == text


def test_both_sides_of_a_match_are_repaired_alike() -> None:
    # Of the few simplified words that the conversion changes: both sides come to one key.
    assert normalise("乾安路") == normalise("干安路")
    assert normalise("花家地西裏三區") == normalise("花家地西里三区")
