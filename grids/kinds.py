"""The kinds of findings about boundaries: how each is said, and what an office can do about it."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of finding is told.

    ``severity``: ``error`` (the layer is refused), ``warning`` (look at it) or ``note`` (done for
    you). ``words`` is for a terminal; ``title``, ``says`` and ``advice`` are for an official's
    table. ``{}`` stands for the finding's detail.
    """

    severity: str
    words: str
    title: str
    says: str
    advice: str


_REDRAW = "核对界线图，重新勾绘后再导入"

KINDS: Final = MappingProxyType(
    {
        # --- codes and names ---
        "duplicate code": Kind(
            "error", "all have the code {}", "编码重复", "几个单元的编码都是{}",
            "查明哪个单元应有此编码，其余改正后再导入",
        ),
        "spoiled code": Kind(
            "error", "code {} was changed by a spreadsheet: digits are lost", "编码已损坏",
            "编码{}被表格软件改成了数值，位数已丢失", "从原始台账取回编码，以文本格式保存",
        ),
        "code length": Kind(
            "warning", "has digits/should have: {}", "编码位数不符", "编码位数/应有位数：{}",
            "核对编码：区6位、街乡镇9位、社区（村）12位、网格15位",
        ),
        "free code": Kind(
            "note", "{} codes are not of the 6+3+3+3 form and are kept as they are", "自编编码",
            "{}个编码不是标准格式，按原样保留", "无须处理；如有标准编码，建议一并补齐",
        ),
        "code not of parent": Kind(
            "warning", "code {}", "编码与上级不符", "编码与上级单元不一致：{}",
            "核对单元编码与所属上级，二者必有一误",
        ),
        "name differs": Kind(
            "warning", "its code belongs to {} in the units that are held", "名称不符",
            "同一编码的现有单元名称为{}", "核对名录：是更名则确认，是错码则改正编码",
        ),
        "spelt otherwise": Kind(
            "note", "is spelt {} in the units that are held", "写法不同",
            "现有单元写作{}，视为同一单元", "无须处理",
        ),
        "code differs": Kind(
            "warning", "has the code {} in the units that are held", "编码变更",
            "同名现有单元的编码为{}", "核对名录：是换码则确认，是错码则改正编码",
        ),
        "duplicate name": Kind(
            "warning", "stands {} times under one parent", "名称重复", "同一上级之下有{}个同名单元",
            "核对名称，必要时加序号区分",
        ),
        "no name": Kind(
            "warning", "goes by its code", "缺少名称", "没有名称，暂以编码代替", "补充名称",
        ),
        "no name, no code": Kind(
            "warning", "has neither name nor code: left out", "无名无码",
            "既无名称也无编码，未导入", "补充名称或编码后再导入",
        ),
        # --- parents ---
        "parent unknown": Kind(
            "warning", "its parent {} is not known", "上级不明", "没有上级单元{}",
            "核对上级名称或编码",
        ),
        "parent ambiguous": Kind(
            "warning", "its parent {} is the name of several units", "上级不唯一",
            "有几个上级单元都叫{}", "改填上级编码",
        ),
        "no parent": Kind(
            "warning", "lies in no unit of level {}", "没有上级", "不在任何上级单元之内",
            "核对位置，或先导入上级边界",
        ),
        "parent by area": Kind(
            "note", "is taken by area for one of {}", "按面积认定上级", "未填上级，按面积认定：{}",
            "核对认定是否正确",
        ),
        "outside parent": Kind(
            "warning", "lies in part outside of {}", "超出上级边界", "有一部分在{}之外",
            "以上级界线为准裁剪，或修正上级界线",
        ),
        "parent not filled": Kind(
            "warning", "is not filled by its units", "上级未铺满", "有一部分不属于任何下级单元",
            "把空白处划给相邻单元",
        ),
        # --- shapes ---
        "no shape": Kind(
            "warning",
            "has no shape that can be read; a ring needs 4 points, the first equal to the last",
            "没有图形", "没有可用的图形：一个环至少4个点，且首尾相同", _REDRAW,
        ),
        "no inside": Kind(
            "warning", "its ring has no inside", "图形无面积", "边线没有围出任何面积", _REDRAW,
        ),
        "name only": Kind(
            "warning", "is known by name only", "仅有名称", "只有名称，没有边界", "补充边界",
        ),
        "invalid ring": Kind(
            "warning", "ring repaired: {}", "边线自交", "边线有误，已自动修复：{}",
            "核对修复后的图形",
        ),
        "overlap": Kind(
            "warning", "both hold the same ground", "重叠", "两个单元都包含这块地",
            "核对界线，把这块地只划给其中一个",
        ),
        "same ground": Kind(
            "warning", "hold exactly the same ground", "图形重复", "几个单元的图形完全相同",
            "删去重复的单元，或更正图形",
        ),
        "gap": Kind(
            "warning", "belongs to nobody", "空隙", "这块地不属于任何单元", "划给相邻的一个单元",
        ),
        "sliver": Kind(
            "note", "has a part too thin to be meant", "碎片", "带有一块过窄的碎片",
            "多为描线误差，删去碎片",
        ),
        # --- grids that were made ---
        "small community": Kind(
            "note", "has {} households in all: one grid", "社区户数偏少",
            "全社区仅{}户，设一个网格",
            "无须处理；也可与相邻社区商定合并设置",
        ),
        "large building": Kind(
            "warning", "one building has more households than a grid: {} in its grid",
            "单栋户数超限", "单栋楼户数已超过一个网格，该网格{}户",
            "如需再分，按楼层或单元另行划定",
        ),
        "grid size": Kind(
            "warning", "{} households: no cut was found that is nearer to the number asked for",
            "网格户数偏离", "该网格{}户，与要求相差较大", "核对后人工调整界线",
        ),
        "households by area": Kind(
            "note", "has no number of households: {} by its area", "户数按面积估算",
            "没有户数，按面积估算为{}户", "补充户数后重新划分",
        ),
        # --- the file ---
        "encoding": Kind("note", "{}", "文字编码", "{}", "无须处理"),
        "height": Kind(
            "note", "dropped from {} shapes", "高程", "{}个图形带有高程，已略去", "无须处理",
        ),
    }
)  # fmt: skip
"""Every kind of finding by its name."""
