"""An office at night as it would be set up: people, posts, who is told, and channels that speak.

The clock is the test's own. Channels speak to receivers on loopback; the watch is stepped by hand,
so that nothing waits for a real minute.
"""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from playwright.sync_api import Browser, BrowserContext, Page

from alerts.routing import read_routing
from api.app import create_app
from appeals.database import writing
from appeals.people.roles import Right, StaffRole
from appeals.people.store import Person, add_person
from appeals.sessions.store import begin_session
from appeals.tokens.store import Token, add_token
from tests.api.accounts import PASSWORD, TERMS, hashed
from tests.patience import PATIENCE_MS
from tests.wangge.receivers import TOKEN, MailServer, Receiver, serving
from tests.wangge.serving import served
from wangge.channels import read_channels
from wangge.counter import Counter
from wangge.handover import Handover
from wangge.holder import holder_name
from wangge.outlet import Outlet, spoken_here
from wangge.response import keep_time, read_follower
from wangge.sender import Senders
from wangge.serve import taking
from wangge.site import Site, open_site
from wangge.watcher import Watcher

NIGHT = datetime(2026, 3, 9, 19, 10, tzinfo=UTC)  # 03:10 of the tenth in Beijing
STREET = ("street:990101001",)
DESK, GAS, FIRE, LOCAL = "市值班室", "应急联络员岗", "消防联络员岗", "甲街道值班室"

PEOPLE = (
    Person("xitong", "系统甲", (StaffRole.SYSTEM_ADMIN,)),
    Person("zhiban", "值班甲", (StaffRole.DUTY_OFFICER,)),
    Person("daiban", "带班甲", (StaffRole.LEADER,)),
    Person("yingji", "应急甲", (StaffRole.LIAISON,), duties=("应急",)),
    Person("xiaofang", "消防甲", (StaffRole.LIAISON,), duties=("消防",)),
    Person("jiedao", "街道甲", (StaffRole.STREET_OFFICIAL,), STREET),
    Person("zhuren", "主任甲", (StaffRole.STREET_LEADER,), STREET),
)
_SHIFT = "2026-03-09,8:00-次日8:00"
ROSTER = (
    "岗位,职责,区域,固定电话,班次,姓名,账号,手机,邮箱,日期,时段\n"
    f"{DESK},值班,,010-1,值班员,值班甲,zhiban,13900000001,,{_SHIFT}\n"
    f"{DESK},值班,,010-1,带班领导,带班甲,daiban,13900000002,,{_SHIFT}\n"
    f"{GAS},应急,,010-2,值班员,应急甲,yingji,13900000003,yingji@example.org,{_SHIFT}\n"
    f"{GAS},应急,,010-2,备班,应急乙,,13900000004,beiban@example.org,{_SHIFT}\n"
    f"{FIRE},消防,,010-3,值班员,消防甲,xiaofang,13900000005,xiaofang@example.org,{_SHIFT}\n"
    f"{LOCAL},街乡镇,990101001,010-4,值班员,街道甲,jiedao,13900000006,,{_SHIFT}\n"
)
_ROUTING = """
[[row]]
duty = "值班"
why = "危及生命或公共秩序，即时提示"
kinds = ["sensitive"]
severity = 3
at_once = true
limit_min = 10
[[row]]
duty = "*"
why = "危及生命或公共秩序，涉及本职责"
kinds = ["sensitive"]
severity = 3
at_once = true
channels = ["page", "group", "letter", "cap"]
limit_min = 10
[[row]]
duty = "街乡镇"
why = "发生在本街乡镇"
limit_min = 60
"""
_CHANNELS = """
[channel.group]
kind = "wecom"
network = "互联网"
on = true
host = "{host}"
token = {{ file = "robot.key" }}
[channel.letter]
kind = "mail"
network = "政务外网"
on = true
host = "127.0.0.1"
port = {port}
security = "none"
sender = "zhiban@example.org"
[channel.cap]
kind = "file"
network = "政务外网"
on = true
folder = "cap"
"""
_FOCUS = """
[[period]]
name = "全国两会"
first = 2026-03-04
last = 2026-03-11
"""


@dataclass
class Night:
    """The served office, its watch, its receivers and its clock."""

    address: str
    site: Site
    watcher: Watcher
    receiver: Receiver
    mail: MailServer
    now: list[datetime]
    contexts: dict[str, BrowserContext] = field(default_factory=dict)

    def later(self, **time: float) -> int:
        """Let time pass; give of how many alerts a limit passed."""
        self.now[0] += timedelta(**time)
        for context in self.contexts.values():
            context.clock.set_system_time(self.now[0])
        return keep_time(self.site.engine, read_follower(self.site.settings), self.now[0])

    def cap_files(self) -> list[bytes]:
        """What lies in the folder of the channel of CAP, the oldest first."""
        files = sorted(self.site.folder.glob("cap/*.xml"), key=lambda path: path.stat().st_mtime_ns)
        return [path.read_bytes() for path in files]

    def sign_in(self, browser: Browser, login: str) -> None:
        """Somebody is there who opens no page."""
        with writing(self.site.engine) as connection:
            secret = begin_session(connection, login, self.now[0], TERMS)
        self.contexts[login] = browser.new_context()
        self.contexts[login].add_cookies([{"name": "wangge", "value": secret, "url": self.address}])

    def come(self, browser: Browser, login: str, **looks: Any) -> Page:
        """Somebody signs in on the page, and is where their work is."""
        context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **looks)
        context.set_default_timeout(PATIENCE_MS)
        context.clock.set_system_time(self.now[0])
        self.contexts[login] = context
        page = context.new_page()
        page.goto(f"{self.address}login")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("#who button")
        return page

    def post(self, login: str, path: str, **said: object) -> dict[str, Any]:
        """Say something as somebody who has come, beside the pages."""
        answer = self.contexts[login].request.post(
            f"{self.address}api/{path}",
            data=orjson.dumps({"who": "x"} | said),
            headers={"Origin": self.address.rstrip("/"), "Content-Type": "application/json"},
        )
        found: dict[str, Any] = answer.json()
        return found | {"status": answer.status}

    def get(self, login: str, path: str) -> bytes:
        """Ask as somebody who has come."""
        answer = self.contexts[login].request.get(f"{self.address}api/{path}")
        assert answer.ok, (path, answer.status)
        return answer.body()

    def seen(self, login: str, path: str) -> dict[str, Any]:
        """Read what somebody sees of a thing."""
        found: dict[str, Any] = orjson.loads(self.get(login, path))
        return found

    def post_text(self, login: str, path: str, text: str) -> dict[str, Any]:
        """Send a file as somebody who has come."""
        answer = self.contexts[login].request.post(
            f"{self.address}api/{path}",
            data=text.encode(),
            headers={"Origin": self.address.rstrip("/"), "Content-Type": "text/csv"},
        )
        found: dict[str, Any] = answer.json()
        return found

    def call(self, token: str, rows: list[dict[str, object]]) -> int:
        """Hand in appeals as the hotline does; give how many were taken."""
        line = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        path = "/api/appeals?datum=wgs84&source=hotline"
        line.request("POST", path, orjson.dumps(rows), headers)
        answer = orjson.loads(line.getresponse().read())
        line.close()
        return int(answer["accepted"])

    @contextmanager
    def listening(self, login: str) -> Iterator[list[str]]:
        """Read the live stream as somebody; give its lines as they come."""
        (cookie,) = self.contexts[login].cookies()
        line = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        headers = {"Cookie": f"{cookie['name']}={cookie['value']}"}
        line.request("GET", "/api/alerts/stream", headers=headers)
        stream = line.sock
        answer, lines = line.getresponse(), [""]
        assert answer.status == 200

        def read() -> None:
            try:
                for part in answer:
                    lines.append(part.decode())
            except (OSError, ValueError, AttributeError):
                pass  # it was closed here

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        while len(lines) < 2:
            thread.join(0.01)
        try:
            yield lines
        finally:
            stream.shutdown(socket.SHUT_RDWR)
            thread.join(5)
            answer.close()
            line.close()


def _set_up(folder: Path, receiver: Receiver, mail: MailServer) -> None:
    settings = (folder / "wangge.toml").read_text(encoding="utf-8")
    alerts = '[alerts]\nrouting = "routing.toml"\nfocus = "focus.toml"\n'
    settings = 'channels = "channels.toml"\n' + settings.replace("[alerts]\n", alerts, 1)
    (folder / "wangge.toml").write_text(settings, encoding="utf-8")
    (folder / "routing.toml").write_text(_ROUTING, encoding="utf-8")
    (folder / "focus.toml").write_text(_FOCUS, encoding="utf-8")
    (folder / "robot.key").write_text(TOKEN, encoding="utf-8")
    (folder / "robot.key").chmod(0o600)
    channels = _CHANNELS.format(host=receiver.address, port=mail.port)
    (folder / "channels.toml").write_text(channels, encoding="utf-8")


def _people(site: Site) -> str:
    """Add the people and the hotline's own token, and give that."""
    with writing(site.engine) as connection:
        for person in PEOPLE:
            factor = "sealed" if person.login == "xitong" else None
            said = {"password": hashed(), "factor": factor, "by": "test", "now": NIGHT}
            add_person(connection, person, **said)  # type: ignore[arg-type]
        token = Token("hotline", (Right.INTAKE,), NIGHT, NIGHT + timedelta(days=1))
        return add_token(connection, token, by="test")


@contextmanager
def night_office(folder: Path) -> Iterator[tuple[Night, str]]:
    """Serve the office of a folder that has units; give it and the token of its hotline."""
    now = [NIGHT]
    receiver, mail = Receiver(lambda: now[0]), MailServer()
    _set_up(folder, receiver, mail)
    with serving(receiver), serving(mail), open_site(folder / "wangge.toml") as site:
        token = _people(site)
        ring, channels = site.ring(), read_channels(site.settings.channels)
        counter = Counter(site.engine, site.settings, channels, lambda: now[0], site.zone)
        app = create_app(
            site.engine,
            site.settings,
            take=taking(Handover(site.engine, site.settings, ring, lambda: now[0])),
            clock=lambda: now[0],
            ring=ring,
            routing=read_routing(site.settings.alerts.routing),
            outlet=Outlet(counter, channels),
        )
        ours = spoken_here(channels, "server").values()
        senders = Senders(counter, ours, holder_name(id(counter)))
        senders.start()
        watcher = Watcher(site.engine, site.settings)
        watcher.step(now[0])
        try:
            with served(app) as address:
                yield Night(address, site, watcher, receiver, mail, now), token
        finally:
            senders.stop(patience_s=3)
