"""What a login name and a password must be.

Source: NIST SP 800-63B-4 3.1.1: length counts, composition does not.
"""

import re
import unicodedata

from appeals.errors import InputError

_MOST = 200


def login_name(text: str) -> str:
    """Give a login name in the one form in which it is kept.

    Raises
    ------
    InputError
        It has other characters than letters, digits and ``. _ @ -``, or too few or many.

    Examples
    --------
    >>> login_name(" Zhang.San ")
    'zhang.san'
    """
    name = folded(text)
    if not re.fullmatch(r"[\w.@-]{2,40}", name):
        raise InputError("login: 2 to 40 letters, digits, . _ @ -")
    return name


def folded(text: str) -> str:
    """Give what was typed as a login name, in one form and whatever it is."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def check_password(password: str, login: str, least: int) -> None:
    """Refuse a password that is guessed before the lock-out can help.

    Raises
    ------
    InputError
        It is too short or long, holds the login name or its reverse, or is one short thing over
        and over.
    """
    if not least <= len(password) <= _MOST:
        raise InputError(f"password: {least} to {_MOST} characters")
    plain = folded(password)
    if login in plain or login[::-1] in plain:
        raise InputError("password: must not hold the login name")
    if len(set(plain)) < 5 or plain in "01234567890123456789abcdefghijklmnopqrstuvwxyz":
        raise InputError("password: is too simple")
