"""What is said by which network."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.outbox.wording import FIELDS, SENTENCE, check_template, wording
from appeals.errors import InputError

ZONE = ZoneInfo("Asia/Shanghai")
ROW: dict[str, Any] = {
    "alert_id": 17, "whistle_id": None, "level": "red", "kind": "raise", "post": "应急联络员岗",
    "person": "wang", "duty": "应急", "reasons": ["火灾燃气属应急职责", "甲街道属地"],
    "acknowledge_by": datetime(2026, 3, 9, 3, 25, tzinfo=UTC),
}  # fmt: skip


@given(
    headline=st.text(max_size=40), post=st.text(max_size=20), person=st.text(max_size=20),
    reasons=st.lists(st.text(max_size=20), max_size=3),
)  # fmt: skip
def test_by_the_internet_goes_the_one_sentence_whatever_the_matter_is(
    headline: str, post: str, person: str, reasons: list[str]
) -> None:
    row = ROW | {"post": post, "person": person, "reasons": reasons}
    said = wording(row, headline, "互联网", None, ZONE)

    assert said.text == "您有1条待签收提示（编号17，等级红），请登录查看"
    assert said.subject == "待签收提示"


def test_inside_the_matter_is_named_and_that_it_is_no_public_warning() -> None:
    said = wording(ROW, "甲街道火灾燃气", "政务外网", None, ZONE)

    assert said.text == (
        "【诉求风险提示】新提示：甲街道火灾燃气。等级红，编号17。火灾燃气属应急职责；甲街道属地。"
        "请于03月09日11:25前签收。内部工作提示，不作为突发事件预警信息发布。"
    )


def test_a_whistle_has_a_number_of_its_own() -> None:
    row = ROW | {"alert_id": None, "whistle_id": 4, "kind": "whistle"}

    assert wording(row, "", "互联网", None, ZONE).text.startswith("您有1条待签收提示（编号哨4，")


def test_a_site_may_word_what_stays_inside_and_a_headline_is_no_template() -> None:
    said = wording(ROW, "{reasons}", "政务外网", "{post}：{headline}", ZONE)

    assert said.text == "应急联络员岗：{reasons}"


@pytest.mark.parametrize("field", [*FIELDS, "person", "phone"])
def test_no_template_for_the_internet_may_say_more(field: str) -> None:
    with pytest.raises(InputError):
        check_template(SENTENCE + "{" + field + "}", "互联网")
    with pytest.raises(InputError):
        check_template(SENTENCE.replace("提示", "燃气提示"), "互联网")
    check_template(SENTENCE, "互联网")


@pytest.mark.parametrize("template", ["{", "}", "{}", "{headline", "{{level}}", "{level!r}"])
def test_a_template_with_broken_braces_is_refused(template: str) -> None:
    with pytest.raises(InputError, match="braces"):
        check_template(template, "政务外网")
