"""What a format could not hold, in the words of pages and in those of the terminal."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that a format could not hold."""

    on_pages: str
    on_terminal: str


SHAPES_LOST: Final = Loss(
    "表格不含图形：面状图层只留属性",
    "a table holds no shapes: of areas the fields alone are in it",
)
FIELDS_LOST: Final = Loss(
    "DXF 只有图形：图层名是诉求类别或单元编码，其余属性未写入",
    "DXF holds shapes alone: its layers are named by class or code, other fields are not in it",
)


def texts_cut(title: str, n: int) -> Loss:
    """Say that ``n`` texts of a field were cut, as dBASE holds 254 bytes."""
    return Loss(
        f"{title}：{n} 个值超过 254 字节，已截断；需要完整内容请用 gpkg",
        f"{title}: {n} values were cut at 254 bytes; gpkg holds them whole",
    )
