"""Parts planned by processes of this machine: one part at a time each, in any order.

The workers read files and write files; they know no database. A worker that dies takes nothing
along but the part in its hands, which the error names. Workers end when whoever started them does.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from arrears.engines.files import stay_in, wait_until_left
from arrears.engines.manifests import Snapshot, name_of
from arrears.engines.results import Question, find_result, plan_part, sweep_aside, unfinished
from arrears.kernel.errors import ArrearsError, BadInput, NotPossible
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.strategy import Strategy

Advance = Callable[[int], None]
"""Told of so many more loans planned."""


@dataclass(frozen=True, slots=True)
class Night:
    """What the workers are told once: where to read and write, and what to ask."""

    snapshot: Snapshot
    folder: Path
    question: Question
    law: Law
    strategy: Strategy

    def plan(self, number: int) -> None:
        """Plan one part from facts that are as the snapshot's manifest says."""
        self.snapshot.check(number)
        part = self.snapshot.folder / name_of(number)
        plan_part(part, number, self.question, law=self.law, strategy=self.strategy, folder=self.folder)


def plan_parts(night: Night, *, workers: int, advance: Advance = lambda _loans: None) -> None:
    """Plan every part that has no whole result yet, by `workers` processes.

    Raises NotPossible when a worker was killed, and what a worker raised; either way the parts
    finished stay, and to call this again plans the rest.
    """
    assert workers >= 1, workers
    wait_until_left(night.folder)  # by workers whose run was killed: they end with the part in hand
    sweep_aside(night.folder)
    parts = night.snapshot.parts
    open_parts = list(unfinished(night.folder, night.question, len(parts)))
    advance(night.snapshot.loans - sum(parts[number].loans for number in open_parts))
    if not open_parts:
        return
    with _workers(night, min(workers, len(open_parts))) as started:
        for number in _planned(started, open_parts):
            advance(parts[number].loans)
    left = [n for n in open_parts if find_result(night.folder, night.question, n) is None]
    if left:
        raise _changed_by_others(night.folder / name_of(left[0]))


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    number: int = -1  # the part in its hands

    def give(self, number: int) -> None:
        self.number = number
        with suppress(BrokenPipeError):  # it has died, which is noticed where it is waited for
            self.pipe.send(number)


@contextmanager
def _workers(night: Night, count: int) -> Iterator[list[_Worker]]:
    """So many processes that wait for numbers of parts; none is left when the block ends."""
    started: list[_Worker] = []
    try:
        with _one_thread_each():
            for _ in range(count):
                started.append(_start(night))
        yield started
    finally:
        for worker in started:
            worker.process.kill()
            worker.process.join()
            worker.pipe.close()


def _start(night: Night) -> _Worker:
    # Spawned, not forked: a fork would carry along the caller's connections, locks and threads.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, night), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """The libraries of the workers keep to one thread: the processes are what fills the machine."""
    before = os.environ.get(_THREADS)
    os.environ[_THREADS] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_THREADS]
        else:
            os.environ[_THREADS] = before


_THREADS = "POLARS_MAX_THREADS"


def _planned(workers: Sequence[_Worker], numbers: Sequence[int]) -> Iterator[int]:
    """Hand out the parts, and give each number back when its part is finished."""
    waiting = iter(numbers)
    at_work = {worker.pipe: worker for worker in workers}
    for worker in workers:
        worker.give(next(waiting))
    while at_work:
        for pipe in wait(list(at_work)):
            assert isinstance(pipe, Connection)
            worker = at_work[pipe]
            done = worker.number
            _raise_what_went_wrong(worker)
            following = next(waiting, None)
            if following is None:
                del at_work[pipe]
            else:
                worker.give(following)
            yield done


def _raise_what_went_wrong(worker: _Worker) -> None:
    try:
        failure = worker.pipe.recv()
    except (EOFError, ConnectionError):
        worker.process.join()
        raise _died(worker) from None
    if failure is not None:
        raise failure.as_error()


@dataclass(frozen=True, slots=True)
class _Failure:
    """What went wrong in a worker: an error whose parts travel between processes as it would not."""

    kind: type[Exception]
    told: tuple[object, ...]
    named: Mapping[str, Any]

    @classmethod
    def of(cls, error: Exception) -> _Failure:
        if isinstance(error, ArrearsError):
            return cls(type(error), (error.code, error.what), {"hint": error.hint, **error.facts})
        if isinstance(error, OSError):
            return cls(OSError, (error.errno, error.strerror or str(error), error.filename), {})
        return cls(RuntimeError, (f"{type(error).__name__}: {error}",), {})

    def as_error(self) -> Exception:
        return self.kind(*self.told, **self.named)


def _died(worker: _Worker) -> NotPossible:
    code = worker.process.exitcode
    how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with code {code}"
    return NotPossible(
        "night.worker_died",
        f"The worker that planned part {name_of(worker.number)} {how}.",
        hint="Finished parts are kept: run the day again, with fewer --workers if memory was short.",
        part=worker.number,
        exit_code=code,
    )


def _changed_by_others(part: Path) -> BadInput:
    return BadInput(
        "night.changed",
        f"{part}: the part was planned, and its files have been changed or removed since.",
        hint="Leave the folder to this run, and run the day again.",
        file=str(part),
    )


def _work(pipe: Connection, night: Night) -> None:
    """The life of a worker: a number comes in, the part is planned, None or what failed goes out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the keyboard interrupts whoever started it
    stay_in(night.folder)
    while True:
        try:
            number = pipe.recv()
        except EOFError:
            return
        pipe.send(_planned_or_failed(night, number))


def _planned_or_failed(night: Night, number: int) -> _Failure | None:
    try:
        night.plan(number)
    except Exception as error:  # noqa: BLE001 - whoever started the worker raises it
        return _Failure.of(error)
    return None
