"""How a channel fares, in one word and in the words of an office."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

SILENT_AFTER: Final = timedelta(minutes=5)
"""A channel that has something to say for so long and says nothing is shown as silent."""

FAILS_AFTER: Final = 3
"""So many attempts in a row without one that was taken: the channel fails, not a message."""


RETURNED: Final = "returned"
"""The receiver (110) gave the matter back."""

ITS_OWN: Final = frozenset(
    {
        "no phone", "no mail address", "wrong mail address", "no cap message", "returned",
        "too late", "channel is off", "no such channel",
    }
)  # fmt: skip
"""Failures that are a message's own and say nothing of its channel."""


class Health(StrEnum):
    """How a channel stands; the last two are told in red, whoever is on duty telephones."""

    OFF = "off"
    WELL = "well"
    WAITING = "waiting"
    FAILING = "failing"
    SILENT = "silent"


DOWN: Final = frozenset({Health.FAILING, Health.SILENT})


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a channel, and how its attempts of the last 24 hours ended.

    ``oldest_at`` is of what waits, ``taken_at`` the last success ever, ``fault`` the code of the
    last failure, ``in_a_row`` how many of the channel's failures followed the last success.
    """

    waiting: int = 0
    dead: int = 0
    oldest_at: datetime | None = None
    taken_at: datetime | None = None
    failed: int = 0
    in_a_row: int = 0
    fault: str = ""
    failed_at: datetime | None = None


def health(on: bool, queue: Queue, now: datetime) -> Health:
    """Say how a channel stands.

    It is silent where something has waited for longer than it should and nothing was taken since:
    the receiver is down, or nobody sends.

    Parameters
    ----------
    on
        Whether it may speak.
    queue
        Of its messages and attempts.
    now
        Aware.
    """
    if not on:
        return Health.OFF
    if queue.waiting and queue.oldest_at is not None:
        heard = max(queue.oldest_at, queue.taken_at or queue.oldest_at)
        if now - heard >= SILENT_AFTER:
            return Health.SILENT
    if queue.in_a_row >= FAILS_AFTER:
        return Health.FAILING
    return Health.WAITING if queue.waiting else Health.WELL


def reason(state: Health, queue: Queue) -> str:
    """Say why a channel stands as it does, empty where nothing is wrong.

    >>> reason(Health.SILENT, Queue(waiting=3))
    '没有发送程序在取件：本机服务或前置机的转发程序可能没有运行'
    >>> reason(Health.FAILING, Queue(fault="http 503", in_a_row=4, failed=4))
    '接收方暂时不可用（HTTP 503）'
    """
    if state is Health.OFF:
        return "未启用"
    if queue.in_a_row and queue.fault:
        return fault_words(queue.fault)
    if state is Health.SILENT:
        return "没有发送程序在取件：本机服务或前置机的转发程序可能没有运行"
    return ""


FAULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "timeout": "接收方没有在时限内应答，可能已收到",
        "secret": "密钥读不到：变量未设置，或密钥文件缺失、权限不对",
        "no json": "应答的不是接收方（可能被网关或登录页拦截）",
        "no json object": "应答的不是接收方（可能被网关或登录页拦截）",
        "no code": "接收方的应答看不懂，请核对通道类型和地址",
        "no receipt": "110没有给出接报编号，请电话确认是否收到",
        "returned": "110退回",
        "not taken": "短信网关没有受理",
        "no phone": "值班表中没有此人的手机号",
        "no mail address": "值班表中没有此人的邮箱",
        "wrong mail address": "值班表中的邮箱写错了",
        "no cap message": "没有可交换的文件",
        "too late": "超过24小时没有送出",
        "channel is off": "通道未启用",
        "no such channel": "没有这个通道：请核对通知对象表与通道表",
        "gaierror": "地址解析失败：请核对主机名或网络",
        "ConnectionRefusedError": "连不上接收方：对方未开启或端口不对",
        "ConnectionResetError": "连接被对方断开",
        "RemoteDisconnected": "连接被对方断开",
        "SSLCertVerificationError": "接收方的证书不可信或已过期",
        "SSLError": "加密连接没有建立",
        "disconnected": "邮件服务器断开了连接",
        "PermissionError": "交换目录没有写入权限",
        "FileNotFoundError": "交换目录不存在",
        "OSError": "网络不通",
    }
)
"""What each code of a failure means; the other ones are classes of them, below."""

_CODES: Final = (
    (re.compile(r"http 40[13]"), "接收方拒绝：令牌或签名不对"),
    (re.compile(r"http 404"), "接收方没有这个地址"),
    (re.compile(r"http (408|425|429|503)"), "接收方暂时不可用"),
    (re.compile(r"http 3\d\d"), "接收方要求转到别的地址，为安全起见不跟随"),
    (re.compile(r"http 4\d\d"), "接收方不接受此消息"),
    (re.compile(r"http 5\d\d"), "接收方内部出错"),
    (re.compile(r"code -?\d+"), "接收方返回错误码"),
    (re.compile(r"smtp 53\d"), "邮箱账号或密码不对"),
    (re.compile(r"smtp 4\d\d"), "邮件服务器暂时不可用"),
    (re.compile(r"smtp 5\d\d"), "邮件服务器不接受此邮件"),
    (re.compile(r"internal error \w+"), "发送程序出错，请联系系统管理员"),
)


def fault_words(fault: str) -> str:
    """Say a code of a failure as an office says it, with the code where that helps who mends it.

    >>> fault_words("no phone"), fault_words("code 45009"), fault_words("")
    ('值班表中没有此人的手机号', '接收方返回错误码（45009）', '原因不明')
    """
    if fault in FAULTS:
        return FAULTS[fault]
    words = next((words for code, words in _CODES if code.fullmatch(fault)), "")
    if not words:
        return f"连接失败（{fault}）" if fault else "原因不明"
    code = fault.removeprefix("code ").removeprefix("internal error ")
    return f"{words}（{code.replace('http', 'HTTP').replace('smtp', 'SMTP')}）"
