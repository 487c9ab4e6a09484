"""Slow salted hashes of passwords, with the name of the method before each."""

import hmac
import secrets

import argon2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from appeals.errors import InputError

# OWASP asks for 600,000 rounds of HMAC-SHA256; SM3 compresses as slowly.
_ROUNDS = 600_000


def hash_password(password: str, method: str = "argon2") -> str:
    """Give a password's salted slow hash, by ``argon2`` (RFC 9106) or ``pbkdf2-hmac-sm3``.

    Raises
    ------
    InputError
        The method is neither of the two.
    """
    if method == "argon2":
        return f"argon2:{argon2.PasswordHasher().hash(password)}"
    if method == "pbkdf2-hmac-sm3":
        salt = secrets.token_bytes(16)
        return f"{method}:{_ROUNDS}:{salt.hex()}:{_pbkdf2(password, salt, _ROUNDS).hex()}"
    raise InputError(f"sealing.password_hash: {method} is none of argon2, pbkdf2-hmac-sm3")


def verify_password(password: str, stored: str) -> bool:
    """Say whether this is the password of the stored hash, by the method that the hash names."""
    method, _, rest = stored.partition(":")
    try:
        if method == "argon2":
            return argon2.PasswordHasher().verify(rest, password)
        if method == "pbkdf2-hmac-sm3":
            rounds, salt, made = rest.split(":")
            found = _pbkdf2(password, bytes.fromhex(salt), int(rounds))
            return hmac.compare_digest(found, bytes.fromhex(made))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError, ValueError):
        return False
    return False


def _pbkdf2(password: str, salt: bytes, rounds: int) -> bytes:
    return PBKDF2HMAC(hashes.SM3(), 32, salt, rounds).derive(password.encode())
