"""Reads the list of sensitive terms and says where it is wrong: line, term, reason."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from alerts.lexicon.terms import GROUP, Term, read_term
from appeals.errors import InputError
from appeals.toml_files import parse_toml

WHERE = ("near_before", "before", "near_after", "after", "clause", "sentence_before", "sentence",
         "text")  # fmt: skip
"""Where a cue may stand: close before or after the term, anywhere before or after it in its
clause, anywhere in its clause, before it in its sentence, in its sentence, in the text."""

DUTIES = ("应急", "公安", "政法", "网信", "宣传", "司法行政", "卫健", "消防", "人社", "教育",
          "市场监管", "住建", "水务", "金融", "生态环境", "信访", "交通", "民政")  # fmt: skip
"""Duties (职责部门) that a family may concern."""

LIMIT_H = {3: 1.0, 2: 2.0, 1: 24.0}
"""Hours to pass an appeal on where a family sets none: DB11/T 2021-2022 asks for one hour where
life, property or public order is in danger, two for what cannot wait, a day for the rest."""

_PARTS = {"name", "severity", "limit_h", "duties", "terms", "callers", "throughout", "off"}
_TOP = {"edition", "groups", "family", "lowered", "names", "variants", "off"}

Words = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Family:
    """Terms of one kind of danger.

    Attributes
    ----------
    key, name
        Its key in the file and its Chinese name.
    severity
        1 note, 2 prompt, 3 danger to life or public order.
    limit_h
        Hours within which a hotline passes such an appeal on.
    duties
        Which duties it concerns, of :data:`DUTIES`.
    terms
        What fires.
    callers
        Distinct callers of one area in a day before it is told; 1 is at once.
    throughout
        Whether what stands far down in a long text counts like its beginning.
    """

    key: str
    name: str
    severity: int
    limit_h: float
    duties: tuple[str, ...]
    terms: tuple[Term, ...]
    callers: int = 1
    throughout: bool = False


@dataclass(frozen=True, slots=True)
class Lowering:
    """Words that lower a hit by two degrees: why, where they stand, in which families (all)."""

    why: str
    where: str
    cues: tuple[str, ...]
    families: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The families, what lowers a hit, the names that are no hit, and which edition it is."""

    families: tuple[Family, ...]
    lowered: tuple[Lowering, ...]
    names: tuple[str, ...]
    edition: str = ""
    digest: str = ""

    @property
    def version(self) -> str:
        """Edition and the beginning of the digest: what a signal carries."""
        return f"{self.edition}+{self.digest[:12]}"

    def without(self, families: Collection[str], duties: Collection[str]) -> "Lexicon":
        """Give the list without some families, and without those whose every duty is off."""
        kept = tuple(
            replace(family, duties=tuple(d for d in family.duties if d not in duties))
            for family in self.families
            if family.key not in families and not set(family.duties) <= set(duties)
        )
        return replace(self, families=kept)


def lexicon_bytes(path: Path | None = None) -> bytes:
    """Give the bytes of a list, or of the one that the product brings.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    try:
        if path is None:
            return (resources.files("alerts.lexicon") / "list.toml").read_bytes()
        return path.read_bytes()
    except OSError as error:
        name = path.name if path else "list.toml"
        raise InputError(f"lexicon: {name} cannot be read: {error.strerror}") from error


def read_lexicon(path: Path | None = None) -> Lexicon:
    """Read the list of terms from a file, or the one that the product brings.

    Raises
    ------
    InputError
        As :func:`parse_lexicon`, or the file is missing.
    """
    return parse_lexicon(lexicon_bytes(path))


def parse_lexicon(content: bytes) -> Lexicon:
    """Read the list of terms.

    Raises
    ------
    InputError
        The list is broken: the message has the first fault with line, term and reason.
    """
    given = parse_toml(content, "lexicon")
    text = content.decode("utf-8-sig")
    faults = list(_faults(given, text))
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise InputError(f"lexicon: {faults[0]}{more}")
    variants, groups = given.get("variants", {}), given.get("groups", {})
    families = tuple(_family(k, v, variants, groups) for k, v in given["family"].items())
    lowered = tuple(
        Lowering(v["why"], v["where"], tuple(v["cues"]), tuple(v.get("families", ())))
        for v in given.get("lowered", ())
    )
    off = given.get("off", {})
    gone = {k for k, v in given["family"].items() if v.get("off")} | set(off.get("families", ()))
    digest = hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()
    names = tuple(given.get("names", {}).get("spans", ()))
    lexicon = Lexicon(families, lowered, names, str(given.get("edition", "own")), digest)
    return lexicon.without(gone, off.get("duties", ()))


def lexicon_faults(content: bytes) -> list[str]:
    """Give every fault of a list: line, family, term and reason; empty where it is sound."""
    try:
        given = parse_toml(content, "the list")
    except InputError as error:
        return [str(error)]
    return list(_faults(given, content.decode("utf-8-sig")))


def _family(key: str, value: dict[str, Any], variants: Words, groups: Words) -> Family:
    return Family(
        key=key,
        name=value["name"],
        severity=value["severity"],
        limit_h=float(value.get("limit_h", LIMIT_H[value["severity"]])),
        duties=tuple(value["duties"]),
        terms=tuple(read_term(term, variants, groups) for term in value["terms"]),
        callers=value.get("callers", 1),
        throughout=value.get("throughout", False),
    )


def _faults(given: dict[str, Any], text: str) -> Iterator[str]:
    lines = text.splitlines()
    misshapen = list(_misshapen(given, lines))
    if misshapen:  # what stands inside of them cannot be judged
        yield from misshapen
        return
    for key in given.keys() - _TOP:
        yield f"line {_line(lines, key)}: {key} is not a part of a list: {', '.join(sorted(_TOP))}"
    families = given.get("family", {})
    if not families:
        yield "there is no [family.…] in the file"
        return
    named: dict[str, Words] = {}
    for part in ("variants", "groups"):
        named[part] = given.get(part, {})
        if not all(map(_words, named[part].values())):
            yield f"line {_line(lines, f'[{part}]')}: {part}: each is a list of words"
            named[part] = {}
    for key, words in named["groups"].items():
        if inner := next((word for word in words if word.startswith(GROUP)), None):
            yield f"line {_line(lines, inner)}: group {key}: {inner} is a group, not a word"
    for key, value in families.items():
        at = _line(lines, f"[family.{key}]")
        yield from (f"line {at}: family {key}: {why}" for why in _family_faults(value))
        for term, why in _term_faults(value, named):
            start = _line(lines, "terms", at)
            line = min(_line(lines, f"{q}{term}{q}", start, len(lines)) for q in "\"'")
            yield f"line {line}: family {key}: term “{term}”: {why}"
    yield from _other_faults(given, lines)


def _misshapen(given: dict[str, Any], lines: Sequence[str]) -> Iterator[str]:
    """Say which parts are no tables, or no lists, where they must be."""
    for part in ("groups", "family", "names", "variants", "off"):
        if not isinstance(given.get(part, {}), dict):
            yield f"line {_line(lines, part)}: {part} must be a table: [{part}]"
    families = given.get("family", {})
    for key, value in families.items() if isinstance(families, dict) else ():
        if not isinstance(value, dict):
            yield f"line {_line(lines, key)}: family {key} must be a table: [family.{key}]"
    lowered = given.get("lowered", [])
    if not isinstance(lowered, list) or not all(isinstance(rule, dict) for rule in lowered):
        yield f"line {_line(lines, 'lowered')}: write [[lowered]] before each rule"
    off = given.get("off", {})
    for part in ("families", "duties"):
        if isinstance(off, dict) and not _words(off.get(part, ())):
            yield f"line {_line(lines, '[off]')}: off: {part} must be a list of words"


def _family_faults(value: dict[str, Any]) -> Iterator[str]:
    for part in ("name", "severity", "duties", "terms"):
        if part not in value:
            yield f"{part} is missing"
    for part in value.keys() - _PARTS:
        yield f"{part} is not known: {', '.join(sorted(_PARTS))}"
    if value.get("severity", 3) not in (1, 2, 3):
        yield "severity must be 1, 2 or 3"
    if not isinstance(value.get("limit_h", 1), (int, float)) or value.get("limit_h", 1) <= 0:
        yield "limit_h must be hours above 0"
    if not isinstance(value.get("callers", 1), int) or value.get("callers", 1) < 1:
        yield "callers must be a whole number from 1"
    for part in ("duties", "terms"):
        if part in value and (not _words(value[part]) or not value[part]):
            yield f"{part} must be a list of words"
    duties = value.get("duties", ())
    for duty in duties if _words(duties) else ():
        if duty not in DUTIES:
            yield f"duty “{duty}” is not one of {'、'.join(DUTIES)}"


def _term_faults(
    value: dict[str, Any], named: Mapping[str, Words]
) -> Iterator[tuple[str, InputError]]:
    terms = value.get("terms", ())
    for term in terms if _words(terms) else ():
        try:
            read_term(term, named["variants"], named["groups"])
        except InputError as error:
            yield term, error


def _other_faults(given: dict[str, Any], lines: Sequence[str]) -> Iterator[str]:
    for number, rule in enumerate(given.get("lowered", ()), 1):
        at = [i for i, line in enumerate(lines, 1) if line.strip() == "[[lowered]]"]
        place = f"line {at[number - 1]}: " if len(at) >= number else ""
        if rule.get("where") not in WHERE:
            yield f"{place}lowered {number}: where must be one of {', '.join(WHERE)}"
        if not rule.get("why") or not _words(rule.get("cues")) or not rule.get("cues"):
            yield f"{place}lowered {number}: why or cues is missing"
        if not _words(rule.get("families", ())):
            yield f"{place}lowered {number}: families must be a list of words"
        elif unknown := [key for key in rule.get("families", ()) if key not in given["family"]]:
            yield f"{place}lowered {number}: there is no family {unknown[0]}"
    if not _words(given.get("names", {}).get("spans", ())):
        yield f"line {_line(lines, '[names]')}: names: spans must be a list of words"
    for key in given.get("off", {}).get("families", ()):
        if key not in given["family"]:
            yield f"line {_line(lines, '[off]')}: off: there is no family {key}"


def _words(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(v, str) and v for v in value)


def _line(lines: Sequence[str], needle: str, after: int = 1, none: int = 1) -> int:
    """Give the number of the first line from ``after`` on that holds this text, else ``none``."""
    return next((i for i, one in enumerate(lines, 1) if i >= after and needle in one), none)
