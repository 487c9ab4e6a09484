"""How soon and at what size a process is ready that opens a kept index: run as one of its own.

It takes in what locating needs and nothing else; its clock runs from the start of the interpreter.
"""

import json
import sys
import time
from pathlib import Path

from geo.kept import kept
from geo.locate import locate_texts


def start(path: Path, mark: str) -> dict[str, float]:
    """Be a process that opens a kept index and answers once."""
    imported = time.process_time()
    begun = time.monotonic()
    gazetteer = kept(path, mark)
    assert gazetteer is not None, "it was written a moment ago"
    locate_texts(["某某家园3号楼", "和平嘉苑", "幸福里小区"], gazetteer, ())
    return {
        "open_s": time.monotonic() - begun,
        "open_cpu_s": time.process_time() - imported,
        "import_s": imported,
        "peak_mb": _peak_mb(),
    }


def _peak_mb() -> float:
    """Give this process's own greatest size: ru_maxrss is handed down by the one that began it."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text(encoding="ascii").split("VmHWM:")[1].split()[0]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(start(Path(sys.argv[1]), sys.argv[2])))
