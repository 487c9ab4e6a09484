"""企业微信 and 政务微信: the robot of a group."""

from datetime import timedelta
from typing import ClassVar, Final, Literal
from urllib.parse import quote

from alerts.outbox.pace import Limit
from wangge.senders.channel import Channel, Outgoing, Secret
from wangge.senders.post import cut, post_json, refuse_code

MOST_BYTES: Final = 2048
_BUSY: Final = (-1, 45009, 45033)  # out of order, too many in a minute, too many at once


class WeCom(Channel):
    """A group's robot; whoever has its key may speak there."""

    group: ClassVar[bool] = True
    published: ClassVar[tuple[Limit, ...]] = (Limit(20, timedelta(minutes=1)),)
    needs: ClassVar[tuple[str, ...]] = ("host", "token")

    kind: Literal["wecom"]
    host: str = "https://qyapi.weixin.qq.com"
    token: Secret | None = None

    def send(self, message: Outgoing) -> str:
        """Say it in the group."""
        assert self.token is not None
        url = f"{self.host}/cgi-bin/webhook/send?key={quote(self.token.value(), safe='')}"
        body = {"msgtype": "text", "text": {"content": cut(message.text, MOST_BYTES)}}
        refuse_code(post_json(url, body, self.timeout_s).get("errcode"), _BUSY)
        return ""
