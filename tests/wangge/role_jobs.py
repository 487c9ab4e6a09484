"""The main job of each role of a demo, by clicks alone from the page of signing in.

A hand counts what it presses. Nothing is typed that the job does not ask for in words, no address
is entered, and what is pressed is found by what stands on it.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from playwright.sync_api import Locator, Page

MOST_CLICKS: Final = 8


@dataclass
class Hand:
    """One person at one page, and how often they have pressed."""

    page: Page
    clicks: int = 0

    def press(self, what: Locator) -> None:
        """Press what is in sight, once it is there."""
        what.first.click()
        self.clicks += 1

    def move(self, word: str, **said: str) -> None:
        """Open a form by its button, fill in what it must have, and send it."""
        buttons = self.page.locator("button[data-move]")
        self.press(buttons.filter(has_text=word))
        form = self.page.locator("form.move")
        for label, words in said.items():
            form.get_by_label(label).first.fill(words)
        self.press(form.locator("button[type=submit]"))
        form.wait_for(state="detached")

    def open_alert(self, stage: str = "") -> None:
        """On the desk or in the list: the first alert, or the first in this stage."""
        rows = self.page.locator("#alerts-open > li, #list li")
        rows.first.wait_for()
        row = rows.filter(has_text=stage) if stage else rows
        self.press(row.locator(".head, a"))
        if not self.page.url.rstrip("/").rsplit("/", 1)[1].isdigit():
            self.press(self.page.get_by_role("link", name="处理、签收与经过"))
        self.page.locator("#meta .stage").wait_for()

    def stage(self, word: str) -> None:
        """See that what was done is there."""
        self.page.locator("#meta .stage", has_text=word).wait_for()


def verify_and_draft(hand: Hand) -> None:
    """值班员: the newest alert that nobody has verified is verified, and drafted."""
    hand.open_alert("待核实")
    hand.move("核实")
    hand.stage("已核实")
    hand.move("研判拟稿")
    hand.stage("已研判")


def sign(hand: Hand) -> None:
    """带班领导: what waits for a signature is signed."""
    hand.open_alert("已研判")
    hand.move("审签")
    hand.stage("已审签")


def receive(hand: Hand) -> None:
    """联络员: what was told to the own post is acknowledged."""
    hand.open_alert()
    hand.move("签收")
    hand.page.locator("#asked", has_text="已签收").wait_for()


def whistle(hand: Hand) -> None:
    """街乡镇工作人员: a whistle is drafted about an alert of the own street."""
    hand.open_alert()
    hand.press(hand.page.get_by_role("link", name="就此提示拟哨"))
    form = hand.page.locator("form.move")
    form.get_by_label("事由").fill("燃气泄漏，需关阀")
    hand.press(form.get_by_label("应急", exact=True))
    hand.press(form.locator("button[type=submit]"))
    hand.stage("已拟哨")


def blow(hand: Hand) -> None:
    """街乡镇主要负责人: the whistle that was drafted is approved and blown."""
    hand.press(hand.page.get_by_role("link", name="吹哨", exact=True))
    hand.press(hand.page.locator("#list a"))
    hand.move("审核通过")
    hand.move("吹哨")
    hand.stage("已吹哨")


def look_at_tasks(hand: Hand) -> None:
    """网格员: what is to be done today in the own grid."""
    hand.press(hand.page.get_by_role("navigation").get_by_role("link", name="任务"))
    hand.page.locator("#main").get_by_text("任务").first.wait_for()


def take_layer(hand: Hand) -> None:
    """规划研究人员: published counts by community as a file."""
    hand.page.locator("#published").wait_for()
    hand.page.locator("#state", has_text="公布于").wait_for()
    hand.press(hand.page.locator("#download"))
    with hand.page.expect_download() as waiting:
        hand.press(hand.page.locator("#exports a.download").first)
    assert waiting.value.suggested_filename


def disable_somebody(hand: Hand) -> None:
    """系统管理员: somebody who has left is let in no more."""
    hand.press(hand.page.get_by_role("button", name="停用规划甲"))
    hand.page.get_by_text("已停用").first.wait_for()


def look_at_people(hand: Hand) -> None:
    """安全管理员: who may do what."""
    hand.page.get_by_text("值班员").first.wait_for()


def verify_log(hand: Hand) -> None:
    """审计管理员: the whole log verifies."""
    hand.press(hand.page.get_by_role("button", name="校验全部记录"))
    hand.page.locator("#verified:not(:empty)").wait_for()


JOBS: Final[Mapping[str, Callable[[Hand], None]]] = MappingProxyType(
    {
        "值班员": verify_and_draft,
        "带班领导": sign,
        "联络员": receive,
        "街乡镇工作人员": whistle,
        "街乡镇主要负责人": blow,
        "网格员": look_at_tasks,
        "规划研究人员": take_layer,
        "安全管理员": look_at_people,
        "审计管理员": verify_log,
        "系统管理员": disable_somebody,
    }
)
"""By the word of each role, in an order in which one finds what those before it have left."""


# The other liaisons have nothing to do with a smell of gas.
_DUTY: Final = MappingProxyType({"联络员": "应急"})


def work(page: Page, address: str, role: str) -> tuple[int, float]:
    """Sign in from the demo's list and do the job of a role; give clicks and seconds."""
    begun = time.monotonic()
    page.goto(f"{address}login")
    hand = Hand(page)
    people = page.locator("#people-list button", has_text=role)
    hand.press(people.filter(has_text=_DUTY.get(role, role)))
    page.wait_for_selector("#who button, #main")
    JOBS[role](hand)
    return hand.clicks, time.monotonic() - begun
