"""Receivers on loopback that check what they get as the real ones do, and fail as these do.

Each signature is worked out here anew from its public description. A receiver counts what it took
by what a person there would see: a message with a key it has is shown once.
"""

import base64
import collections
import hashlib
import hmac
import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN, KEY = "token-of-the-robot", "key-of-the-signature"


class Clock:
    """A clock that is put forward by whoever waits."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Receiver(ThreadingHTTPServer):
    """All HTTP receivers behind one port, each under its own path.

    ``mode`` says how the next requests end: ``up``; ``code`` 200 with a failure within; ``busy``
    503; ``refuse`` 403; ``deaf`` nothing is taken and no answer comes; ``mute`` it is taken and no
    answer comes; ``gone`` the connection breaks before anything is read.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.clock = clock
        self.mode: Callable[[], str] = lambda: "up"
        self.hang_s = 0.3
        self.shown: collections.Counter[str] = collections.Counter()
        self.texts: list[str] = []
        self.bodies: list[bytes] = []
        self.taken_at: list[datetime] = []
        self.faults: list[str] = []
        self.limits: tuple[tuple[int, timedelta], ...] = ()
        self.lock = threading.Lock()
        self._keys: set[str] = set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def take(self, shown_as: str, text: str, key: str | None) -> None:
        with self.lock:
            self.taken_at.append(self.clock())
            for most, within in self.limits:
                late = self.taken_at[-1] - within
                if sum(at > late for at in self.taken_at) > most:
                    self.faults.append(f"more than {most} in {within}")
            if key is not None and key in self._keys:
                return
            if key is not None:
                self._keys.add(key)
            self.shown[shown_as] += 1
            self.texts.append(text)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections that break are what is tried here."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.0"

    def do_POST(self) -> None:
        mode = self.server.mode()
        if mode == "gone":
            self.connection.close()
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(body)
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        kind = address.path.split("/")[1]
        checks = {
            "cgi-bin": self._wecom, "robot": self._dingtalk, "open-apis": self._feishu,
            "hook": self._webhook, "sms": self._sms, "110": self._police,
        }  # fmt: skip
        if mode == "busy":
            self._answer(503, {})
        elif mode == "refuse":
            self._answer(403, {})
        elif mode == "deaf":
            time.sleep(self.server.hang_s)
        else:
            status, answer, take = checks[kind](address.path, query, body, mode)
            if take is not None:
                self.server.take(*take)
            if mode == "mute":
                time.sleep(self.server.hang_s)
            else:
                self._answer(status, answer)

    def _wecom(self, path: str, query: dict[str, str], body: bytes, mode: str) -> Any:
        content = json.loads(body)
        text = content["text"]["content"]
        assert path == "/cgi-bin/webhook/send"
        assert content["msgtype"] == "text"
        if query["key"] != TOKEN:
            return 200, {"errcode": 93000, "errmsg": "invalid webhook url"}, None
        if len(text.encode()) > 2048:
            return 200, {"errcode": 40058, "errmsg": "too long"}, None
        if mode == "code":
            return 200, {"errcode": 45009, "errmsg": "api freq out of limit"}, None
        return 200, {"errcode": 0, "errmsg": "ok"}, (text, text, None)

    def _dingtalk(self, path: str, query: dict[str, str], body: bytes, mode: str) -> Any:
        content = json.loads(body)
        assert path == "/robot/send"
        stamp = query["timestamp"]
        mac = hmac.new(KEY.encode(), f"{stamp}\n{KEY}".encode(), "sha256")
        # What stood in the address must be the signature quoted once: parse_qs has unquoted it.
        right = base64.b64encode(mac.digest()).decode() == query["sign"]
        right = right and abs(time.time() * 1000 - int(stamp)) < 3_600_000
        if query["access_token"] != TOKEN or not right:
            return 200, {"errcode": 310000, "errmsg": "sign not match"}, None
        if mode == "code":
            return 200, {"errcode": 130101, "errmsg": "send too fast"}, None
        text = content["text"]["content"]
        return 200, {"errcode": 0, "errmsg": "ok"}, (text, text, None)

    def _feishu(self, path: str, query: dict[str, str], body: bytes, mode: str) -> Any:
        content = json.loads(body)
        stamp = content["timestamp"]
        mac = hmac.new(f"{stamp}\n{KEY}".encode(), b"", hashlib.sha256)
        right = base64.b64encode(mac.digest()).decode() == content["sign"]
        right = right and abs(time.time() - int(stamp)) < 3600
        if unquote(path) != f"/open-apis/bot/v2/hook/{TOKEN}" or not right:
            return 200, {"code": 19021, "msg": "sign match fail"}, None
        if len(body) > 20_000:
            return 200, {"code": 9499, "msg": "too large"}, None
        if mode == "code":
            return 200, {"code": 11232, "msg": "frequency limited"}, None
        text = content["content"]["text"]
        return 200, {"code": 0, "msg": "success", "data": {}}, (text, text, None)

    def _signed(self, body: bytes) -> bool:
        stamp = self.headers["X-Wangge-Timestamp"]
        mac = hmac.new(KEY.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        fresh = abs(time.time() - int(stamp)) < 300
        return fresh and self.headers["X-Wangge-Signature"] == f"sha256={mac}"

    def _webhook(self, path: str, query: dict[str, str], body: bytes, mode: str) -> Any:
        if not self._signed(body):
            return 401, {}, None
        if mode == "code":
            return 429, {}, None
        content = json.loads(body)
        key = self.headers["Idempotency-Key"]
        assert content["key"] == key
        return 200, {}, (content["number"], content["text"], key)

    def _sms(self, path: str, query: dict[str, str], body: bytes, mode: str) -> Any:
        content = json.loads(body)
        if content["account"] != TOKEN:
            return 200, {"result": "AUTH"}, None
        if mode == "code":
            return 200, {"result": "FAIL"}, None
        taken = (f"{content['to']} {content['say']}", content["say"], content["id"])
        return 200, {"result": "DELIVRD"}, taken

    def _police(self, path: str, query: dict[str, str], body: bytes, mode: str) -> Any:
        if not self._signed(body):
            return 401, {}, None
        content = json.loads(body)
        if mode == "code":
            return 200, {"taken": False, "reference": "", "why": "非警务"}, None
        number = f"JJ{content['编号']}"
        taken = (content["编号"], content["标题"], content["key"])
        return 200, {"taken": True, "reference": number}, taken

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        written = json.dumps(content, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server that keeps a letter once by its Message-ID; ``mode`` as above, by reply."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Mail)
        self.mode: Callable[[], str] = lambda: "up"
        self.letters: dict[str, Any] = {}
        self.receipts = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections that break are what is tried here."""


class _Mail(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        mode = self.server.mode()
        if mode == "gone":
            return
        self._say("421 later" if mode == "busy" else "220 here")
        while line := self.rfile.readline().decode().strip():
            word = line.split(":")[0].upper()
            if word == "DATA":
                self._say("354 go on")
                letter = b""
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    letter += part
                if mode == "deaf":
                    return
                read = message_from_bytes(letter, policy=policy.default)
                self.server.receipts += 1
                self.server.letters[str(read["Message-ID"])] = read
                if mode == "mute":
                    return
                self._say("250 taken")
            elif word == "QUIT":
                self._say("221 bye")
                return
            elif word == "RCPT TO" and mode == "refuse":
                self._say("550 no such person")
            elif word == "RCPT TO" and mode == "code":
                self._say("451 come again")
            else:
                self._say("250 well")

    def _say(self, reply: str) -> None:
        self.wfile.write(reply.encode() + b"\r\n")


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    """Serve in a thread as long as the context is open."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
