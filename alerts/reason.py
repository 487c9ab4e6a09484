"""Why: one Chinese sentence that an official reads in five seconds."""

from alerts.baseline import WINDOWS_H

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
    area: str, code: str, window: int, cases: int, callers: int, expected: float, common: float
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
    """
    usual = usual_words(expected)
    whole = f"（全市同类同期为往常的{common:.1f}倍，已计入）" if abs(common - 1) >= 0.25 else ""
    return (
        f"{area}“{class_words(code)}”近{_WINDOW[WINDOWS_H[window]]}有{callers}人反映（{cases}件），"
        f"往常同期{usual}{whole}。"
    )


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


_KIND = {
    "surge": "突增",
    "cluster": "集中反映",
    "subject": "集中反映",
    "first": "首次反映",
    "sensitive": "风险性诉求",
}


def headline(kind: str, area: str, code: str) -> str:
    """Give the line that stands over an alert.

    Examples
    --------
    >>> headline("surge", "石桥街道", "噪声/施工噪声/夜间施工")
    '突增：石桥街道 夜间施工'
    """
    return f"{_KIND[kind]}：{area} {class_words(code)}"
