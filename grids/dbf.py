"""In what encoding the text of a shapefile is, by its bytes.

Chinese offices write GBK and seldom say so; newer programs write UTF-8. GBK bytes are almost never
valid UTF-8, so a table whose every text is valid UTF-8 is UTF-8, and any other is GB18030 (the
superset of GBK). What a ``.cpg`` file or the caller declares is checked in the same way.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path

from appeals.errors import BoundaryError, InputError


def judge_encoding(shapefile: Path, declared: str | None) -> tuple[str, str]:
    """Tell the encoding of a shapefile's table, and what is to be said about it.

    Parameters
    ----------
    shapefile
        The ``.shp``; its ``.dbf`` and ``.cpg`` lie beside it.
    declared
        Encoding that the caller gave.

    Returns
    -------
    encoding, words : str
        Name for the reader; a sentence, empty where there is nothing to say.

    Raises
    ------
    BoundaryError
        The text is not in the encoding that was declared.
    InputError
        There is no such encoding.
    """
    cpg = _beside(shapefile, ".cpg")
    if declared is None and cpg is not None:
        declared = cpg.read_text(encoding="ascii", errors="replace").strip() or None
        if declared is not None and declared.isdecimal():
            declared = f"cp{declared}" if declared != "65001" else "utf-8"
    table = _beside(shapefile, ".dbf")
    texts = list(_texts(table.read_bytes())) if table is not None else []
    utf8 = all(_fits(text, "utf-8") for text in texts)
    if declared is None:
        if all(text.isascii() for text in texts):
            return "utf-8", ""
        name = "UTF-8" if utf8 else "GB18030"
        return name.lower(), f"no .cpg, read as {name}"
    try:
        codec = codecs.lookup(declared).name
    except LookupError:
        raise InputError(f"{shapefile.name}: encoding {declared!r} is not known") from None
    codec = "gb18030" if codec in ("gbk", "gb2312", "cp936") else codec
    if not all(_fits(text, codec) for text in texts):
        gb18030 = all(_fits(text, "gb18030") for text in texts)
        better = "UTF-8" if utf8 else "GB18030" if gb18030 else "another encoding"
        raise BoundaryError(
            f"{shapefile.name}: the text of its table is not {declared}; it fits {better}: "
            "give --encoding"
        )
    if codec == "gb18030" and utf8 and not all(text.isascii() for text in texts):
        return codec, f"read as {declared}, though every text is valid UTF-8, too"
    return codec, ""


def _beside(shapefile: Path, suffix: str) -> Path | None:
    for one in (suffix, suffix.upper()):
        if shapefile.with_suffix(one).is_file():
            return shapefile.with_suffix(one)
    return None


def _texts(table: bytes) -> Iterator[bytes]:
    """Give field names and texts of a dBASE table (a 32-byte header, 32 bytes a field, rows)."""
    if len(table) < 33:
        return
    rows = int.from_bytes(table[4:8], "little")
    start, width = (int.from_bytes(table[i : i + 2], "little") for i in (8, 10))
    spans, offset = [], 1  # the first byte of a row says whether it is deleted
    for at in range(32, start - 1, 32):
        field = table[at : at + 32]
        if len(field) < 32 or field[0] == 0x0D:
            break
        yield field[:11].split(b"\0")[0]
        if field[11:12] == b"C":
            spans.append((offset, offset + field[16]))
        offset += field[16]
    for row in range(rows):
        at = start + row * width
        for first, last in spans:
            yield table[at + first : at + last].rstrip(b" \0")


def _fits(text: bytes, encoding: str) -> bool:
    """Tell whether bytes are text; a field's end may cut the last character."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(text, final=False)
    except UnicodeDecodeError:
        return False
    return True
