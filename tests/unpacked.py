"""All that a file shows to whoever opens it: its bytes, and what is packed within."""

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pyarrow.parquet


def unpacked(content: bytes) -> bytes:
    """Give the bytes of a file and, of archives, PDF and Parquet, all that they hold."""
    parts = [content]
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts += [unpacked(archive.read(name)) for name in archive.namelist()]
    elif content.startswith(b"%PDF") and shutil.which("pdftotext"):
        said = subprocess.run(
            ["pdftotext", "-", "-"], input=content, capture_output=True, check=True
        )
        parts.append(said.stdout)
    elif content.startswith(b"PAR1"):
        table = pyarrow.parquet.read_table(io.BytesIO(content))
        parts.append(repr(table.to_pylist()).encode())
        parts.append(repr(table.schema.metadata).encode())
    return b"\n".join(parts)


def forms(word: str) -> list[bytes]:
    """Give the ways in which a word could be written by mistake: encodings, escapes, gaps."""
    written = [word, ascii(word)[1:-1]]
    if word.isdigit() and len(word) == 11:
        written += [f"{word[:3]}{gap}{word[3:7]}{gap}{word[7:]}" for gap in (" ", "-")]
    return [
        *(one.encode() for one in written),
        word.encode("gb18030"),
        word.encode("utf-16-le"),
    ]


def files_under(folder: Path) -> list[Path]:
    """Give all files of a folder and below."""
    return [path for path in folder.rglob("*") if path.is_file()]
