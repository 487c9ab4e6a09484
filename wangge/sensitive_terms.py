"""Which list of sensitive terms is in force, and what a site watches more closely."""

from datetime import datetime
from functools import lru_cache
from importlib import resources

from alerts.focus import Focus, focus_bytes, parse_focus
from alerts.lexicon.read import lexicon_bytes, parse_lexicon
from alerts.lexicon.store import is_kept, keep_lexicon, newest_lexicon
from alerts.sensitive import SensitiveWatch
from appeals.database import Connection, Engine, reading, writing
from wangge.settings import Settings


def content_in_force(connection: Connection, settings: Settings) -> tuple[bytes, str]:
    """Give the list in force and where it comes from.

    The file that the settings name goes before the edition that was imported last, and that goes
    before the list that the product brings.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    own = settings.alerts.lexicon
    if own is not None:
        return lexicon_bytes(own), str(own)
    imported = newest_lexicon(connection)
    if imported is not None:
        return imported[1], "an imported edition"
    return lexicon_bytes(), f"{resources.files('alerts.lexicon') / 'list.toml'} (shipped)"


def read_sensitive(connection: Connection, settings: Settings) -> SensitiveWatch:
    """Give the watch of the list in force; the same one as long as no file has changed.

    Raises
    ------
    InputError
        A file cannot be read or is broken.
    """
    content, _ = content_in_force(connection, settings)
    focus = settings.alerts.focus
    return _built(content, focus_bytes(focus) if focus else None)


def kept_sensitive(engine: Engine, settings: Settings, now: datetime) -> SensitiveWatch:
    """Give the watch of the list in force, and see that the database keeps that list.

    Raises
    ------
    InputError
        As :func:`read_sensitive`.
    """
    with reading(engine) as connection:
        content, _ = content_in_force(connection, settings)
        watch = read_sensitive(connection, settings)
        kept = is_kept(connection, watch.lexicon)
    if not kept:
        with writing(engine) as connection:
            keep_lexicon(connection, watch.lexicon, content, now)
    return watch


@lru_cache(maxsize=2)
def _built(content: bytes, focus: bytes | None) -> SensitiveWatch:
    return SensitiveWatch(parse_lexicon(content), parse_focus(focus) if focus else Focus())
