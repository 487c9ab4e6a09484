"""The pages of the response and of its administrators: one head, one foot, what stands between.

Their scripts ask for everything that they show.
"""

from dataclasses import dataclass
from typing import Final

import jinja2

HEADS: Final = (
    ("/", "值班台", "alerts"),
    ("/alerts", "提示", "alerts"),
    ("/whistles", "吹哨", "alerts"),
    ("/duty", "值班", "duty"),
    ("/channels", "通道", "duty"),
    ("/people", "人员", "people"),
    ("/audit", "审计", "audit"),
)
"""Address, word, and the right without which a page is not offered."""


@dataclass(frozen=True, slots=True)
class OfficePage:
    """A page: its title, under which head it stands, its scripts in their order."""

    title: str
    head: str
    scripts: tuple[str, ...]


_ALERT: Final = (
    "cuts", "areas", "areas_hand",
    "whistle_words", "alert_moves", "alert_evidence", "alert_report", "alert",
)  # fmt: skip
PAGES: Final = {
    "alerts": OfficePage("全部提示", "/alerts", ("alerts",)),
    "alert": OfficePage("提示", "/alerts", _ALERT),
    "whistles": OfficePage("吹哨", "/whistles", ("whistle_words", "whistles")),
    "whistle": OfficePage("吹哨", "/whistles", ("whistle_words", "whistle")),
    "duty": OfficePage("值班", "/duty", ("duty",)),
    "channels": OfficePage("通道", "/channels", ("channels",)),
    "people": OfficePage("人员", "/people", ("people",)),
    "audit": OfficePage("审计", "/audit", ("audit",)),
}
"""The pages by name, which is also that of the template."""

_ENVIRONMENT: Final = jinja2.Environment(
    loader=jinja2.PackageLoader("maps"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def office_page(name: str) -> str:
    """Give a page of the response.

    >>> office_page("duty").count('aria-current="page"')
    1
    """
    page = PAGES[name]
    return _ENVIRONMENT.get_template(f"office/{name}.html").render(
        title=page.title, sheets=HEADS, current=page.head, scripts=page.scripts
    )
