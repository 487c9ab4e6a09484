"""What a file of channels may declare, and what each kind of channel sends and understands."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts.outbox.wording import SENTENCE
from appeals.errors import InputError
from tests.wangge.receivers import KEY, TOKEN, MailServer, Receiver, serving
from wangge.channels import read_channels
from wangge.senders.channel import Busy, Channel, Outgoing, Refused, Unheard

TEXT = "您有1条待签收提示（编号17，等级红），请登录查看"
OUTGOING = Outgoing(
    key="0" * 32, number="17", level="red", subject="待签收提示", text=TEXT,
    phone="13800001234", mail="wang@example.org",
    sheet={"编号": "17", "标题": "甲街道涉嫌诈骗"}, document="<alert/>",
)  # fmt: skip


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ROBOT_TOKEN", TOKEN)
    (tmp_path / "sign.key").write_text(f"{KEY}\n", encoding="utf-8")
    (tmp_path / "sign.key").chmod(0o600)
    return tmp_path


def declared(folder: Path, text: str) -> dict[str, Channel]:
    path = folder / "channels.toml"
    path.write_text(text, encoding="utf-8")
    return read_channels(path)


def one(folder: Path, kind: str, address: str, network: str = "互联网", more: str = "") -> Channel:
    own = {
        "wecom": f'host = "{address}"\ntoken = {{ env = "ROBOT_TOKEN" }}',
        "dingtalk": f'host = "{address}"\ntoken = {{ env = "ROBOT_TOKEN" }}\n'
        'sign_key = { file = "sign.key" }',
        "feishu": f'host = "{address}"\ntoken = {{ env = "ROBOT_TOKEN" }}\n'
        'sign_key = { file = "sign.key" }',
        "webhook": f'url = "{address}/hook"\nsign_key = {{ file = "sign.key" }}',
        "110": f'url = "{address}/110"\nsign_key = {{ file = "sign.key" }}',
        "sms": f'url = "{address}/sms"\ntoken = {{ env = "ROBOT_TOKEN" }}\ntaken = "DELIVRD"\n'
        """body = '{"to": "{phone}", "say": "{text}", "id": "{key}", "account": "{token}"}'""",
        "file": 'folder = "out"',
        "none": "",
    }[kind]
    network = "政务外网" if kind in ("110", "file") else network
    head = f'[channel.it]\nkind = "{kind}"\nnetwork = "{network}"\non = true\ntimeout_s = 0.15\n'
    channel = declared(folder, head + own + "\n" + more)["it"]
    channel.check()
    return channel


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver(lambda: datetime.now(UTC))
    with serving(server):
        yield server


HTTP = ["wecom", "dingtalk", "feishu", "webhook", "sms", "110"]


@pytest.mark.parametrize("kind", HTTP)
def test_the_receiver_finds_signature_and_body_right(
    secrets: Path, receiver: Receiver, kind: str
) -> None:
    reference = one(secrets, kind, receiver.address).send(OUTGOING)

    assert sum(receiver.shown.values()) == 1
    assert reference == ("JJ17" if kind == "110" else "")
    assert receiver.texts[0] == ("甲街道涉嫌诈骗" if kind == "110" else TEXT)


@pytest.mark.parametrize("kind", HTTP)
@pytest.mark.parametrize(
    ("mode", "error"),
    [("busy", Busy), ("refuse", Refused), ("deaf", Unheard), ("mute", Unheard), ("gone", Unheard)],
)
def test_each_failure_is_known_for_what_it_is(
    secrets: Path, receiver: Receiver, kind: str, mode: str, error: type[Exception]
) -> None:
    channel = one(secrets, kind, receiver.address)
    receiver.mode = lambda: mode

    with pytest.raises(error):
        channel.send(OUTGOING)

    receiver.mode = lambda: "up"
    channel.send(OUTGOING)
    assert receiver.shown


@pytest.mark.parametrize("kind", HTTP)
def test_a_success_with_a_failure_within_is_a_failure(
    secrets: Path, receiver: Receiver, kind: str
) -> None:
    receiver.mode = lambda: "code"

    with pytest.raises(Refused if kind in ("sms", "110") else Busy):
        one(secrets, kind, receiver.address).send(OUTGOING)
    assert not receiver.shown


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu", "webhook", "110", "sms"])
def test_a_wrong_secret_is_refused_and_not_tried_for_ever(
    secrets: Path, receiver: Receiver, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = one(secrets, kind, receiver.address)
    monkeypatch.setenv("ROBOT_TOKEN", "another")
    (secrets / "sign.key").write_text("another", encoding="utf-8")

    with pytest.raises(Refused) as told:
        channel.send(OUTGOING)
    assert "another" not in str(told.value)


def test_where_nobody_listens_nothing_has_arrived(secrets: Path) -> None:
    with pytest.raises(Busy):
        one(secrets, "webhook", "http://127.0.0.1:1").send(OUTGOING)


def test_a_receiver_that_points_elsewhere_is_not_followed(
    secrets: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.wangge import receivers

    def redirect(self: object, *_: object) -> tuple[int, dict[str, str], None]:
        return 302, {}, None

    monkeypatch.setattr(receivers._Handler, "_webhook", redirect)
    with pytest.raises(Refused, match="302"):
        one(secrets, "webhook", receiver.address).send(OUTGOING)


def test_a_text_that_is_too_long_is_cut_between_characters(
    secrets: Path, receiver: Receiver
) -> None:
    long = Outgoing(key="1" * 32, number="1", level="red", subject="", text="网" * 2000)
    one(secrets, "wecom", receiver.address, "政务外网").send(long)

    assert receiver.texts == ["网" * 682]


def test_the_same_message_is_shown_once_where_there_is_a_key(
    secrets: Path, receiver: Receiver
) -> None:
    for kind in ("webhook", "sms", "110"):
        channel = one(secrets, kind, receiver.address)
        receiver._keys.clear()
        channel.send(OUTGOING)
        channel.send(OUTGOING)
    assert set(receiver.shown.values()) <= {1, 2}
    assert receiver.shown["13800001234 " + TEXT] == 1


def test_what_stands_in_a_text_cannot_break_out_of_the_body_of_an_sms(
    secrets: Path, receiver: Receiver
) -> None:
    nasty = 'x", "to": "13900000000\n{phone}'
    one(secrets, "sms", receiver.address).send(
        Outgoing(key="k", number="1", level="red", subject="", text=nasty, phone="13800001234")
    )

    assert json.loads(receiver.bodies[0])["say"] == nasty
    assert json.loads(receiver.bodies[0])["to"] == "13800001234"


@pytest.mark.parametrize("kind", ["sms"])
def test_without_a_phone_nothing_is_tried(secrets: Path, receiver: Receiver, kind: str) -> None:
    nobody = Outgoing(key="k", number="1", level="red", subject="", text=TEXT)
    with pytest.raises(Refused, match="no phone"):
        one(secrets, kind, receiver.address).send(nobody)
    assert receiver.bodies == []


def test_a_file_has_its_name_only_when_it_is_whole(secrets: Path) -> None:
    channel = one(secrets, "file", "")
    channel.send(OUTGOING)
    channel.send(OUTGOING)

    assert [path.name for path in (secrets / "out").iterdir()] == [f"{'0' * 32}.cap.xml"]
    one(secrets, "none", "").send(OUTGOING)


# --- mail -----------------------------------------------------------------------------------------


@pytest.fixture
def post_office() -> Iterator[MailServer]:
    server = MailServer()
    with serving(server):
        yield server


def mail(folder: Path, port: int) -> Channel:
    text = (
        '[channel.it]\nkind = "mail"\nnetwork = "政务外网"\non = true\nhost = "127.0.0.1"\n'
        f'port = {port}\nsecurity = "none"\nsender = "zhiban@example.org"\ntimeout_s = 1\n'
    )
    return declared(folder, text)["it"]


def test_a_letter_says_the_same_and_has_the_same_id_when_sent_again(
    secrets: Path, post_office: MailServer
) -> None:
    channel = mail(secrets, post_office.port)
    channel.send(OUTGOING)
    channel.send(OUTGOING)

    assert post_office.receipts == 2
    ((number, letter),) = post_office.letters.items()
    assert number == f"<{'0' * 32}@example.org>"
    assert letter.get_content().strip() == TEXT
    assert (letter["To"], letter["Subject"]) == ("wang@example.org", "待签收提示")


@pytest.mark.parametrize(
    ("mode", "error"),
    [("busy", Busy), ("refuse", Refused), ("code", Busy), ("deaf", Unheard), ("mute", Unheard),
     ("gone", Busy)],
)  # fmt: skip
def test_each_failure_of_mail_is_known_for_what_it_is(
    secrets: Path, post_office: MailServer, mode: str, error: type[Exception]
) -> None:
    post_office.mode = lambda: mode

    with pytest.raises(error):
        mail(secrets, post_office.port).send(OUTGOING)


@pytest.mark.parametrize("address", ["", "wang", "a@b\r\nBcc: c@d", "王@", "<a@b>"])
def test_a_wrong_mail_address_is_refused(
    secrets: Path, post_office: MailServer, address: str
) -> None:
    wrong = Outgoing(key="k", number="1", level="red", subject="x", text=TEXT, mail=address)
    with pytest.raises(Refused, match="address"):
        mail(secrets, post_office.port).send(wrong)
    assert post_office.letters == {}


# --- the file -------------------------------------------------------------------------------------

HEAD = '[channel.a]\nkind = "wecom"\nnetwork = "互联网"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[channel.a]\nkind = "fax"\nnetwork = "互联网"', "kind"),
        ('[channel.a]\nkind = "wecom"', "a: network: Field required"),
        ('[channel.a]\nkind = "wecom"\nnetwork = "外网"', "'政务外网' or '互联网'"),
        (HEAD + 'token = "abc"', "a: token"),
        (HEAD + 'token = { env = "A", file = "b" }', "must be { env"),
        (HEAD + 'tokn = { env = "A" }', "a: tokn: there is no such key"),
        (HEAD + 'text = "{headline}"', "by an internet channel goes only"),
        (HEAD + f'text = "{SENTENCE}！"', "by an internet channel goes only"),
        (
            HEAD + 'text = "您有1条待签收提示（编号{number}，等级{level}，{post}），请登录查看"',
            "goes only",
        ),
        (HEAD + 'text = "{name}"', "in braces only"),
        ('[channel.a]\nkind = "110"\nnetwork = "互联网"', "only by 政务外网"),
        ('[channel.a]\nkind = "file"\nnetwork = "互联网"', "only by 政务外网"),
        ('[channel.a]\nkind = "sms"\nnetwork = "互联网"\nbody = "{text}"', "{phone} and {text}"),
        ('[channel.page]\nkind = "none"\nnetwork = "政务外网"', "not called page"),
        ("on = true", "only sections"),
        ("[channel", "not valid TOML"),
    ],
)
def test_a_wrong_declaration_is_refused_at_start_with_channel_and_key(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(InputError) as told:
        declared(tmp_path, text)
    assert words in str(told.value)
    assert "abc" not in str(told.value)


def test_a_channel_is_off_and_robots_too_until_somebody_turns_them_on(tmp_path: Path) -> None:
    found = declared(tmp_path, HEAD + f'text = "{SENTENCE}"')

    assert not found["a"].on
    assert read_channels(None) == {}


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    channel = declared(tmp_path, HEAD + 'token = { file = "t.key" }')["a"]
    with pytest.raises(InputError, match=r"t\.key cannot be read"):
        channel.check()
    (tmp_path / "t.key").write_text("abc", encoding="utf-8")
    (tmp_path / "t.key").chmod(0o644)
    with pytest.raises(InputError, match=r"chmod 600 t\.key"):
        channel.check()
    (tmp_path / "t.key").chmod(0o600)
    channel.check()


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="channel a: token is missing"):
        declared(tmp_path, HEAD)["a"].check()
    with pytest.raises(InputError, match="the variable NOT_SET is not set"):
        declared(tmp_path, HEAD + 'token = { env = "NOT_SET" }')["a"].check()


@pytest.mark.parametrize("kind", HTTP)
def test_an_address_that_is_no_receivers_is_refused_at_start(secrets: Path, kind: str) -> None:
    # A file would be read, and what it holds be taken for an answer.
    with pytest.raises(InputError, match="must begin with https:// or http://"):
        one(secrets, kind, "file:///etc/hostname")
