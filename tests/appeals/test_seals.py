# ruff: noqa: RUF001 -- full-width digits and marks
import json
import stat
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appeals.errors import InputError
from appeals.passwords import hash_password, verify_password
from appeals.record import Appeal, Kind, Personal, Pin, Precision
from appeals.seals import KeyRing, Sealed, digest, row_name

PERSONAL = Personal(name="王小明", phone="13800001234", text="电话13800001234，楼上漏水")
APPEAL = Appeal(
    source="12345",
    source_id="A1",
    received_at=datetime(2026, 3, 1, 1, 30, tzinfo=UTC),
    received_precision=Precision.MINUTE,
    local_day=date(2026, 3, 1),
    local_hour=9,
    kind=Kind.HELP,
    class_code="房屋/漏水",
    text="电话〔电话〕，楼上漏水",
    pin=Pin(116.4, 39.9, "gcj02"),
)
ROW = row_name("12345", "A1", 1)
_text = st.none() | st.text(max_size=30)
_personal = st.builds(Personal, _text, _text, _text, _text, _text, _text)


@pytest.mark.parametrize("cipher", ["aes-gcm", "sm4-gcm"])
def test_what_is_sealed_opens_as_it_was(ring: KeyRing, cipher: str) -> None:
    box = replace(ring, cipher=cipher).seal(PERSONAL, row=ROW)

    assert box is not None
    assert box.cipher == cipher
    # Whatever cipher is set now, the box names its own.
    assert ring.open(box, row=ROW) == PERSONAL
    assert "王小明".encode() not in box.box


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(personal=_personal, cipher=st.sampled_from(["aes-gcm", "sm4-gcm"]))
def test_any_words_come_back(ring: KeyRing, personal: Personal, cipher: str) -> None:
    box = replace(ring, cipher=cipher).seal(personal, row=ROW)

    assert (Personal() if box is None else ring.open(box, row=ROW)) == personal


def test_a_box_does_not_open_in_another_row_nor_after_a_change(ring: KeyRing) -> None:
    box = ring.seal(PERSONAL, row=ROW)
    assert box is not None

    for row in (row_name("12345", "A1", 2), row_name("12345", "A2", 1), row_name("x", "A1", 1)):
        assert not ring.fits(box, row=row)
    for i in (0, 15, len(box.box) - 1):
        changed = bytearray(box.box)
        changed[i] ^= 1
        assert not ring.fits(replace(box, box=bytes(changed)), row=ROW)
    assert not ring.fits(replace(box, box=b"short"), row=ROW)
    assert ring.fits(box, row=ROW)


def test_row_names_cannot_be_taken_for_one_another() -> None:
    assert row_name('a","b', "c", 1) != row_name("a", 'b","c', 1)


def test_the_newest_key_seals_and_all_keys_open(ring: KeyRing, tmp_path: Path) -> None:
    path = tmp_path / "wangge.key"
    old = ring.seal(PERSONAL, row=ROW)

    rotated = ring.rotated(path)
    new = rotated.seal(PERSONAL, row=ROW)

    assert old is not None
    assert new is not None
    assert old.key_id != new.key_id
    again = KeyRing.load(path)
    assert again.open(old, row=ROW) == again.open(new, row=ROW) == PERSONAL
    assert again.caller_hash(PERSONAL) == ring.caller_hash(PERSONAL)
    assert not ring.fits(new, row=ROW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_running_server_seals_with_the_new_key_and_opens_what_others_sealed_with_it(
    ring: KeyRing, tmp_path: Path
) -> None:
    path = tmp_path / "wangge.key"
    running = KeyRing.load(path)
    before = running.seal(PERSONAL, row=ROW)
    theirs = KeyRing.load(path).rotated(path).seal(PERSONAL, row=ROW)
    assert before is not None
    assert theirs is not None

    assert running.open(theirs, row=ROW) == running.open(before, row=ROW) == PERSONAL
    after = running.seal(PERSONAL, row=ROW)
    assert after is not None
    assert after.key_id == theirs.key_id != before.key_id


@pytest.mark.parametrize("bad", ["another", "malformed", "gone", "open to others"])
def test_a_file_that_is_no_new_edition_of_the_keys_changes_nothing(
    ring: KeyRing, tmp_path: Path, bad: str
) -> None:
    path = tmp_path / "wangge.key"
    running = KeyRing.load(path)
    box = running.seal(PERSONAL, row=ROW)
    path.unlink()
    if bad in ("another", "open to others"):
        KeyRing.create(path)
    if bad == "malformed":
        path.write_text("{", encoding="ascii")
        path.chmod(0o600)
    if bad == "open to others":
        path.chmod(0o644)

    again = running.seal(PERSONAL, row=ROW)
    assert box is not None
    assert again is not None
    assert again.key_id == box.key_id
    assert running.open(box, row=ROW) == PERSONAL


def test_a_site_may_keep_nothing(tmp_path: Path, ring: KeyRing) -> None:
    hashing = KeyRing.load(tmp_path / "wangge.key", personal="hash")

    assert hashing.seal(PERSONAL, row=ROW) is None
    assert hashing.caller_hash(PERSONAL) == ring.caller_hash(PERSONAL)


def test_the_text_forms_show_no_key_and_no_citizen(ring: KeyRing) -> None:
    key = next(iter(ring.keys.seal.values()))

    shown = f"{ring!r} {ring} {ring.keys!r} {PERSONAL!r} {PERSONAL}"

    assert key.hex() not in shown
    assert repr(key)[2:-1] not in shown
    assert "王小明" not in shown
    assert "13800001234" not in shown


# --- where keys come from ------------------------------------------------------------------------


def test_a_key_file_has_mode_600_and_is_never_overwritten(ring: KeyRing, tmp_path: Path) -> None:
    path = tmp_path / "wangge.key"

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(InputError, match="never overwritten"):
        KeyRing.create(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_file_that_others_may_read_is_refused(
    ring: KeyRing, tmp_path: Path, mode: int
) -> None:
    path = tmp_path / "wangge.key"
    path.chmod(mode)

    with pytest.raises(InputError, match="chmod 600"):
        KeyRing.load(path)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "{}",
        "secret",
        '{"seal": [], "caller": "00", "content": "00"}',
        '{"seal": [{"id": "a", "key": "beef"}], "caller": "00", "content": "00"}',
    ],
)
def test_a_malformed_key_file_is_refused_without_showing_it(tmp_path: Path, words: str) -> None:
    path = tmp_path / "bad.key"
    path.write_text(words)
    path.chmod(0o600)

    with pytest.raises(InputError) as refusal:
        KeyRing.load(path)
    assert "beef" not in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_keys_come_from_a_command_too(ring: KeyRing, tmp_path: Path) -> None:
    command = f"cat {tmp_path / 'wangge.key'}"

    assert KeyRing.load(key_command=command).keys == ring.keys
    for failing in ("false", "no-such-command-here", f"{sys.executable} -c 'print(7)'", "'"):
        with pytest.raises(InputError, match="key_command"):
            KeyRing.load(key_command=failing)


def test_keys_must_come_from_somewhere(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither"):
        KeyRing.load()
    with pytest.raises(InputError, match="is not here"):
        KeyRing.load(tmp_path / "none.key")


def test_unknown_methods_are_refused(ring: KeyRing, tmp_path: Path) -> None:
    path = tmp_path / "wangge.key"
    with pytest.raises(InputError, match="cipher"):
        KeyRing.load(path, cipher="rot13")
    with pytest.raises(InputError, match="hmac-md5"):
        KeyRing.load(path, caller_hash="hmac-md5")
    with pytest.raises(InputError, match="rot13"):
        ring.open(Sealed("rot13", next(iter(ring.keys.seal)), bytes(40)), row=ROW)


# --- keyed hashes --------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["hmac-sha256", "hmac-sm3"])
def test_one_phone_written_in_many_ways_is_one_caller(ring: KeyRing, method: str) -> None:
    ring = replace(ring, caller_method=method)
    mobile = [
        "13800001234",
        "+86 138-0000-1234",
        "8613800001234",
        "013800001234",
        "１３８００００１２３４",
    ]
    fixed = ["010-62345678", "01062345678", "+861062345678", "(010) 6234 5678"]

    for forms in (mobile, fixed):
        assert len({ring.caller_hash(Personal(phone=form)) for form in forms}) == 1
    one = ring.caller_hash(Personal(phone=mobile[0]))
    assert one is not None
    assert one.startswith(f"{method}:")
    assert one != ring.caller_hash(Personal(phone="13800001235"))


@pytest.mark.parametrize(
    "phone", [None, "", "无", "12345", "138****1234", "00000000000", "11111111111", "匿名"]
)
def test_a_number_that_tells_nobody_apart_is_no_caller(ring: KeyRing, phone: str | None) -> None:
    assert ring.caller_hash(Personal(phone=phone)) is None
    by_id = ring.caller_hash(Personal(phone=phone, id_number="11010519491231002x"))
    assert by_id is not None
    assert by_id == ring.caller_hash(Personal(id_number=" 11010519491231002X"))


def test_hashes_need_the_key(ring: KeyRing, tmp_path: Path) -> None:
    other = KeyRing.create(tmp_path / "other.key")

    assert other.caller_hash(PERSONAL) != ring.caller_hash(PERSONAL)
    assert other.content_hash(APPEAL, PERSONAL) != ring.content_hash(APPEAL, PERSONAL)


def test_the_content_hash_changes_with_every_field_and_with_nothing_else(ring: KeyRing) -> None:
    base = ring.content_hash(APPEAL, PERSONAL)

    assert ring.content_hash(replace(APPEAL), replace(PERSONAL)) == base
    for other in (
        replace(APPEAL, status="办结"),
        replace(APPEAL, direct=False),
        replace(APPEAL, pin=Pin(116.4, 39.9, "wgs84")),
        replace(APPEAL, local_hour=None),
    ):
        assert ring.content_hash(other, PERSONAL) != base
    for personal in (
        replace(PERSONAL, phone="13800001235"),
        replace(PERSONAL, caller_address="x"),
        replace(PERSONAL, text="又漏水"),
    ):
        assert ring.content_hash(APPEAL, personal) != base


def test_a_better_redaction_is_no_other_content(ring: KeyRing) -> None:
    redacted_anew = replace(APPEAL, text="〔电话〕")

    assert ring.content_hash(redacted_anew, PERSONAL) == ring.content_hash(APPEAL, PERSONAL)
    assert ring.content_hash(redacted_anew, Personal()) != ring.content_hash(APPEAL, Personal())


def test_a_stored_hash_is_compared_by_its_own_method(ring: KeyRing) -> None:
    stored = ring.content_hash(APPEAL, PERSONAL)
    later = replace(ring, content_method="hmac-sm3")

    assert later.content_hash(APPEAL, PERSONAL).startswith("hmac-sm3:")
    assert later.same_content(stored, APPEAL, PERSONAL)
    assert not later.same_content(stored, replace(APPEAL, status="x"), PERSONAL)
    with pytest.raises(InputError, match="unknown"):
        later.same_content("md5:00", APPEAL, PERSONAL)


def test_fits_compares_the_caller_as_well(ring: KeyRing, tmp_path: Path) -> None:
    box = ring.seal(PERSONAL, row=ROW)
    assert box is not None
    path = tmp_path / "wangge.key"
    held = json.loads(path.read_text())
    held["caller"] = "00" * 32
    path.write_text(json.dumps(held))
    wrong = KeyRing.load(path)

    assert ring.fits(box, row=ROW, caller_hash=ring.caller_hash(PERSONAL))
    assert wrong.fits(box, row=ROW)
    assert not wrong.fits(box, row=ROW, caller_hash=ring.caller_hash(PERSONAL))


# --- digests and passwords -----------------------------------------------------------------------


def test_digests_are_those_of_the_standards() -> None:
    # FIPS 180-4 and GB/T 32905-2016, both of "abc".
    assert digest(b"abc") == (
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
    assert digest(b"abc", "sm3") == (
        "sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


@pytest.mark.parametrize("method", ["argon2", "pbkdf2-hmac-sm3"])
def test_a_password_is_known_again_by_its_hash_alone(method: str) -> None:
    stored = hash_password("春眠不觉晓", method)

    assert stored.startswith(f"{method}:")
    assert "春眠" not in stored
    assert verify_password("春眠不觉晓", stored)
    assert not verify_password("处处闻啼鸟", stored)
    assert stored != hash_password("春眠不觉晓", method)


def test_a_broken_or_unknown_password_hash_fits_nobody() -> None:
    for stored in ("", "argon2:", "pbkdf2-hmac-sm3:1:zz:00", "pbkdf2-hmac-sm3:x", "plain:secret"):
        assert not verify_password("secret", stored)
    with pytest.raises(InputError, match="md5"):
        hash_password("secret", "md5")


def test_a_password_costs_what_rfc_9106_recommends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appeals.passwords.argon2.PasswordHasher", PasswordHasher)

    stored = hash_password("春眠不觉晓")

    assert stored.startswith("argon2:$argon2id$v=19$m=65536,t=3,p=4$")  # its second choice
    assert verify_password("春眠不觉晓", stored)
