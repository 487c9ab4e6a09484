"""Files: each message as CAP 1.2 in a folder that another system empties."""

import os
from pathlib import Path
from typing import ClassVar, Literal

from wangge.senders.channel import Busy, Channel, Outgoing, Refused


class File(Channel):
    """A folder. A file has its name only when it is whole; the same message has the same name."""

    inside_only: ClassVar[bool] = True
    group: ClassVar[bool] = True
    needs: ClassVar[tuple[str, ...]] = ("folder",)

    kind: Literal["file"]
    folder: Path | None = None

    def send(self, message: Outgoing) -> str:
        """Write the CAP message."""
        assert self.folder is not None
        if not message.document:
            raise Refused("no cap message")
        part = self.folder / f".{message.key}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with part.open("w", encoding="utf-8") as file:
                file.write(message.document)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.folder / f"{message.key}.cap.xml")
        except OSError as error:
            raise Busy(type(error).__name__) from None
        return ""
