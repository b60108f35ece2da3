"""Sending: a batch is claimed, sent, and its receipts written.

The claim is the intent: a kill leaves in doubt at most what was on its way, which is never more than fifty.
Whatever the carrier did not surely refuse is never sent again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import structlog

from backend.push.limits import CarrierLimit
from backend.push.service.carriers import Carrier, Parcel
from backend.shared.errors import CarrierDownError, CarrierError, CarrierRefusedError, CarrierUnclearError

log = structlog.get_logger(__name__)

# Two halves of a batch of fifty take turns: while one is written down, the other is being sent.
BATCH, LANES = 25, 2
# Seconds after which the worker is let go; the next tick goes on.
TIME_LIMIT = 600


@dataclass(frozen=True)
class Result:
    """What became of a parcel: the carrier's number, or the error that tells what to do about it."""

    parcel: Parcel
    ref: str = ""
    error: CarrierError | None = None
    permit_gone: bool = False


class Outbox(Protocol):
    """Where parcels come from and receipts go."""

    def claim(self, limit: int) -> tuple[str, Sequence[Parcel]]:
        """A batch's id and its parcels, each already marked as being sent; no parcels: nothing is due."""

    def record(self, batch: str, results: Sequence[Result]) -> None:
        """Write down what became of a batch."""


class Pace:
    """No more than so many a second, evenly; threads share it."""

    def __init__(
        self,
        per_second: float,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap = 1 / per_second
        self._monotonic, self._sleep = monotonic, sleep
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when the next one may go."""
        with self._lock:
            now = self._monotonic()
            turn = max(now, self._next)
            self._next = turn + self._gap
        if turn > now:
            self._sleep(turn - now)


class Dispatcher:
    """Sends what an outbox holds by one carrier, some at a time."""

    def __init__(
        self, carrier: Carrier, outbox: Outbox, limit: CarrierLimit, pace: Pace | None = None
    ) -> None:
        self._carrier = carrier
        self._outbox = outbox
        self._parallel = limit.parallel
        self._pace = pace or Pace(limit.per_second)

    def run(self) -> int:
        """Send until nothing is due: how many the carrier took."""
        storing, down = threading.Lock(), threading.Event()
        with (
            ThreadPoolExecutor(self._parallel, thread_name_prefix=self._carrier.name) as senders,
            ThreadPoolExecutor(LANES) as lanes,
        ):
            running = [lanes.submit(self._lane, senders, storing, down) for _ in range(LANES)]
            return sum(lane.result() for lane in running)

    def _lane(self, senders: ThreadPoolExecutor, storing: threading.Lock, down: threading.Event) -> int:
        """Claim, send, record, until nothing is due or the carrier is down."""
        taken, ends = 0, time.monotonic() + TIME_LIMIT
        while not down.is_set() and time.monotonic() < ends:
            with storing:
                batch, parcels = self._outbox.claim(BATCH)
            if not parcels:
                break
            results = self._sent(senders, parcels, down)
            with storing:
                self._outbox.record(batch, results)
            taken += sum(result.error is None for result in results)
        return taken

    def _sent(
        self, senders: ThreadPoolExecutor, parcels: Sequence[Parcel], down: threading.Event
    ) -> list[Result]:
        """All parcels, each thread taking the next one; after an error that passes nothing more is tried."""
        waiting, lock = iter(parcels), threading.Lock()

        def work() -> list[Result]:
            done: list[Result] = []
            while True:
                with lock:
                    parcel = next(waiting, None)
                if parcel is None:
                    return done
                result = (
                    Result(parcel, error=CarrierDownError("未尝试")) if down.is_set() else self._send(parcel)
                )
                if isinstance(result.error, CarrierDownError):
                    down.set()
                done.append(result)

        workers = [senders.submit(work) for _ in range(min(self._parallel, len(parcels)))]
        return [result for worker in workers for result in worker.result()]

    def _send(self, parcel: Parcel) -> Result:
        self._pace.wait()
        try:
            return Result(parcel, self._carrier.send(parcel))
        except CarrierRefusedError as error:
            return Result(parcel, error=error, permit_gone=self._carrier.refused(parcel, error))
        except CarrierError as error:
            return Result(parcel, error=error)
        except Exception as error:
            # Whatever it was, it may have happened after the message went out.
            log.exception("carrier_failed", carrier=self._carrier.name, delivery=parcel.delivery)
            return Result(parcel, error=CarrierUnclearError(type(error).__name__))


def outcomes(results: Sequence[Result]) -> Iterator[tuple[str, Result]]:
    """(sent | down | refused | unclear, result) for each."""
    for result in results:
        if result.error is None:
            yield "sent", result
        elif isinstance(result.error, CarrierDownError):
            yield "down", result
        elif isinstance(result.error, CarrierRefusedError):
            yield "refused", result
        else:
            yield "unclear", result
