from pathlib import Path

import pytest

from alerts.lexicon.read import read_lexicon
from alerts.sensitive import TOLD_FROM, SensitiveWatch
from appeals.errors import InputError


@pytest.fixture(scope="module")
def watch() -> SensitiveWatch:
    return SensitiveWatch(read_lexicon())


def told(watch: SensitiveWatch, text: str) -> list[str]:
    return [h.words for h in watch.hits(text) if h.severity >= TOLD_FROM]


@pytest.mark.parametrize(
    "text",
    [
        "小区门口闻到很重的燃气味，请尽快派人来看",
        "三楼着火了，冒黑烟",
        "工地拖 欠 工-资三个月",
        "有人说今天就要跳楼，请马上处理",
        "电梯困人，里面有老人",
        "没有人管，楼道里着火了",  # the negation belongs to another clause
        "我没有撒谎，厨房确实起火了",
    ],
)
def test_danger_is_told(watch: SensitiveWatch, text: str) -> None:
    assert told(watch, text)


@pytest.mark.parametrize(
    "text",
    [
        "检查过了，没有燃气泄漏，只是想咨询改管",
        "社区什么时候搞火灾逃生演练",
        "担心着火，想问电动车能不能进楼",
        "火山路的爆炸鱼火锅店油烟大",
        "物业的态度让人气炸了",
        "去年着火的那栋楼还没修好外墙",
        "楼下服装店天天喊跳楼价，噪声扰民",
        "请防止高空坠物，加装防护网",
    ],
)
def test_words_that_only_look_like_danger_are_not(watch: SensitiveWatch, text: str) -> None:
    assert not told(watch, text)


def test_a_lowered_hit_says_why(watch: SensitiveWatch) -> None:
    hit = next(h for h in watch.hits("没有燃气泄漏") if h.term == "燃气泄漏")

    assert (hit.severity, hit.lowered_by) == (1, "否定")


def test_a_list_with_a_part_missing_names_family_and_part(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('[family.fire]\nname = "火"\nseverity = 3\nterms = ["着火"]\n', "utf-8")

    with pytest.raises(InputError, match=r"family fire: duties is missing"):
        read_lexicon(path)


def test_an_office_can_bring_its_own_list(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        '[family.x]\nname = "自定"\nseverity = 2\nduties = ["应急"]\nterms = ["特别事项"]\n',
        "utf-8",
    )

    own = SensitiveWatch(read_lexicon(path))

    assert told(own, "反映特别事项") == ["特别事项"]
    assert not told(own, "着火")
