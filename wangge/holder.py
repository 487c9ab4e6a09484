"""The name under which a process holds the lease, and whether that process still lives."""

import os
import socket


def holder_name(number: int) -> str:
    """Name a watcher of this process, by a number of its own."""
    return f"{socket.gethostname()}:{os.getpid()}:{number}"


def is_dead(holder: str) -> bool:
    """Tell whether a lease's holder ran on this machine and was killed: nobody need wait for it."""
    host, pid, _ = holder.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False
