"""Why: one Chinese sentence that an official reads in five seconds."""

from collections.abc import Sequence

from alerts.recent import WINDOWS_H

_WINDOW = {24: "24小时", 72: "3天"}


def class_words(code: str) -> str:
    """Give a class as an office writes it.

    Examples
    --------
    >>> class_words("噪声/施工噪声/夜间施工")
    '夜间施工'
    """
    return code.rsplit("/", 1)[-1] if code else "各类诉求"


def usual_words(expected: float) -> str:
    """Give an expectation in words; below one a number would pretend to be exact."""
    return (
        "不到1人"
        if expected < 1
        else f"约{expected:.0f}人"
        if expected >= 10
        else f"约{expected:.1f}人"
    )


def surge_reason(
    area: str,
    code: str,
    window: int,
    cases: int,
    callers: int,
    expected: float,
    common: float,
    *,
    streets: Sequence[str] = (),
    alike: int = 0,
    period: str = "",
    most: Sequence[str] = (),
    hours: tuple[int, int, int, float] | None = None,
) -> str:
    """Say what rose, by how much, against what.

    Parameters
    ----------
    area, code
        Name of the area and class.
    window
        Index into WINDOWS_H.
    cases, callers
        件 and 人 over that window.
    expected
        Callers expected over it, the common mode included.
    common
        Factor by which the class rose or fell elsewhere at the same time.
    streets
        Streets that a matter of a 被反映主体 touches.
    alike
        Callers who use nearly the same words.
    period
        Which 重点时段 it is for this class, and what of it is in the expectation.
    most
        Classes that rose most, where it is all classes that rose.
    hours
        Where the hours of the callers prove more than their number: from and to which hour of the
        day most so, how many called then and how many were expected.
    """
    usual = usual_words(expected)
    at = (
        f"，其中{hours[0]}时至{hours[1]}时{hours[2]}人，往常{usual_words(hours[3])}"
        if hours
        else ""
    )
    classes = f"，各类普遍增加，{'、'.join(most)}增加最多" if most else ""
    whole = f"（全市同类同期为往常的{common:.1f}倍，已计入）" if abs(common - 1) >= 0.25 else ""
    touched = f"（涉及{streets_words(streets)}）" if streets else ""
    return (
        f"{area}{touched}“{class_words(code)}”近{_WINDOW[WINDOWS_H[window]]}有{callers}人反映（{cases}件），"
        f"往常同期{usual}{at}{classes}{whole}{period}{alike_words(alike, callers)}。"
    )


def cluster_reason(
    place: str,
    streets: list[str],
    code: str,
    days: int,
    cases: int,
    callers: int,
    expected: float,
    recurrence_days: float,
    alike: int = 0,
) -> str:
    """Say where a class gathers, which streets that touches, and how rarely chance would show it.

    Examples
    --------
    >>> cluster_reason("望溪社区一带", ["石桥街道"], "噪声/夜间施工", 3, 14, 13, 1.24, 5e4)
    '望溪社区一带（涉及石桥街道）“夜间施工”近3天有13人反映（14件），往常同期约1.2人，偶然百年以上一遇。'
    """
    touched = f"（涉及{streets_words(streets)}）" if streets else ""
    return (
        f"{place}{touched}“{class_words(code)}”近{_days_words(days)}有{callers}人反映（{cases}件），"
        f"往常同期{usual_words(expected)}，偶然{_interval_words(recurrence_days)}一遇"
        f"{alike_words(alike, callers)}。"
    )


def alike_words(alike: int, callers: int) -> str:
    """Say how many use nearly the same words, where they are at least three and a third of all.

    Examples
    --------
    >>> alike_words(12, 30), alike_words(2, 4)
    ('，其中12人表述雷同', '')
    """
    return f"，其中{alike}人表述雷同" if alike >= 3 and 3 * alike >= callers else ""


def streets_words(streets: Sequence[str]) -> str:
    """Say which streets a matter touches: up to three by name, else the first and how many.

    Examples
    --------
    >>> streets_words(["石桥街道"]), streets_words(["甲镇", "乙镇", "丙镇", "丁镇"])
    ('石桥街道', '甲镇等4个街乡镇')
    """
    few = len(streets) <= 3
    return "、".join(streets) if few else f"{streets[0]}等{len(streets)}个街乡镇"


def drift_reason(
    city: str,
    streets: Sequence[str],
    code: str,
    weeks: int,
    callers: int,
    expected: float,
    whole_city: bool,
) -> str:
    """Say in which streets a class rose slowly, by how much, and against what.

    Examples
    --------
    >>> drift_reason("云泽市", ["甲镇", "乙镇", "丙镇"], "噪声/夜间施工", 8, 412, 331.0, False)
    '甲镇、乙镇、丙镇“夜间施工”近8周持续偏高：412人次，按全市同类走势应约331人次，高24%。'
    >>> drift_reason("云泽市", ["甲镇"], "噪声/夜间施工", 4, 300, 200.0, True)
    '云泽市“夜间施工”近4周持续偏高：300人次，按上年同期走势应约200人次，高50%。'
    """
    where = city if whole_city else streets_words(streets)
    against = "上年同期走势" if whole_city else "全市同类走势"
    return (
        f"{where}“{class_words(code)}”近{weeks}周持续偏高：{callers}人次，"
        f"按{against}应约{expected:.0f}人次，高{100 * (callers / expected - 1):.0f}%。"
    )


def _days_words(days: int) -> str:
    return "24小时" if days == 1 else f"{days}天"


def _interval_words(days: float) -> str:
    years = days / 365
    return "百年以上" if years >= 100 else f"{years:.0f}年" if years >= 2 else f"{days:.0f}天"


def first_reason(
    area: str, code: str, callers: int, similarity: float, days: int, words: list[str]
) -> str:
    """Say that a matter is new here: no history of the class, and new in its words.

    ``words`` are those of practice (首发, 高集中 …, see :mod:`alerts.practice`).
    """
    by = f"3天内有{callers}人反映" if callers > 1 else "有1人反映且内容敏感"
    return (
        f"{area}近{days}天没有“{class_words(code)}”类诉求，{by}，"
        f"表述与近期诉求最高相似度{similarity:.2f}（{'、'.join(words)}），待核实。"
    )


def sensitive_reason(
    area: str, family: str, words: list[str], callers: int, cases: int, raised_by: str | None
) -> str:
    """Say which words of which family were found, where, and why it is raised a level."""
    quoted = "、".join(f"“{word}”" for word in words)
    raised = f"，{raised_by}，提级提示" if raised_by else ""
    return f"{area}有{callers}人（{cases}件）反映涉及{family}的内容，含{quoted}{raised}，待核实。"


def possible_reason(area: str, code: str, likely: float, true: int, false: int) -> str:
    """Say that words are like those judged sensitive, by how many verdicts, and how surely.

    Examples
    --------
    >>> possible_reason("望溪社区", "物业/消防通道", 0.83, 41, 60)
    '望溪社区1件“消防通道”诉求，表述与判为属实的敏感诉求相近（按41件属实、60件不属实的判定，把握83%），待核实。'
    """
    return (
        f"{area}1件“{class_words(code)}”诉求，表述与判为属实的敏感诉求相近"
        f"（按{true}件属实、{false}件不属实的判定，把握{likely:.0%}），待核实。"
    )


_KIND = {
    "surge": "突增",
    "cluster": "集中反映",
    "subject": "集中反映",
    "first": "首次反映",
    "drift": "倾向性问题",
    "sensitive": "风险性诉求",
    "possible": "待核实",
}


def headline(kind: str, area: str, code: str, streets: Sequence[str] = ()) -> str:
    """Give the line that stands over an alert; a cluster over a border names its streets.

    Examples
    --------
    >>> headline("surge", "石桥街道", "噪声/施工噪声/夜间施工")
    '突增：石桥街道 夜间施工'
    >>> headline("cluster", "望溪社区一带", "噪声/夜间施工", ["石桥街道", "柳泉街道"])
    '跨街乡集中：石桥街道、柳泉街道 夜间施工'
    """
    if kind == "cluster" and len(streets) > 1:
        return f"跨街乡集中：{streets_words(streets)} {class_words(code)}"
    return f"{_KIND[kind]}：{area} {class_words(code)}"
