"""The declared channels: one file, ``channels.toml``, that the office edits.

Without it nothing is sent. A channel is off until ``on = true`` stands there.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from appeals.errors import InputError
from appeals.toml_files import read_toml
from wangge.senders.channel import Channel, Secret
from wangge.senders.dingtalk import DingTalk
from wangge.senders.feishu import Feishu
from wangge.senders.file import File
from wangge.senders.mail import Mail
from wangge.senders.none import Nowhere
from wangge.senders.police import Police
from wangge.senders.sms import Sms
from wangge.senders.webhook import Webhook
from wangge.senders.wecom import WeCom

Channels = dict[str, Channel]

_ANY: TypeAdapter[Channel] = TypeAdapter(
    Annotated[
        WeCom | DingTalk | Feishu | Mail | Webhook | Sms | Police | File | Nowhere,
        Field(discriminator="kind"),
    ]
)


def read_channels(path: Path | None) -> Channels:
    """Read the file of channels, by their names; without a file there are none.

    Relative paths in it (secrets, folders) are taken from its own folder.

    Raises
    ------
    InputError
        The file cannot be read, or a channel is declared wrongly: which one, which key and why,
        never its value.
    """
    if path is None:
        return {}
    given = read_toml(path)
    declared = given.pop("channel", {})
    if given or not isinstance(declared, dict):
        raise InputError(f"{path.name}: only sections [channel.NAME] may stand there")
    return {name: _read(name, values, path) for name, values in declared.items()}


def _read(name: str, values: object, path: Path) -> Channel:
    if name == "page" or not isinstance(values, dict) or "name" in values:
        raise InputError(f"{path.name}: channel {name}: a section of its own, and not called page")
    try:
        channel = _ANY.validate_python(values | {"name": name})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        # The first part names the kind.
        key = ".".join(str(part) for part in first["loc"][1:])
        reason = first["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
        known = key and first["type"] == "extra_forbidden"
        reason = "there is no such key" if known else reason
        where = f"channel {name}: {key}: " if key else f"channel {name}: "
        raise InputError(f"{path.name}: {where}{reason}") from None
    return channel.model_copy(update=_resolved(channel, path.resolve().parent))


def _resolved(channel: Channel, folder: Path) -> dict[str, object]:
    changed: dict[str, object] = {}
    for key in type(channel).model_fields:
        value = getattr(channel, key)
        if isinstance(value, Secret) and value.file is not None:
            changed[key] = Secret(file=folder / value.file)
        elif isinstance(value, Path):
            changed[key] = folder / value
    return changed
