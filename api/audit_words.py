"""What an entry of the audit log says in the words of the pages; the entry itself stays."""

import re
from typing import Final

from alerts.response.moves import LABELS as OF_ALERTS
from alerts.verdicts.moves import WORDS as VERDICT_WORDS
from alerts.whistle.moves import ACT_WORDS
from appeals.people.roles import ROLE_WORDS
from casework.moves import LABELS as OF_CASES

_ACTS: Final = {
    "alert": {
        **{move.value: word for move, word in OF_ALERTS.items()},
        **{f"verdict {one.value}": f"判定：{word}" for one, word in VERDICT_WORDS.items()},
        "undo verdict": "撤回判定",
    },
    "appeal": {move.value.replace("_", " "): word for move, word in OF_CASES.items()},
    "whistle": {f"whistle {act.value}": word for act, word in ACT_WORDS.items()},
}
_ROLE: Final = re.compile("|".join(sorted((role.value for role in ROLE_WORDS), reverse=True)))


def word_of(act: str, subject: str) -> str:
    """Give the word of a move of an alert, a case or a whistle; of all else the act as it stands.

    >>> word_of("return", "alert 7"), word_of("return", "appeal 7"), word_of("sign in", "person x")
    ('退回拟稿', '退单', 'sign in')
    """
    return _ACTS.get(subject.partition(" ")[0], {}).get(act, act)


def detail_of(detail: str, subject: str) -> str:
    """Give a detail with the roles of a person in words.

    >>> detail_of("grid_worker; liaison", "person x")
    '网格员; 联络员'
    """
    if not subject.startswith("person "):
        return detail
    return _ROLE.sub(lambda found: next(w for r, w in ROLE_WORDS.items() if r == found[0]), detail)
