"""飞书: the robot of a group, signed."""

import base64
import hashlib
import hmac
import time
from datetime import timedelta
from typing import ClassVar, Final, Literal
from urllib.parse import quote

from alerts.outbox.pace import Limit
from wangge.senders.channel import Channel, Outgoing, Secret
from wangge.senders.post import cut, post_json, refuse_code

MOST_BYTES: Final = 18_000  # of 20 kB for the whole request
_BUSY: Final = (11232, 11233, 230020)  # too many for the tenant, the robot, the group


class Feishu(Channel):
    """A group's robot whose messages may be signed with a key of their own."""

    group: ClassVar[bool] = True
    published: ClassVar[tuple[Limit, ...]] = (
        Limit(100, timedelta(minutes=1)),
        Limit(5, timedelta(seconds=1)),
    )
    needs: ClassVar[tuple[str, ...]] = ("host", "token")

    kind: Literal["feishu"]
    host: str = "https://open.feishu.cn"
    token: Secret | None = None
    sign_key: Secret | None = None

    def send(self, message: Outgoing) -> str:
        """Say it in the group."""
        assert self.token is not None
        content = {"text": cut(message.text, MOST_BYTES)}
        body: dict[str, object] = {"msg_type": "text", "content": content}
        if self.sign_key is not None:
            stamp_s = str(int(time.time()))
            body |= {"timestamp": stamp_s, "sign": sign(self.sign_key.value(), stamp_s)}
        url = f"{self.host}/open-apis/bot/v2/hook/{quote(self.token.value(), safe='')}"
        answer = post_json(url, body, self.timeout_s)
        refuse_code(answer.get("code", answer.get("StatusCode")), _BUSY)
        return ""


def sign(key: str, stamp_s: str) -> str:
    """Sign a moment: HMAC-SHA256 of nothing, under the moment, a line break and the key."""
    under = f"{stamp_s}\n{key}".encode()
    return base64.b64encode(hmac.digest(under, b"", hashlib.sha256)).decode()
