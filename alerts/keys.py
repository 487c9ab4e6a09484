"""What the watch counts by: areas of every kind × classes of every depth."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

AREA_KINDS = ("city", "district", "street", "community", "cell_8", "subject", "grid", "cell_9")
"""Kinds of area; ``subject`` is a 被反映主体 over the whole city."""

CITY = 0
_UNIT_KINDS = tuple(AREA_KINDS.index(name) for name in ("district", "street", "community", "grid"))
_CLASS_BITS = 22


_DEPTHS = (1, 2, 3)
_OFF_AT_FIRST = ("grid", "cell_9")


def _first_depths() -> dict[str, tuple[int, ...]]:
    return {kind: () if kind in _OFF_AT_FIRST else _DEPTHS for kind in AREA_KINDS}


@dataclass(frozen=True, slots=True)
class Watched:
    """Which keys are watched: by kind of area the depths of the class tree, from 1 to 3.

    What is not watched is not counted, but for the city's classes: they are the measure of all
    others and are counted as deep as any other kind is, without raising anything. ``classes`` is a
    digest of the names by which the office has its classes counted: other names are other keys.
    """

    depths: Mapping[str, tuple[int, ...]] = field(default_factory=_first_depths)
    classes: str = ""

    def raises(self, kind: str, depth: int) -> bool:
        """Tell whether keys of this kind and depth may raise an alert."""
        return depth in self.depths[kind]

    def counts(self, kind: str, depth: int) -> bool:
        """Tell whether keys of this kind and depth, 0 for all classes, are counted.

        Examples
        --------
        >>> some = Watched({"city": (), "street": (1, 2)} | {k: () for k in AREA_KINDS[3:]})
        >>> some.counts("street", 0), some.counts("street", 3), some.counts("grid", 0)
        (True, False, False)
        >>> some.counts("city", 2), some.raises("city", 2), some.counts("city", 3)
        (True, False, False)
        """
        if kind == AREA_KINDS[CITY]:
            return depth == 0 or any(depth in own for own in self.depths.values())
        return depth in self.depths[kind] or (depth == 0 and bool(self.depths[kind]))

    def raising(self) -> npt.NDArray[np.bool_]:
        """Give :meth:`raises` for all kinds and depths 0 to 3, shape (kinds, 4)."""
        return np.array([[self.raises(kind, depth) for depth in range(4)] for kind in AREA_KINDS])


class ClassToken(NamedTuple):
    """A class as the watch counts it: 咨询 (consult) has a baseline of its own."""

    consult: bool
    code: str  # path of names, "" for all classes

    @property
    def depth(self) -> int:
        """Depth in the tree, 0 for all classes."""
        return self.code.count("/") + 1 if self.code else 0


def class_paths(code: str) -> tuple[str, str, str, str]:
    """Give the class at depth 0, 1, 2 and 3; a shorter path repeats its deepest class.

    Examples
    --------
    >>> class_paths("噪声/施工噪声")
    ('', '噪声', '噪声/施工噪声', '噪声/施工噪声')
    """
    parts = code.split("/")
    return "", parts[0], "/".join(parts[:2]), "/".join(parts[:3])


def related(one: str, other: str) -> bool:
    """Tell whether one class is the other or an ancestor of it."""
    return one == other or one.startswith(other + "/") or other.startswith(one + "/")


@dataclass(slots=True)
class KeyTable:
    """The keys seen so far; a key's number is its row in every array of the watch's state.

    ``kind``, ``area``, ``token`` have shape (n,): index into :data:`AREA_KINDS`, unit id or cell or
    subject number, index into ``tokens``. ``city`` is the number of the same class's key of the
    whole city, ``whole`` the number of the same area's key for all classes. ``since`` has for each
    subject the number of the hour since which it counts.
    """

    tokens: list[ClassToken] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    since: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    area: list[int] = field(default_factory=list)
    token: list[int] = field(default_factory=list)
    city: list[int] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    _areas: dict[tuple[int, int], int] = field(default_factory=dict)
    _tokens: dict[ClassToken, int] = field(default_factory=dict)
    _subjects: dict[str, int] = field(default_factory=dict)
    _numbers: dict[int, int] = field(default_factory=dict)
    _arrays: tuple[Ints, ...] = ()

    def __len__(self) -> int:
        return len(self.kind)

    def copy(self) -> "KeyTable":
        """Give a twin to which keys can be added without changing this one."""
        twin = copy.copy(self)
        for one in fields(self):
            if one.name != "_arrays":
                setattr(twin, one.name, getattr(self, one.name).copy())
        return twin

    def arrays(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Give ``kind``, ``token``, ``city`` and ``whole`` as arrays, each of shape (n,)."""
        lists = (self.kind, self.token, self.city, self.whole)
        held = self._arrays or tuple(np.empty(0, np.int64) for _ in lists)
        if len(held[0]) != len(self.kind):
            # What is known stays: a live watch adds a few keys at a time to very many.
            more = [np.array(one[len(held[0]) :], np.int64) for one in lists]
            held = self._arrays = tuple(map(np.concatenate, zip(held, more, strict=True)))
        kind, token, city, whole = held
        return kind, token, city, whole

    def token_number(self, token: ClassToken) -> int:
        """Give the number of a class token, a new one if it was never seen."""
        if token not in self._tokens:
            self._tokens[token] = len(self.tokens)
            self.tokens.append(token)
        return self._tokens[token]

    @property
    def subjects_since(self) -> dict[str, int]:
        """Give the subjects that are known, with the number of the hour since which they count."""
        return dict(zip(self.subjects, self.since, strict=True))

    def subject_number(self, name: str, since: int = 0) -> int:
        """Give the number of a 被反映主体, a new one if it was never seen."""
        if name not in self._subjects:
            self._subjects[name] = len(self.subjects)
            self.subjects.append(name)
            self.since.append(since)
        return self._subjects[name]

    def pack(self, kind: int, areas: Ints, tokens: Ints) -> Ints:
        """Give one integer for each (area, class) of one kind, shape (n,)."""
        unique, inverse = np.unique(areas, return_inverse=True)
        numbers = np.empty(len(unique), np.int64)
        for i, area in enumerate(unique.tolist()):
            numbers[i] = self._areas.setdefault((kind, area), len(self._areas))
        return (numbers[inverse] << _CLASS_BITS) | tokens

    def numbers(self, packed: Ints, kind: Ints, area: Ints, token: Ints) -> Ints:
        """Give the key numbers of packed keys, adding those that are new, shape (n,).

        New keys are added in the order of their packed value, with the keys they lean on (the
        whole city's, the area's for all classes) before them, so that the same rows always give
        the same numbers.
        """
        unique, first, inverse = np.unique(packed, return_index=True, return_inverse=True)
        found = np.empty(len(unique), np.int64)
        for i, (value, at) in enumerate(zip(unique.tolist(), first.tolist(), strict=True)):
            number = self._numbers.get(value)
            if number is None:
                number = self._add(int(kind[at]), int(area[at]), int(token[at]))
            found[i] = number
        return found[inverse]

    def carry_on(self, heirs: Mapping[int, int]) -> None:
        """Let the keys of a unit be those of its heir, unless that has keys of its own."""
        moved: dict[tuple[int, int], int] = {}
        for kind, area in reversed(list(self._areas)):
            heir = heirs.get(area, area)
            if kind in _UNIT_KINDS and (kind, heir) not in self._areas:
                self._areas[kind, heir] = self._areas.pop((kind, area))
                moved[kind, area] = heir
        self.area = [moved.get(one, one[1]) for one in zip(self.kind, self.area, strict=True)]

    def _add(self, kind: int, area: int, token: int) -> int:
        packed = (self._areas.setdefault((kind, area), len(self._areas)) << _CLASS_BITS) | token
        if packed in self._numbers:
            return self._numbers[packed]
        consult, code = self.tokens[token]
        city = whole = -1
        if (kind, area) != (CITY, 0):
            city = self._add(CITY, 0, token)
        if code:
            whole = self._add(kind, area, self.token_number(ClassToken(consult, "")))
        number = len(self.kind)
        self._numbers[packed] = number
        self.kind.append(kind)
        self.area.append(area)
        self.token.append(token)
        self.city.append(city if city >= 0 else number)
        self.whole.append(whole if whole >= 0 else number)
        return number

    @classmethod
    def of(
        cls,
        tokens: Sequence[ClassToken],
        subjects: Sequence[tuple[str, int]],
        kind: Sequence[int],
        area: Sequence[int],
        token: Sequence[int],
    ) -> "KeyTable":
        """Build the table again from what was stored, in the stored order."""
        table = cls()
        for one in tokens:
            table.token_number(one)
        for name, since in subjects:
            table.subject_number(name, since)
        for key in zip(kind, area, token, strict=True):
            table._add(*key)
        return table
