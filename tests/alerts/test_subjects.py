"""Who an appeal is about: names from columns and words, and never a person."""

from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.columns import Columns
from alerts.subjects import CALLERS, SubjectReader, read_aliases, short, subjects_of
from appeals.errors import InputError
from appeals.person_names import SURNAMES

DAY = date(2026, 3, 2)
READER = SubjectReader.of(
    {"海鲸": ["海鲸望京店", "海鲸火锅"]}, places=["晴桥雅居", "兰院小学", "望溪公园"]
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("晴桥雅居门口豚禾健身突然关门，年卡退不了", "豚禾健身"),
        ("我住在晴桥雅居9号楼，捷微生鲜优选下单不发货", "捷微生鲜优选"),
        ("投诉朗悦健身管理有限公司望京分公司不退费", "朗悦健身"),
        ("关于豚禾健身（望京店）的问题：私教课不给退", "豚禾健身"),
        ("我在某平台买的海鲸望京店套餐不能用", "海鲸"),
        ("晴桥雅居停水两天没有通知", "晴桥雅居"),
        ("兰院小学门口双排停车", "兰院小学"),
        ("麓谷第三中学食堂有异物", "麓谷第三中学"),
        ("梅湖路与春坡路交叉口红绿灯坏了", "梅湖路"),
        ("星河湾二期项目夜里打桩", "星河湾二期项目"),
        ("地处银杉路，灯全不亮", "银杉路"),
        ("而且强烈建议支持文兴物业留下", "文兴物业"),
    ],
)
def test_words_name_what_they_are_about(text: str, name: str) -> None:
    assert READER.read(None, text) == name


@pytest.mark.parametrize(
    "text",
    [
        "物业公司不作为",
        "这家公司拖欠工资",
        "小区里有人装修",
        "王先生的公司欠我工资",
        "李女士在学校门口摆摊",
        "刘某某公司不给结账",
        "咨询公司地址变更要什么材料",
        "电话打不通",
        "渣土车带泥上路，没人管",
        "旧砖头占了半条路",
        "挂床项目没做也收钱",
        "根据物业的说法，居民小区住不了人",
        "这是上学唯一出路，也是必经之路",
        "高速公路边的配套幼儿园",
        "",
    ],
)
def test_words_that_name_nothing_give_nothing(text: str) -> None:
    assert READER.read(None, text) is None


@given(
    surname=st.sampled_from(SURNAMES),
    given_name=st.sampled_from(["", "伟", "建国", "某", "某某"]),
    title=st.sampled_from(["先生", "女士", "师傅", "老师", "经理", "某", "某某"]),
    before=st.sampled_from(["", "反映", "投诉", "邻居", "晴桥雅居的"]),
    after=st.sampled_from(["", "打人", "欠钱不还", "的公司", "公司", "超市", "家装"]),
)
def test_a_person_is_never_a_subject(
    surname: str, given_name: str, title: str, before: str, after: str
) -> None:
    person = surname + given_name + title

    found = READER.read(person, before + person + after)

    assert found is None or found == "晴桥雅居"


@pytest.mark.parametrize("column", ["张伟", "欧阳文", "王先生", "李某", "赵某某", "陈师傅", "周"])
def test_a_column_that_holds_a_person_gives_nothing(column: str) -> None:
    assert READER.read(column, None) is None


def test_one_chain_has_one_name_whatever_its_branch_and_legal_form() -> None:
    said = [
        "朗悦健身有限公司",
        "朗悦健身朝阳店",
        "朗悦健身（东区店）",
        "朗悦健身服务有限公司第三分公司",
    ]

    assert {READER.read(one, None) for one in said} == {"朗悦健身"}
    assert {short(one) for one in ("某某集团朝阳店", "某某集团有限公司")} == {"某某集团"}


def rows(*said: tuple[str | None, str, str, int], kind: str = "complaint") -> Columns:
    frame = pd.DataFrame(said, columns=["subject", "text", "caller_hash", "local_hour"])
    return Columns.of(
        frame.assign(
            kind=kind,
            appeal_id=range(len(frame)),
            received_at=datetime(2026, 3, 2, tzinfo=UTC),
            local_day=DAY,
            class_code="噪声",
            sink=False,
            **dict.fromkeys(
                ["district_id", "street_id", "community_id", "grid_id", "cell_8", "cell_9"], 1
            ),
        )
    )


def test_a_name_of_words_alone_counts_from_the_hour_of_its_third_caller() -> None:
    text = "豚禾健身关门了"
    calls = rows(
        (None, text, "a", 8), (None, text, "a", 9), (None, text, "b", 9), (None, text, "c", 11),
        (None, text, "d", 15),
    )  # fmt: skip

    names, since = subjects_of(READER, calls, DAY, {})

    assert CALLERS == 3
    assert names.tolist() == [None, None, None, "豚禾健身", "豚禾健身"]
    assert since == {"豚禾健身": DAY.toordinal() * 24 + 11}
    again, none_new = subjects_of(READER, calls, DAY, since)
    assert again.tolist() == names.tolist()
    assert none_new == {}


def test_names_of_columns_and_lists_count_at_once() -> None:
    calls = rows(("豚禾健身", "关门了", "a", 8), (None, "海鲸火锅不退钱", "b", 9))

    names, since = subjects_of(READER, calls, DAY, {})

    assert names.tolist() == ["豚禾健身", "海鲸"]
    assert since == {"豚禾健身": 0, "海鲸": 0}


def test_a_taught_name_is_the_place_that_it_means_and_counts_at_once() -> None:
    reader = SubjectReader.of(
        places=["晴桥雅居"], taught={"老糖厂": "晴桥雅居", "西大坑": "西大坑"}
    )
    calls = rows((None, "老糖厂停水两天", "a", 8), (None, "西大坑积水没人管", "b", 9))

    names, since = subjects_of(reader, calls, DAY, {})

    assert names.tolist() == ["晴桥雅居", "西大坑"]
    assert since == {"晴桥雅居": 0, "西大坑": 0}


def test_a_question_is_about_no_enterprise() -> None:
    calls = rows(*[(None, "豚禾健身几点开门", c, 9) for c in "abcd"], kind="consult")

    assert subjects_of(READER, calls, DAY, {})[0].tolist() == [None] * 4


def test_an_empty_day_has_no_subjects() -> None:
    names, since = subjects_of(READER, rows(), DAY, {})

    assert len(names) == 0
    assert since == {}


def test_the_list_of_chains_is_read_and_refused_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "subjects.toml"
    path.write_text('[names]\n"海鲸" = ["海鲸火锅"]\n', encoding="utf-8-sig")
    assert read_aliases(path) == {"海鲸": ["海鲸火锅"]}
    assert read_aliases(None) == {}
    path.write_text('[names]\n"海鲸" = "海鲸火锅"\n', encoding="utf-8")
    with pytest.raises(InputError, match="list of names"):
        read_aliases(path)
    path.write_text("[names", encoding="utf-8")
    with pytest.raises(InputError, match="is not valid TOML"):
        read_aliases(path)
    with pytest.raises(InputError, match="not here"):
        read_aliases(tmp_path / "none.toml")
