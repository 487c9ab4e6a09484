"""落点: where appeals and address texts are."""

from collections.abc import Sequence

from appeals.record import Appeal
from geo.gazetteer import Gazetteer
from geo.located import LEVELS, Candidate, Located, NamedUnit

__all__ = ["LEVELS", "Candidate", "Located", "NamedUnit", "locate", "locate_texts"]


def locate(
    appeals: Sequence[Appeal],
    addresses: Sequence[str],
    gazetteer: Gazetteer | None,
    units: Sequence[NamedUnit],
) -> list[Located]:
    """Locate appeals."""
    raise NotImplementedError


def locate_texts(
    texts: Sequence[str], gazetteer: Gazetteer | None, units: Sequence[NamedUnit]
) -> list[Located]:
    """Locate address texts."""
    raise NotImplementedError
