"""Two parsers of Chinese addresses, asked for the district of the same texts."""

import contextlib
import io
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec

from benchmarks.result import Share

Districts = Callable[[Sequence[str]], list[str | None]]


def _cpca(texts: Sequence[str]) -> list[str | None]:
    import cpca  # type: ignore[import-not-found, import-untyped, unused-ignore]

    found = cpca.transform(list(texts))["区"].tolist()
    return [value if isinstance(value, str) and value else None for value in found]


def _jionlp(texts: Sequence[str]) -> list[str | None]:
    with contextlib.redirect_stdout(io.StringIO()):
        import jionlp  # type: ignore[import-not-found, import-untyped, unused-ignore]

        found = [jionlp.parse_location(text) for text in texts]
    return [one.get("county") or None for one in found]


PEERS: dict[str, Districts] = {"cpca": _cpca, "jionlp": _jionlp}


def beside(texts: Sequence[str], districts: Sequence[str]) -> tuple[list[Share], list[str]]:
    """Ask the peers that are installed; what is not is said.

    Returns
    -------
    shares : list of Share
        District right and wrong of each peer.
    lines : list of str
        Their speeds, and which are not installed.
    """
    shares, lines = [], []
    for name, ask in PEERS.items():
        if find_spec(name) is None:
            lines.append(f"  {name} is not installed (dependency group bench)")
            continue
        ask(texts[:5])
        begun = time.process_time()
        found = ask(texts)
        took = time.process_time() - begun
        said = [i for i, label in enumerate(districts) if label]
        right = sum(found[i] == districts[i] for i in said)
        wrong = sum(found[i] is not None and found[i] != districts[i] for i in said)
        shares += [
            Share(f"{name}: district right", right, len(said)),
            Share(f"{name}: district wrong", wrong, len(said)),
        ]
        lines.append(f"  {name}: {len(texts) / took:,.0f} texts a CPU second (district only)")
    return shares, lines
