"""Authenticated encryption by AES-256-GCM or SM4-GCM behind one pair of methods.

Sources: NIST SP 800-38D (GCM), GB/T 32907-2016 (SM4), RFC 5869 (HKDF).
"""

from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from appeals.errors import InputError

NONCE_BYTES = 12
TAG_BYTES = 16
# The digest of the key's derivation, and the bytes of the derived key.
CIPHERS: dict[str, tuple[type[hashes.SHA256] | type[hashes.SM3], int]] = {
    "aes-gcm": (hashes.SHA256, 32),
    "sm4-gcm": (hashes.SM3, 16),
}


class Sm4Gcm:
    """SM4 in GCM, with the methods of :class:`AESGCM`."""

    def __init__(self, key: bytes) -> None:
        self._key = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, beside: bytes) -> bytes:
        """Give the ciphertext with its tag; ``beside`` is bound to it and not in it."""
        sealer = Cipher(self._key, modes.GCM(nonce)).encryptor()
        sealer.authenticate_additional_data(beside)
        return sealer.update(data) + sealer.finalize() + sealer.tag

    def decrypt(self, nonce: bytes, data: bytes, beside: bytes) -> bytes:
        """Give the words back; ``InvalidTag`` where box, nonce or ``beside`` are others."""
        words, tag = data[:-TAG_BYTES], data[-TAG_BYTES:]
        opener = Cipher(self._key, modes.GCM(nonce, tag)).decryptor()
        opener.authenticate_additional_data(beside)
        return opener.update(words) + opener.finalize()


@lru_cache(maxsize=64)
def cipher_of(name: str, key: bytes) -> AESGCM | Sm4Gcm:
    """Give the cipher of this name under a key of 32 bytes.

    Raises
    ------
    InputError
        The name is unknown, or this installation's OpenSSL has no such cipher.
    """
    if name not in CIPHERS:
        raise InputError(f"cipher {name} is none of {', '.join(CIPHERS)}")
    # One key in the file serves either cipher, yet no cipher sees the key of the other.
    algorithm, n_bytes = CIPHERS[name]
    derived = HKDF(algorithm(), n_bytes, salt=None, info=name.encode()).derive(key)
    if name == "aes-gcm":
        return AESGCM(derived)
    made = Sm4Gcm(derived)
    try:
        made.encrypt(bytes(NONCE_BYTES), b"", b"")
    except UnsupportedAlgorithm as error:
        raise InputError(
            "this installation's OpenSSL has no SM4-GCM: set sealing.cipher to aes-gcm"
        ) from error
    return made
