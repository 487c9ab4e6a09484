"""Editions of the list are kept, on both databases."""

from datetime import UTC, datetime, timedelta

from alerts.lexicon.read import Lexicon, parse_lexicon
from alerts.lexicon.store import editions, import_lexicon, is_kept, keep_lexicon, newest_lexicon
from appeals.database import Engine, reading, writing

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def a_list(edition: str) -> tuple[Lexicon, bytes]:
    content = (
        f'edition = "{edition}"\n[family.fire]\nname = "火"\nseverity = 3\n'
        'duties = ["应急"]\nterms = ["着火"]\n'
    ).encode()
    return parse_lexicon(content), content


def test_the_edition_imported_last_is_the_newest_and_an_old_one_can_come_back(
    engine: Engine,
) -> None:
    (one, one_bytes), (two, two_bytes) = a_list("一"), a_list("二")
    with writing(engine) as connection:
        assert newest_lexicon(connection) is None
        assert import_lexicon(connection, one, one_bytes, NOW) is None
        assert import_lexicon(connection, two, two_bytes, NOW + timedelta(1)) == one.version
        assert newest_lexicon(connection) == (two.version, two_bytes)
        assert import_lexicon(connection, one, one_bytes, NOW + timedelta(2)) == two.version
        assert newest_lexicon(connection) == (one.version, one_bytes)
        assert [e["version"] for e in editions(connection)] == [one.version, two.version]


def test_a_list_that_was_only_used_is_kept_and_is_not_in_force(engine: Engine) -> None:
    one, content = a_list("一")
    with writing(engine) as connection:
        keep_lexicon(connection, one, content, NOW)
        keep_lexicon(connection, one, content, NOW + timedelta(1))
    with reading(engine) as connection:
        assert is_kept(connection, one)
        assert newest_lexicon(connection) is None
        (kept,) = editions(connection)
    assert kept["at"] == NOW
    assert kept["imported"] is False
