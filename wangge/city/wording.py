"""The words of a call: texts of one class are alike and never quite the same."""

from collections.abc import Sequence

from wangge.city.calls import CONSULT, PRAISE
from wangge.city.classes import Leaf
from wangge.city.settlement import COMPOUND, SHOP, Place

DRAWS = 12  # random numbers that one text takes

_SINCE = (
    *("已经持续三天", "从上周开始", "这个月一直这样", "昨天又是这样", "有半个多月了"),
    *("几乎每天如此", "今天最严重", "前后有两个月", "节后又开始了", "", "", ""),
)
_BEFORE = (
    *("之前找过社区没有结果", "物业说不归他们管", "打过承办单位电话没人接", "上次答复说会处理"),
    *("邻居们也都有意见", "多次沟通无果", "当面说过也没用", "", "", "", "", ""),
)
_ASK = (
    *("希望有关部门尽快处理", "请派人到现场看看", "希望给个明确答复", "请核实处理", "望尽快解决"),
    *("要求给出解决时间", "请帮忙协调", "希望有人管一管", "请依规处理", "望回复", "谢谢"),
)
_WHO = ("市民", "来电人", "居民", "群众", "一位住户", "来电市民", "诉求人")
_COMPLAINTS = (
    "{who}反映，{place}{matter}，{since}，{before}，{ask}。",
    "您好，我住在{near}，{place}{matter}，{since}。{before}，{ask}。",
    "{place}{matter}，{before}。{ask}。",
    "{since}，{place}{matter}，{before}，{who}说{ask}。",
    "{matter}，位置在{place}。{since}，{ask}。",
    "{who}称：{place}{matter}。{before}，{since}，{ask}。",
    "关于{place}的问题：{matter}，{since}。{ask}。",
    "我想反映一下{place}，{matter}，{before}，{ask}！",
    "{near}这边，{matter}，就在{place}，{since}，{ask}。",
    "{who}来电，诉求地点{place}，内容：{matter}。{before}。{ask}。",
    "{place}，{matter}。{since}",
    "麻烦看看{place}，{matter}，{since}，{before}。",
)
_QUESTIONS = (
    "来电咨询：{question}。",
    "{who}咨询{question}，家住{near}。",
    "您好，请问{question}？",
    "想了解一下{question}，{near}这边到哪里办。",
    "{who}想问{question}，希望告知办理地点和电话。",
    "请问{question}，网上能不能查到？",
    "咨询{question}，之前打过部门电话没有打通。",
)
_PRAISES = (
    "{who}来电表扬：{near}{matter}，特此感谢。",
    "{matter}，请转达对{near}工作人员的谢意。",
    "感谢{near}，{matter}，为他们点赞。",
)
_ALARMS = (
    *("{text}。", "{text}。", "{text}！", "{who}打来电话：{text}。", "您好，{text}。"),
    *("{who}反映，{text}。", "{text}。留电话请联系我。"),
)
_ASKED = ("{text}。", "{text}？", "您好，{text}？", "{who}咨询，{text}。", "{text}，请告知。")
_AGAIN = (
    *("再次来电：", "同一问题再次反映：", "催办：", "上次来电后没有变化，", "又打来了，"),
    *("此前已有工单，",),
)


def words(
    leaf: Leaf,
    kind: int,
    place: Place,
    near: str,
    text: str,
    again: int,
    draws: Sequence[int],
) -> tuple[str, str]:
    """Give title and content of a call.

    Parameters
    ----------
    leaf, kind
        Its class and its kind (position in ``classes.KINDS``).
    place
        Where it is about.
    near
        Name of the community or the street, for the caller's "I live in".
    text
        The matter where it is given; with ``{地点}`` it is the whole content, else one of the
        class's own wordings is taken where it is empty.
    again
        How often this caller has called about this before.
    draws
        :data:`DRAWS` non-negative numbers that choose among the wordings.
    """

    def pick(options: Sequence[str], k: int) -> str:
        return options[draws[k] % len(options)]

    if "{地点}" in text:
        said = text.replace("{地点}", _plainly(place, near, draws[0]))
        content = pick(_ASKED if kind == CONSULT else _ALARMS, 1)
        return _title(said), content.format(text=said, who=pick(_WHO, 2))
    spoken = _spoken(place, near, draws[0])
    if kind == CONSULT and leaf.questions and not text:
        question = pick(leaf.questions, 6)
        content = pick(_QUESTIONS, 1).format(question=question, who=pick(_WHO, 2), near=near)
        return f"咨询{question}", _tidy(content)
    matter = text or pick(leaf.matters, 6)
    template = pick(
        _PRAISES if kind == PRAISE and leaf.code.endswith("表扬感谢") else _COMPLAINTS, 1
    )
    content = template.format(
        who=pick(_WHO, 2),
        place=spoken,
        near=near,
        matter=matter,
        since=pick(_SINCE, 3),
        before=pick(_BEFORE, 4),
        ask=pick(_ASK, 5),
    )
    if again:
        content = pick(_AGAIN, 7) + content
    return _title(spoken + matter), _tidy(content)


def building(draw: int) -> int:
    """Choose the building of a compound: the words and the address name the same."""
    return 1 + draw % 18


def _plainly(place: Place, near: str, draw: int) -> str:
    """Name a place in the middle of a sentence."""
    name = place.name
    if place.kind == COMPOUND and draw // 7 % 3 == 0:
        name += f"{building(draw)}号楼"
    return near + name if draw % 4 == 1 else name


def _spoken(place: Place, near: str, draw: int) -> str:
    """Name a place as a caller would."""
    if place.kind == SHOP:
        name = place.name if draw % 3 else f"{place.road}上的{place.name}"
    elif place.kind == COMPOUND:
        name = place.name + ("", "", f"{building(draw)}号楼", "小区门口", "院内")[draw // 7 % 5]
        name = name.replace("小区小区", "小区")
    else:
        name = place.name + ("", "", "附近", "门口", "路边")[draw // 7 % 5]
    return near + name if draw % 4 == 1 else name


def _title(said: str) -> str:
    """Cut a text at its first pause after eight characters, at 26 at the latest."""
    pauses = [k for k in (said.find(mark, 8) for mark in "，。；：！") if k > 0]
    return said[: min([*pauses, 26])]


def _tidy(content: str) -> str:
    """Take out the marks that an empty phrase leaves behind."""
    for twice, once in (
        ("，，", "，"),
        ("，。", "。"),
        ("。，", "。"),
        ("。。", "。"),
        ("，！", "！"),
    ):
        while twice in content:
            content = content.replace(twice, once)
    return content.lstrip("，。")
