"""Photos as they are kept: pictures by their content, small, written anew without metadata.

A phone writes into a photo where, when and by which device it was taken, and a changed name makes
any file a picture. A picture that is decoded and written anew has neither; where and when it was
taken stands with the move that it came with, as the server and the device said then.
"""

import hashlib
import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

from appeals.errors import InputError

MOST_BYTES: Final = 4_000_000
"""Of one photo as it comes."""

MOST_PIXELS: Final = 50_000_000
"""Of one photo as it comes: a small file may hold a picture that fills the memory."""

LONGEST_SIDE: Final = 1600
"""In pixels, of what is kept: a plate or a crack is still read on it."""

_KINDS: Final = ("JPEG", "PNG", "WEBP")
_QUALITY: Final = 82


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG without metadata, its SHA-256 in hex, its size in pixels."""

    content: bytes
    digest: str
    width: int
    height: int


def clean_photo(given: bytes) -> Photo:
    """Make of what was sent the photo that is kept.

    Raises
    ------
    InputError
        It is too large, or is no picture of a kind that is taken (JPEG, PNG, WebP).
    """
    if len(given) > MOST_BYTES:
        raise InputError(f"photo: at most {MOST_BYTES // 1_000_000} MB")
    try:
        with Image.open(io.BytesIO(given), formats=_KINDS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise InputError(f"photo: at most {MOST_PIXELS // 1_000_000} million pixels")
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except InputError:
        raise
    except Exception as error:  # decoders of foreign bytes fail in every way there is
        raise InputError("photo: this is no JPEG, PNG or WebP picture") from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=_QUALITY)
    content = out.getvalue()
    return Photo(content, hashlib.sha256(content).hexdigest(), bare.width, bare.height)
