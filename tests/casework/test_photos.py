"""What is kept of a photo, and what is no photo."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from appeals.errors import InputError
from casework.photos import LONGEST_SIDE, MOST_BYTES, clean_photo
from tests.casework.town import picture

GOOD = picture(64, 48)
ORIENTATION = 0x0112


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_photo_is_kept_small_upright_and_without_what_the_phone_wrote() -> None:
    marks = Image.Exif()
    marks[ORIENTATION] = 6  # taken with the phone upright
    marks[0x010F] = "SECRETMAKER"
    photo = clean_photo(picture(3200, 1600, exif=marks, comment=b"SECRETMAKER"))

    assert (photo.width, photo.height) == (LONGEST_SIDE // 2, LONGEST_SIDE)
    assert b"SECRETMAKER" not in photo.content
    kept = opened(photo.content)
    assert kept.format == "JPEG"
    assert dict(kept.getexif()) == {}
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "1", "LA"])
def test_pictures_of_every_mode_become_a_jpeg(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (20, 10)).save(out, "PNG")

    assert opened(clean_photo(out.getvalue()).content).size == (20, 10)


def test_the_same_picture_is_the_same_photo() -> None:
    assert clean_photo(GOOD).digest == clean_photo(picture(64, 48)).digest


def test_a_small_picture_is_not_made_larger() -> None:
    assert (clean_photo(GOOD).width, clean_photo(GOOD).height) == (64, 48)


def test_what_is_too_large_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(InputError, match="at most 4 MB"):
        clean_photo(b"0" * (MOST_BYTES + 1))
    out = io.BytesIO()
    Image.new("1", (8000, 8000)).save(out, "PNG")
    with pytest.raises(InputError, match="million pixels"):
        clean_photo(out.getvalue())


@settings(max_examples=40)
@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255), cut=st.integers(0, len(GOOD)))
def test_a_broken_picture_is_a_photo_or_is_refused(at: int, byte: int, cut: int) -> None:
    broken = bytearray(GOOD)
    broken[at] = byte
    try:
        photo = clean_photo(bytes(broken[: len(GOOD) - cut]))
    except InputError as error:
        assert str(error).startswith("photo:")  # noqa: PT017 -- either outcome is right
    else:
        assert opened(photo.content).format == "JPEG"
