"""Speaks by the channels: a thread for each, so that one that hangs holds up no other."""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final, Protocol

from alerts.outbox.pace import Outcome
from appeals.errors import Conflict, NotFound, WanggeError
from wangge.counter import Delivery
from wangge.senders.channel import Busy, Channel, Refused, Unheard

_LOG = logging.getLogger(__name__)

_SWEEP_EVERY_S: Final = 30.0
_REST: Final = timedelta(seconds=3)  # after a counter that does not answer


class Source(Protocol):
    """Where messages come from: the counter of the database, or one behind an address."""

    def next(self, name: str, holder: str) -> Delivery | timedelta:
        """Give the next message of a channel, or how long to wait."""

    def end(
        self,
        name: str,
        holder: str,
        attempt_id: int,
        outcome: Outcome,
        *,
        fault: str = "",
        reference: str = "",
    ) -> None:
        """Take how an attempt ended."""


def speak_once(source: Source, channel: Channel, holder: str) -> timedelta:
    """Say the next message of a channel if there is one; give how long to wait then."""
    given = source.next(channel.name, holder)
    if isinstance(given, timedelta):
        return given
    outcome, fault, reference = Outcome.TAKEN, "", ""
    try:
        reference = channel.send(given.outgoing)
    except Refused as error:
        outcome, fault = Outcome.REFUSED, str(error)
    except Busy as error:
        outcome, fault = Outcome.BUSY, str(error)
    except Unheard as error:
        outcome, fault = Outcome.UNHEARD, str(error)
    except WanggeError:
        outcome, fault = Outcome.BUSY, "secret"  # it can be put back while we run
    except Exception as error:
        # One message must not end the channel; the error's words may repeat it.
        outcome, fault = Outcome.UNHEARD, f"internal error {type(error).__name__}"
    source.end(channel.name, holder, given.attempt_id, outcome, fault=fault, reference=reference)
    if fault:
        _LOG.warning("channel %s: %s", channel.name, fault)
    return timedelta(0)


def speak(source: Source, channel: Channel, holder: str, over: threading.Event) -> None:
    """Speak by a channel until it is over."""
    while not over.is_set():
        try:
            wait = speak_once(source, channel, holder)
        except (NotFound, Conflict) as error:
            _LOG.warning("channel %s: %s", channel.name, error)
            wait = _REST
        except WanggeError as error:
            _LOG.warning("channel %s: %s", channel.name, error)
            wait = _REST
        except Exception as error:
            _LOG.error("channel %s: internal error %s", channel.name, type(error).__name__)
            wait = _REST
        over.wait(wait.total_seconds())


class Senders:
    """The threads of some channels.

    Parameters
    ----------
    source
        Where their messages come from.
    channels
        By which to speak; each is on, and was checked.
    holder
        Name under which their leases are held.
    sweep
        Called every now and then: what no channel says is set aside. Not of a relay.
    """

    def __init__(
        self,
        source: Source,
        channels: Iterable[Channel],
        holder: str,
        sweep: Callable[[], object] | None = None,
    ) -> None:
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=speak, args=(source, channel, holder, self._over), daemon=True)
            for channel in channels
        ]
        if sweep is not None:
            self._threads.append(threading.Thread(target=self._sweep, args=(sweep,), daemon=True))

    def _sweep(self, sweep: Callable[[], object]) -> None:
        while not self._over.is_set():
            try:
                sweep()
            except WanggeError as error:
                _LOG.warning("outbox: %s", error)
            self._over.wait(_SWEEP_EVERY_S)

    def start(self) -> None:
        """Begin to speak."""
        for thread in self._threads:
            thread.start()

    def stop(self, patience_s: float) -> None:
        """End after the attempts that are being made, or leave them to be repeated."""
        self._over.set()
        for thread in self._threads:
            thread.join(patience_s)
