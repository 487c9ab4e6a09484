"""The list of sensitive terms: how it is read, switched off, varied, and what is said of faults."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.lexicon.read import lexicon_bytes, lexicon_faults, parse_lexicon, read_lexicon
from alerts.lexicon.terms import NEAR
from alerts.sensitive import MATTER, TOLD_FROM, SensitiveWatch
from appeals.errors import InputError

FIRE = '[family.fire]\nname = "火"\nseverity = 3\nduties = ["应急", "消防"]\nterms = ["着火"]\n'
SHIPPED = SensitiveWatch(read_lexicon())


def told(text: str, watch: SensitiveWatch = SHIPPED) -> set[str]:
    return {hit.family.key for hit in watch.hits(text) if hit.severity >= TOLD_FROM}


def watch_of(text: str) -> SensitiveWatch:
    return SensitiveWatch(parse_lexicon(text.encode()))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (FIRE + "teams = 3\n", r"line 1: family fire: teams is not known"),
        (FIRE.replace("3", "4"), r"line 1: family fire: severity must be 1, 2 or 3"),
        (FIRE.replace("消防", "消妨"), r"line 1: family fire: duty “消妨” is not one of 应急"),
        (
            FIRE.replace('["着火"]', '["着火",\n"火"]'),
            r"line 6: family fire: term “火”: a word of one",
        ),
        (
            FIRE.replace('"着火"', '"着火 + "'),
            r"line 5: family fire: term “着火 \+ ”: a part or a word",
        ),
        (FIRE.replace('"着火"', '"甲乙+丙+丁+戊"'), r"term “甲乙\+丙\+丁\+戊”: more than 3 parts"),
        (FIRE + "callers = 0\n", r"callers must be a whole number from 1"),
        (
            FIRE + '[[lowered]]\nwhy = "x"\nwhere = "there"\ncues = ["a"]\n',
            r"line 6: lowered 1: where",
        ),
        (FIRE + '[off]\nfamilies = ["water"]\n', r"line 6: off: there is no family water"),
        ("family = 1\n", r"line 1: family must be a table: \[family\]"),
        ("[family]\nfire = 1\n", r"line 2: family fire must be a table: \[family.fire\]"),
        (FIRE + "[[names]]\n", r"line 6: names must be a table"),
        (FIRE + "[lowered]\n", r"line 6: write \[\[lowered\]\] before each rule"),
        (FIRE + "[off]\nduties = 1\n", r"line 6: off: duties must be a list of words"),
        (FIRE.replace("着火", "@火"), r"line 5: family fire: term “@火”: there is no group 火"),
        (FIRE + "[groups]\n'火' = 1\n", r"line 6: groups: each is a list of words"),
        (
            FIRE.replace("着火", "@火") + "[groups]\n'火' = []\n",
            r"term “@火”: a part or a word is empty",
        ),
        (FIRE + "[groups]\n'火' = ['着火', '@烟']\n", r"line 7: group 火: @烟 is a group, not"),
        (FIRE + "[familie]\n", r"line 6: familie is not a part of a list"),
        (FIRE + "[family.fire]\n", r"lexicon is not valid TOML"),
        ("", r"there is no \[family"),
    ],
)
def test_a_fault_is_told_with_line_term_and_reason(content: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        parse_lexicon(content.encode())


def test_all_faults_are_told_at_once() -> None:
    faults = lexicon_faults((FIRE.replace("着火", "火") + "callers = 0\n").encode())

    assert [fault.split(":")[0] for fault in faults] == ["line 1", "line 5"]


def test_the_shipped_list_has_no_fault_and_a_version_of_edition_and_digest() -> None:
    content = lexicon_bytes()
    lexicon = parse_lexicon(content)

    assert lexicon_faults(content) == []
    assert lexicon.version == f"{lexicon.edition}+{lexicon.digest[:12]}"
    # Line ends of another system are no change of the list.
    assert parse_lexicon(content.replace(b"\n", b"\r\n")).digest == lexicon.digest
    assert parse_lexicon(content + b"\n# more\n").digest != lexicon.digest


def test_a_family_and_a_duty_can_be_switched_off() -> None:
    water = '[family.water]\nname = "水"\nseverity = 3\nduties = ["水务"]\nterms = ["水质发黑"]\n'
    text = "楼里着火，水质发黑"

    assert told(text, watch_of(FIRE + water)) == {"fire", "water"}
    assert told(text, watch_of(FIRE + water + "off = true\n")) == {"fire"}
    assert told(text, watch_of(FIRE + water + '[off]\nfamilies = ["fire"]\n')) == {"water"}
    # A family stays as long as it concerns another duty that is on.
    one_off = watch_of(FIRE + water + '[off]\nduties = ["水务", "消防"]\n')
    assert told(text, one_off) == {"fire"}
    assert one_off.lexicon.families[0].duties == ("应急",)


@pytest.mark.parametrize(
    "text",
    [
        "拖 欠 工·资",
        "托欠工资",
        "拖欠工資",
        "拖欠gongzi",
        "ＴＸ拖欠工资",
        "拖,欠,工,资不发，拖欠工资",
    ],
)
def test_marks_homophones_and_other_forms_do_not_hide_a_term(text: str) -> None:
    assert "wages" in told(f"公司{text}已有三个月")


@pytest.mark.parametrize("text", ["发生火乍了，爆火乍声很大", "有人要木娄顶跳木娄"])
def test_split_characters_do_not_hide_a_term(text: str) -> None:
    assert told(text)


def test_a_combination_stands_near_in_one_sentence_in_any_order() -> None:
    watch = watch_of(FIRE.replace('"着火"', '"通道|出口 + 堵|占"'))
    far = "甲" * NEAR

    assert told("出口被堵", watch)
    assert told("占了通道", watch)
    assert told(f"通道{far}堵", watch)
    assert not told(f"通道{far}甲堵", watch)
    assert not told("通道。被堵", watch)
    assert not told("通道很宽", watch)


def test_a_group_stands_for_its_words_in_every_term_that_names_it() -> None:
    groups = '[groups]\n"路" = ["通道", "出口"]\n'
    watch = watch_of(groups + FIRE.replace('"着火"', '"@路|楼梯 + 堵", "@路 + 烧"'))

    assert all(told(f"{way}{what}", watch) for way in ("通道", "出口") for what in "堵烧")
    assert told("楼梯被堵", watch)
    assert not told("楼梯烧了", watch)
    # A hit names the term as the office wrote it.
    assert watch.hits("出口烧了")[0].term == "@路 + 烧"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("这里没有着火", "否定"),
        ("去年着火的楼还没修", "过去"),
        ("如果着火怎么办", "假设"),
        ("消防演练模拟着火", "演练"),
        ("这条路不要等着火了才修", "假设"),
        ("早已着火烧毁的老屋", "过去"),
        ("万一车子自燃，旁边的房子着火，谁能负责", "假设"),
    ],
)
def test_context_lowers_a_term_and_says_which(text: str, why: str) -> None:
    hit = next(h for h in SHIPPED.hits(text) if h.term == "着火")

    assert hit.severity < TOLD_FROM
    assert hit.lowered_by == why


def test_a_dispute_with_a_seller_of_homes_is_no_fraud_on_many() -> None:
    # What divides them may stand in another clause of the sentence.
    claim = "投资的钱被骗，血本无归"

    assert "finance" in told(claim)
    assert "finance" not in told(f"开发商虚假宣传，{claim}")
    assert "finance" in told(f"开发商虚假宣传。{claim}")


def test_what_a_term_says_itself_does_not_lower_it() -> None:
    denied = '[[lowered]]\nwhy = "否定"\nwhere = "near_before"\ncues = ["没有"]\n'
    watch = watch_of(FIRE.replace('"着火"', '"没有 + 灭火器", "灭火器 + 坏"') + denied)

    assert told("楼里没有灭火器", watch)
    assert not told("没有灭火器是坏的", watch_of(FIRE.replace('"着火"', '"灭火器 + 坏"') + denied))


def test_what_stands_far_down_in_a_long_text_is_no_matter_of_its_own() -> None:
    padding = "这是一般情况的说明，" * (MATTER // 9 + 1)

    assert told("楼里着火了。" + padding)
    assert not told(padding + "楼里着火了。")


@given(st.text(max_size=80), st.integers(0, 80))
def test_a_plain_danger_is_found_in_any_words_that_do_not_lower_it(noise: str, at: int) -> None:
    # Whatever letters stand around, reading never fails, and every hit names words of the text.
    text = noise[:at] + "楼里着火了" + noise[at:]
    hits = SHIPPED.hits(text)

    assert any(hit.term == "着火" for hit in hits)
    assert all(hit.words and 0 <= hit.severity <= 3 for hit in hits)


def test_a_name_that_holds_a_term_does_not_fire() -> None:
    assert not told("火锅爆炸鱼店在火山路")
    assert told("火山路的爆炸鱼店着火了") == {"fire_gas"}
