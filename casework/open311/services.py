"""Services: the finest classes of the tree, and what is asked with each.

Source: GeoReport v2, "GET Service List" and "GET Service Definition".
"""

from collections.abc import Collection, Mapping
from typing import Final

from appeals.categories import ClassTree
from casework.open311.fault import Fault

URGENCY: Final[Mapping[str, str]] = {"normal": "一般", "urgent": "紧急"}
"""Keys of the attribute ``urgency`` and what intake calls each."""

MOST_SUBJECT: Final = 100
"""Characters of the attribute ``subject``."""


def services(tree: ClassTree, screened: Collection[str]) -> list[dict[str, object]]:
    """Give all services: classes that have none below them, by code."""
    above = {parent for parent in tree.parent.values() if parent is not None}
    return [
        {
            "service_code": code,
            "service_name": tree.names.get(code, code),
            "description": " / ".join(_names(tree, code)),
            "metadata": True,
            "type": type_of(tree, code, screened),
            "keywords": ",".join(dict.fromkeys(_names(tree, code)[::-1])),
            "group": _names(tree, code)[0],
        }
        for code in sorted(tree.parent)
        if code not in above
    ]


def type_of(tree: ClassTree, code: str, screened: Collection[str]) -> str:
    """Say whether a request of a class has its number at once, or a token until it was screened."""
    return "batch" if set(tree.path(code)) & set(screened) else "realtime"


def definition(tree: ClassTree, code: str) -> dict[str, object]:
    """Give what is asked with a service.

    Raises
    ------
    Fault
        There is no such service.
    """
    check_service(tree, code)
    listed = [{"key": key, "name": name} for key, name in URGENCY.items()]
    return {
        "service_code": code,
        "attributes": [
            _attribute(1, "urgency", "singlevaluelist", "紧急程度", "一般或紧急", listed),
            _attribute(2, "subject", "string", "被反映主体（企业、小区、工地、学校、道路）",
                       f"不超过{MOST_SUBJECT}字，不填个人姓名", []),
        ],
    }  # fmt: skip


def check_service(tree: ClassTree, code: str) -> None:
    """Refuse a service that there is none of: 404 by the standard.

    Raises
    ------
    Fault
        There is no such class, or it has classes below it.
    """
    if code not in tree.parent or code in tree.parent.values():
        raise Fault(404, "service_code was not found")


def _attribute(
    order: int, code: str, datatype: str, words: str, hint: str, values: list[dict[str, str]]
) -> dict[str, object]:
    return {
        "variable": True,
        "code": code,
        "datatype": datatype,
        "required": False,
        "datatype_description": hint,
        "order": order,
        "description": words,
        "values": values,
    }


def _names(tree: ClassTree, code: str) -> list[str]:
    return [tree.names.get(one, one) for one in tree.path(code)]
