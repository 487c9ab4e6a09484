"""What a source may declare its coordinates to be: the forms of a datum's name.

Whether a system can be used is known one room above (``geo/systems.py``); here only its writing.
"""

import re

from appeals.errors import InputError

NAMED = ("wgs84", "cgcs2000", "gcj02", "bd09")
"""Systems in degrees that have a name of their own; all others have a code or a PROJ string."""

FORM = (
    r"^(wgs84|cgcs2000|gcj02|bd09"
    r"|EPSG:\d{4,6}( \+towgs84=[-+.,\deE]+)?"
    r"|\+proj=[\w+=.,:@ /-]+)$"
)
"""Regular expression of a datum's name in settings and mappings."""

NOTATIONS = ("plain", "millionths", "zones", "mercator")
"""How a mapping may say that its numbers are written; see ``geo/formats.py``."""

CHOICES = "wgs84, cgcs2000, gcj02, bd09, EPSG:NNNN, EPSG:NNNN +towgs84=…, or a PROJ string +proj=…"
"""The same for a message."""


def declared_datum(text: str) -> str:
    """Read the name of a datum as people write it; case, dash and space are free in names.

    Raises
    ------
    InputError
        It has none of the forms.

    Examples
    --------
    >>> declared_datum("GCJ-02"), declared_datum("epsg:4548"), declared_datum("CGCS 2000")
    ('gcj02', 'EPSG:4548', 'cgcs2000')
    >>> declared_datum("epsg:2437  +towgs84=15.8,-154.4,-82.3")
    'EPSG:2437 +towgs84=15.8,-154.4,-82.3'
    """
    words = " ".join(text.split())
    plain = re.sub(r"[\s_-]", "", words).casefold()
    if plain in NAMED:
        return plain
    words = re.sub(r"^epsg:\s*", "EPSG:", words, flags=re.IGNORECASE)
    if not re.fullmatch(FORM, words):
        raise InputError(f"the datum is unknown: use {CHOICES}")
    return words


def short_datum(datum: str) -> str:
    """Name a datum without the parameters of a surveying office, which are for no reader.

    Examples
    --------
    >>> short_datum("EPSG:2437 +towgs84=15.8,-154.4,-82.3"), short_datum("+proj=tmerc +lon_0=117")
    ('EPSG:2437 +towgs84', '+proj')
    """
    return re.split(r"=| \+(?!towgs84)", datum, maxsplit=1)[0]
