"""Classes of appeals (问题分类): codes, their tree, and the crosswalk from old codes to new ones.

Where the source gives names and no code, the code is the path of the names, ``噪声/噪声治理``. A
code that is new is *learning* for 28 days: it has no history, and whoever compares takes its
parent's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from appeals.errors import InputError
from appeals.small_tables import read_table

UNCLASSED = "未分类"
LEARNING_DAYS = 28
_CODE_HEADERS = ("code", "编码", "代码", "分类编码")
_NAME_HEADERS = ("name", "名称", "分类名称")
_PARENT_HEADERS = ("parent", "上级", "上级编码", "父级编码")
_OLD_HEADERS = ("old_code", "旧编码", "原编码")
_NEW_HEADERS = ("new_code", "新编码", "现编码")


@dataclass(frozen=True, slots=True)
class Class:
    """One class of the tree: its code, its own name, and the code of its parent, if any."""

    code: str
    name: str
    parent: str | None = None


def class_code(names: Sequence[str | None]) -> str:
    """Give the code of a class that is known by its names, from the widest to the narrowest.

    Empty names are passed over. A slash inside a name becomes a full-width one, since the slash
    parts the levels.

    Examples
    --------
    >>> class_code(["噪声", "噪声治理", None]), class_code([None, " "])
    ('噪声/噪声治理', '未分类')
    """
    said = [name.strip().replace("/", "\uff0f") for name in names if name and name.strip()]
    return "/".join(said) or UNCLASSED


def ancestors(code: str) -> tuple[str, ...]:
    """Give the codes from the widest class to the code itself, as its slashes part them.

    Examples
    --------
    >>> ancestors("噪声/噪声治理/夜间施工")
    ('噪声', '噪声/噪声治理', '噪声/噪声治理/夜间施工')
    """
    parts = code.split("/")
    return tuple("/".join(parts[: i + 1]) for i in range(len(parts)))


@dataclass(frozen=True, slots=True)
class ClassTree:
    """The classes that are known, by code.

    Attributes
    ----------
    parent
        Code of the class above, ``None`` at the top.
    names
        The class's own name.
    first_day
        Local day of the first appeal of the class or of one below it; absent before there is one.
    brought
        Codes that came with a tree and not with an appeal.
    """

    parent: Mapping[str, str | None] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    first_day: Mapping[str, date] = field(default_factory=dict)
    brought: frozenset[str] = frozenset()

    def path(self, code: str) -> tuple[str, ...]:
        """Give the codes from the widest class to the code itself.

        A code that the tree does not know has the parents that its own slashes name.
        """
        found = [code]
        while found[0] in self.parent:
            above = self.parent[found[0]]
            if above is None or above in found:
                return tuple(found)
            found.insert(0, above)
        return (*ancestors(found[0]), *found[1:])

    def words(self, code: str) -> str:
        """Give the class as the path of names from the top, whatever its codes look like.

        Examples
        --------
        >>> names = {"01": "噪声", "0102": "施工"}
        >>> tree = ClassTree(parent={"01": None, "0102": "01"}, names=names)
        >>> tree.words("0102"), tree.words("噪声/噪声治理")
        ('噪声/施工', '噪声/噪声治理')
        """
        return class_code([self.name(one) for one in self.path(code)])

    def name(self, code: str) -> str:
        """Give the class's own name; the last part of the code where the tree has none."""
        return self.names.get(code) or code.rpartition("/")[2]

    def learning(self, code: str, day: date) -> bool:
        """Say whether the class is a new code with less than 28 days of history on this day.

        A class that came with a tree is known before it is ever used: its first appeal is news,
        and not a new way of coding old matters.

        Examples
        --------
        >>> tree = ClassTree(brought=frozenset("c"), first_day={"a": date(2026, 3, 1)})
        >>> tree.learning("a", date(2026, 3, 28)), tree.learning("a", date(2026, 3, 29))
        (True, False)
        >>> tree.learning("b", date(2026, 3, 29)), tree.learning("c", date(2026, 3, 29))
        (True, False)
        """
        if code in self.brought:
            return False
        first = self.first_day.get(code)
        return first is None or day < first + timedelta(days=LEARNING_DAYS)


def read_class_tree(path: Path) -> list[Class]:
    """Read a table of classes: ``code``, ``name``, ``parent`` (编码, 名称, 上级), in any order.

    Parameters
    ----------
    path
        A file in any form in which appeals come.

    Raises
    ------
    InputError
        A column is missing, a code is empty or stands twice, a parent is unknown, or the parents
        run in a circle; the message names the row.
    """
    classes: dict[str, Class] = {}
    for row in read_table(path):
        code, name = row.get(_CODE_HEADERS), row.get(_NAME_HEADERS)
        if not code or not name:
            raise row.wrong("code or name is empty")
        if code in classes:
            raise row.wrong("the code stands there twice")
        classes[code] = Class(code, name, row.get(_PARENT_HEADERS) or None)
    for one in classes.values():
        seen = {one.code}
        while one.parent is not None:
            if one.parent not in classes:
                raise InputError(f"{path.name}: class {one.code}: no such parent as {one.parent}")
            if one.parent in seen:
                raise InputError(f"{path.name}: class {one.code}: its parents run in a circle")
            one = classes[one.parent]
            seen.add(one.code)
    return list(classes.values())


def read_crosswalk(path: Path) -> dict[str, str]:
    """Read which old code is which new one: ``old_code``, ``new_code`` (旧编码, 新编码).

    A chain of changes is followed to its end.

    Raises
    ------
    InputError
        A column or a value is missing, an old code stands twice, or the changes run in a circle.
    """
    steps: dict[str, str] = {}
    for row in read_table(path):
        old, new = row.get(_OLD_HEADERS), row.get(_NEW_HEADERS)
        if not old or not new:
            raise row.wrong("old_code or new_code is empty")
        if old in steps:
            raise row.wrong("the old code stands there twice")
        steps[old] = new
    return {old: _end_of_chain(old, steps, path) for old in steps}


def _end_of_chain(old: str, steps: Mapping[str, str], path: Path) -> str:
    code, seen = steps[old], {old}
    while code in steps:
        if code in seen:
            raise InputError(f"{path.name}: the changes of code {old} run in a circle")
        seen.add(code)
        code = steps[code]
    return code
