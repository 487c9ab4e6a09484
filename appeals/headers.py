"""Which column holds what: the fields of an appeal and the headers that offices give them."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence

# For each field the headers that name it, the best first: where a file has two of them, the first
# is read and the other left alone. The field's own English name is always one.
_HEADERS: dict[str, str] = {
    "id": "工单编号 工单号 诉求编号 诉求工单编号 受理编号 受理单号 业务编号 事件编号 案件编号 "
    "流水号 编号",
    "received_at": "受理时间 来电时间 诉求时间 登记时间 受理日期 来电日期 接听时间 反映时间 "
    "创建时间",
    "kind": "诉求类型 诉求类别 工单类型 来电类型 诉求性质",
    "class_1": "一级分类 问题大类 大类 一级类别 问题分类一级 一级问题分类 诉求一级分类 "
    "问题分类 问题类别 诉求分类 分类",
    "class_2": "二级分类 问题中类 中类 二级类别 问题分类二级 二级问题分类 诉求二级分类",
    "class_3": "三级分类 三级类别 问题分类三级 三级问题分类 诉求三级分类 问题小类 小类 细类",
    "class_code": "分类编码 问题分类编码 分类代码 问题分类代码",
    "title": "诉求标题 标题 工单标题 问题标题 诉求主题",
    "text": "诉求内容 问题描述 来电内容 主要内容 反映内容 诉求描述 工单内容 内容描述 内容",
    "address": "诉求地址 问题发生地址 事发地址 问题地址 发生地址 事件地址 诉求点位地址 地址",
    "caller_address": "来电人地址 诉求人地址 诉求人住址 来电人住址 联系地址",
    "lon": "经度 lng longitude 诉求经度",
    "lat": "纬度 latitude 诉求纬度",
    "radius_m": "定位精度 定位精度米 精度米 误差半径",
    "level_of_place": "定位级别 定位层级 落点级别 地址匹配级别",
    "district": "区 区县 所属区 所属区县 行政区 诉求区",
    "street": "街道 街乡镇 街道乡镇 乡镇街道 所属街道 所属街乡镇 街镇",
    "community": "社区 村 社区村 村社区 社区居委会 所属社区 所属社区村 村居",
    "sent_to": "承办单位 主办单位 派单单位 处置单位 办理单位 责任单位",
    "channel": "来源渠道 诉求来源 工单来源 受理渠道 来源",
    "urgency": "紧急程度 紧急级别 缓急程度",
    "direct": "是否直办 直办 办理方式",
    "status": "工单状态 办理状态 状态 诉求状态",
    "dispatched_at": "派单时间 派发时间 转派时间 交办时间",
    "closed_at": "办结时间 结案时间 办理完成时间",
    "subject": "被反映主体 被诉主体 被投诉主体 反映对象 涉及主体",
    "repeat": "是否重复 是否重复诉求 是否重复工单 重复诉求",
    "transferred": "是否已转接 已转接 转接单位 是否转接",
    "contacted": "是否联系 是否联系诉求人 联系情况",
    "solved": "是否解决 解决情况",
    "satisfied": "是否满意 满意情况 满意度",
    "excluded": "是否剔除 剔除",
    "exclusion_reason": "剔除原因 剔除理由",
    "name": "诉求人 来电人姓名 诉求人姓名 来电人 姓名 联系人",
    "phone": "来电号码 联系电话 诉求人电话 来电电话 联系方式 手机号 手机号码 电话",
    "id_number": "身份证号 身份证号码 证件号码 证件号",
}

FIELDS: tuple[str, ...] = tuple(_HEADERS)
"""The names of all fields that a row can give; they are the keys of a mapping's ``[columns]``."""

ALIASES: dict[str, str] = {
    header: field for field, headers in _HEADERS.items() for header in [*headers.split(), field]
}
"""Header text to field name, the best header of each field first."""

# These headers hold a whole path ("A/B/C") where no second level stands beside them.
_PATH_HEADERS = frozenset(("问题分类", "问题类别", "诉求分类", "分类"))
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")
_FILLERS = re.compile(r"[\s_\-/*:.、\ufeff]+")
_NUMBER = re.compile(r"[+-]?\d{5,}[xX]?|[+-]?\d+\.\d+|[\d.]+[eE][+-]?\d+")
_TIME = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}.*")


def plain_header(header: str) -> str:
    """Reduce a header to what its meaning hangs on: no width, case, spaces, marks or remarks.

    >>> plain_header(" 经 度（°）"), plain_header("Received_At"), plain_header("社区/村")
    ('经度', 'receivedat', '社区村')
    """
    folded = unicodedata.normalize("NFKC", header).casefold()
    return _FILLERS.sub("", _BRACKETS.sub("", folded)) or _FILLERS.sub("", folded)


_PLAIN: dict[str, tuple[int, str]] = {}
for _rank, (_header, _field) in enumerate(ALIASES.items()):
    _PLAIN.setdefault(plain_header(_header), (_rank, _field))


def field_of(header: str) -> str | None:
    """Tell which field this header names by alias, ``None`` where it names none.

    >>> field_of("工单编号"), field_of("街道（乡镇）"), field_of("received at"), field_of("备注")
    ('id', 'street', 'received_at', None)
    """
    known = _PLAIN.get(plain_header(header))
    return known[1] if known else None


def known_columns(headers: Iterable[str]) -> dict[str, str]:
    """Find the column of each field by alias: field name to header, the best header of each."""
    found: dict[str, tuple[int, str]] = {}
    for header in headers:
        known = _PLAIN.get(plain_header(header))
        if known is not None and (known[1] not in found or known[0] < found[known[1]][0]):
            found[known[1]] = (known[0], header)
    return {field: header for field, (_, header) in found.items()}


def holds_path(header: str) -> bool:
    """Tell whether a column of this name holds all levels of a class as one path, "A/B/C"."""
    return plain_header(header) in _PATH_HEADERS


def looks_like_data(headers: Sequence[str]) -> bool:
    """Tell whether a first row holds times or long numbers, so that it is no header row.

    Such a row must never be quoted in a message: it holds a citizen's data.

    >>> looks_like_data(["20240101001", "2024-01-01 08:00", "噪声"])
    True
    >>> looks_like_data(["工单编号", "110"])
    False
    """
    cells = [unicodedata.normalize("NFKC", header).strip() for header in headers]
    return any(_NUMBER.fullmatch(cell) or _TIME.fullmatch(cell) for cell in cells)


def is_header(cells: Sequence[str]) -> bool:
    """Tell whether a row names columns: two of its cells and more are known headers, none is data.

    >>> is_header(["", "工单编号", "受理时间"]), is_header(["A1", "2024-01-01", "社区"])
    (True, False)
    """
    return sum(cell != "" and field_of(cell) is not None for cell in cells) > 1 and not (
        looks_like_data(cells)
    )


def shown(headers: Sequence[str]) -> str:
    """Write the headers for a message: at most 40 of them, each cut at 24 characters."""
    names = [header if len(header) <= 24 else header[:23] + "…" for header in headers if header]
    return ", ".join(names[:40]) + (f" … ({len(names)} in all)" if len(names) > 40 else "")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Give the known name that is most like this one, ``None`` where none is like it.

    >>> nearest("工单编码", ["受理时间", "工单编号"]), nearest("备注", ["受理时间", "工单编号"])
    ('工单编号', None)
    """
    near = difflib.get_close_matches(name, list(known), n=1)
    return near[0] if near else None
