"""A ceiling on what a packed file unpacks to: a small file may hold more than a machine."""

from typing import BinaryIO, Final
from zipfile import ZipFile

from appeals.errors import InputError

MOST_BYTES: Final = 2 << 30
"""What a workbook, a zip of a shapefile, or a packed file that is put on disk may unpack to."""


def check_unpacked(pack: ZipFile, name: str, most_bytes: int = MOST_BYTES) -> None:
    """Refuse a zip whose parts together say that they are larger.

    A part gives no more than the size that the zip says of it.

    Raises
    ------
    InputError
        It is larger.
    """
    if sum(part.file_size for part in pack.infolist()) > most_bytes:
        raise too_large(name, most_bytes)


def copy_unpacked(stream: BinaryIO, to: BinaryIO, name: str) -> None:
    """Copy a stream that is being unpacked, up to the ceiling.

    Raises
    ------
    InputError
        There is more.
    """
    left = MOST_BYTES
    while block := stream.read(1 << 20):
        left -= len(block)
        if left < 0:
            raise too_large(name, MOST_BYTES)
        to.write(block)


def too_large(name: str, most_bytes: int) -> InputError:
    """Say that a file unpacks to too much."""
    return InputError(
        f"{name} unpacks to more than {most_bytes / (1 << 30):g} GiB: part it into several files"
    )
