"""What a benchmark has reckoned so far, kept in a folder: it goes on where it was stopped.

A piece is named by what was drawn and who judged it, and by a digest of the code that made it, so
that a detector that was changed is asked again and the others are not.
"""

import hashlib
import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Kept:
    """Pieces in ``folder``; nothing is kept where it is None."""

    folder: Path | None

    def piece(
        self,
        name: str,
        made_by: Sequence[ModuleType],
        make: Callable[[], Mapping[str, Array]],
    ) -> Mapping[str, Array]:
        """Give a piece as it was kept, or make it and keep it.

        Parameters
        ----------
        name
            Of the piece; characters that a file's name cannot have are replaced.
        made_by
            The modules whose code decides what it is.
        make
            Makes its arrays.
        """
        if self.folder is None:
            return make()
        code = "".join(inspect.getsource(module) for module in made_by)
        digest = hashlib.sha256(code.encode()).hexdigest()[:12]
        plain = "".join(one if one.isalnum() or one in "-." else "_" for one in name)
        path = self.folder / f"{plain}.{digest}.npz"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(f".{os.getpid()}.part")  # others may make it at the same time
            with fresh.open("wb") as file:
                np.savez_compressed(file, allow_pickle=False, **make())
            fresh.replace(path)
        with np.load(path) as stored:
            return dict(stored)
