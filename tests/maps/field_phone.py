"""A grid worker's phone before a town that is really served."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Geolocation, Page

from appeals.database import Engine, reading, writing
from appeals.sessions.store import begin_session
from casework.store import read_steps
from tests.casework.town import SOUTH, TERMS, WEST, Town
from tests.patience import PATIENCE_MS
from tests.wangge.serving import served

HERE: Geolocation = {"longitude": WEST + 0.00503, "latitude": SOUTH + 0.005, "accuracy": 20}


@dataclass
class Phone:
    """A page with all that went wrong on it, and what the server knows of its work."""

    page: Page
    town: Town
    address: str
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    posts: list[tuple[str, str]] = field(default_factory=list)

    def open(self, hash: str = "", ready: str = "body[data-ready]") -> None:
        self.page.goto(f"{self.address}field{hash}")
        self.page.wait_for_selector(ready)
        # What it asks first is answered: a list drawn anew could take a button from the finger.
        self.page.wait_for_selector("body[data-ready]", state="attached")
        # What comes after the first list is here too: the network may go.
        self.page.evaluate(
            "Promise.all(['task', 'map', 'report', 'mine'].map("
            "name => import(`/static/field_${name}.js`)))"
        )

    def offline(self, off: bool) -> None:
        self.page.context.set_offline(off)
        # Playwright changes the network without the event that a phone sends.
        self.page.evaluate(f"dispatchEvent(new Event({'`offline`' if off else '`online`'}))")

    def tap(self, move: str) -> None:
        self.page.locator(f"[data-move={move}]").click()

    def waits(self, words: str) -> None:
        self.page.locator("#waits", has_text=words).wait_for()

    def sent(self) -> None:
        """Wait until the server has everything."""
        all_sent(self.page)
        self.waits("待上传 0")

    def steps(self, appeal_id: int) -> list[tuple[str, str]]:
        with reading(self.town.engine) as connection:
            return [(one.move.value, one.who) for one in read_steps(connection, appeal_id)]


def secret_of(town: Town, login: str) -> str:
    with writing(town.engine) as connection:
        return begin_session(connection, login, town.now[0], TERMS)


@contextmanager
def served_now(town: Town) -> Iterator[str]:
    """Serve the town on the present clock, which is that of the browser too."""
    town.now[0] = datetime.now(UTC)
    with served(town.client.app) as address:  # type: ignore[arg-type]
        yield address


def context_of(
    browser: Browser, address: str, town: Town, login: str, **more: Any
) -> BrowserContext:
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 390, "height": 844},
        has_touch=True, is_mobile=True, permissions=["geolocation"], geolocation=HERE, **more,
    )  # fmt: skip
    context.set_default_timeout(PATIENCE_MS)
    sign_in(context, town, login, address)
    return context


def sign_in(context: BrowserContext, town: Town, login: str, address: str) -> None:
    context.add_cookies([{"name": "wangge", "value": secret_of(town, login), "url": address}])


def phone_in(context: BrowserContext, town: Town, address: str) -> Phone:
    phone = Phone(context.new_page(), town, address)
    page = phone.page
    page.on("pageerror", lambda error: phone.errors.append(str(error)))

    def note(request: Any) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            phone.foreign.append(request.url)
        if request.method == "POST":
            key = request.headers.get("idempotency-key", "")
            phone.posts.append((request.url.removeprefix(address), key))

    page.on("request", note)
    return phone


def throttle(page: Page, times: int) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})


def photo(path: Path) -> Path:
    """A large picture with what a camera writes into it."""
    marks = Image.Exif()
    marks[0x010F] = "SECRETMAKER"
    marks[0x8825] = {1: "N", 2: (30.0, 0.0, 18.0)}
    Image.linear_gradient("L").resize((2400, 1800)).convert("RGB").save(path, exif=marks)
    return path


def kept_by(page: Page) -> str:
    """All that the browser keeps of the page, as a text: its stores and its caches."""
    kept: list[Any] = page.evaluate(
        """async () => {
          const out = [Object.entries(localStorage), Object.entries(sessionStorage)];
          const db = await new Promise(done => {
            const asked = indexedDB.open('wangge-field');
            asked.onsuccess = () => done(asked.result);
          });
          const plain = value => value instanceof ArrayBuffer
            ? Array.from(new Uint8Array(value), b => String.fromCharCode(b)).join('')
            : value instanceof CryptoKey ? (value.extractable ? 'EXTRACTABLE' : 'key')
            : ArrayBuffer.isView(value) ? plain(value.slice().buffer)
            : !value || typeof value !== 'object' ? value
            : Object.entries(value).map(([k, v]) => [k, plain(v)]);
          for (const name of db.objectStoreNames) {
            out.push([name, await new Promise(done => {
              const asked = db.transaction(name).objectStore(name).getAll();
              asked.onsuccess = () => done(asked.result.map(plain));
            })]);
          }
          for (const name of window.caches ? await caches.keys() : []) {
            const all = await (await caches.open(name)).keys();
            all.forEach(request => out.push(['cache', request.url]));
          }
          return out;
        }"""
    )
    return json.dumps(kept, ensure_ascii=False)


def packed(page: Page, seen: int) -> None:
    """Wait until the first case is in the pack, with as many moves."""
    _until(
        page,
        "import('/static/field_keep.js').then(keep => keep.getPack())"
        f".then(pack => Boolean(pack && pack.details[1] && pack.details[1].seen === {seen}))",
    )


def all_sent(page: Page) -> None:
    """Wait until the outbox is empty."""
    _until(page, "import('/static/field_keep.js').then(k => k.listItems()).then(i => !i.length)")


def _until(page: Page, promised: str) -> None:
    """Wait until a promise gives true, which Playwright itself does not wait for."""
    for _ in range(int(PATIENCE_MS) // 100):
        if page.evaluate(promised):
            return
        page.wait_for_timeout(100)
    raise AssertionError(promised)


def photos_of(engine: Engine, appeal_id: int) -> list[bytes]:
    with reading(engine) as connection:
        rows = connection.execute(
            sa.text("SELECT content FROM case_photos WHERE appeal_id = :n"), {"n": appeal_id}
        )
        return [bytes(row[0]) for row in rows]
