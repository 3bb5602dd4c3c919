"""The jobs of a worker and when they are queued.

    look      every ten seconds: queues a `send` for each channel with something due, the one whose
              first contact ends soonest before all, and a `night` for each lender whose day can be planned
    settle, seal, keep_house, recover    by the clock

A job is a batch or a stage, never a contact; its arguments are ids. Each has a queueing lock, so that
it waits in the queue once, and a lock, so that of one channel or one lender one runs at a time,
whoever runs it. All of them may be lost: the next look finds the work again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any, TypeVar

from django.db import connections
from procrastinate import App, PsycopgConnector, exceptions
from procrastinate.jobs import Status

from arrears.jobs import working
from arrears.jobs.working import Workshop, quietly

T = TypeVar("T")
THREADS = 12
"""Jobs of one worker at a time: every channel, some nights, and what goes by the clock."""

HEARTBEAT_SECONDS, DEAD_AFTER_SECONDS = 5, 30
KEPT_HOURS = 72
"""So long jobs that failed stay in the queue's table, for a person to look at."""

FIRST, SOON, USUAL, LATER = 1_000_000, 500_000, 0, -1_000_000

BY_THE_CLOCK = {
    "look": ("* * * * * */10", FIRST),
    "recover": ("* * * * * */15", FIRST),
    "settle": ("* * * * * */20", USUAL),
    "seal": ("* * * * * */10", USUAL),
    "keep_house": ("*/10 * * * *", USUAL),
}
"""When jobs are queued by themselves (the sixth field are seconds), and their priority."""


def open_queue(workshop: Workshop) -> App:
    """An app with every job of arrears, on the database of the settings. Open it before use."""
    app = App(connector=PsycopgConnector(kwargs=_parameters(), min_size=1, max_size=4))
    jobs = Jobs(workshop, app)
    app.task(name="send")(jobs.send)
    app.task(name="night")(jobs.night)
    for name, (cron, priority) in BY_THE_CLOCK.items():
        task = app.task(name=name, lock=name, queueing_lock=name, priority=priority)(getattr(jobs, name))
        app.periodic(cron=cron)(task)
    return app


class Jobs:
    """One method for each job. Those by the clock are told for which time they were queued."""

    def __init__(self, workshop: Workshop, app: App) -> None:
        self._workshop, self._app = workshop, app
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="job")

    async def look(self, **_when: int) -> None:
        """Queue what there is to do."""
        found = await self._do(working.look, job="look")
        channels, nights = found or ([], [])
        for rank, due in enumerate(channels):
            await self._put("send", f"send:{due.channel}", SOON - rank, channel=due.channel)
        for night in nights:
            lock = f"night:{night.lender}"
            await self._put("night", lock, LATER, lender=night.lender, on=night.on.isoformat())

    async def send(self, channel: str) -> None:
        """One batch of a channel; the next one queues up behind the other channels."""
        batch = partial(working.send_batch, self._workshop, channel)
        is_more = await self._do(batch, job="send", channel=channel)
        if is_more and not self._workshop.manner.is_stopping():
            await self._put("send", f"send:{channel}", SOON - 100, channel=channel)

    async def night(self, lender: int, on: str) -> None:
        """The plan of one lender's business day."""
        plan = partial(working.run_night, self._workshop, lender, date.fromisoformat(on))
        await self._do(plan, job="night", lender=lender)

    async def settle(self, **_when: int) -> None:
        """What nobody settles otherwise: leases, windows, receipts, what people wrote."""
        await self._do(working.settle, job="settle")

    async def seal(self, **_when: int) -> None:
        """The audit trail into its chain."""
        await self._do(partial(working.seal, self._workshop), job="seal")

    async def keep_house(self, **_when: int) -> None:
        """Partitions of the months, and old rows of the queue itself."""
        await self._do(working.keep_house, job="keep_house")
        await self._app.job_manager.delete_old_jobs(
            nb_hours=KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )

    async def recover(self, **_when: int) -> None:
        """Let go of the jobs of workers that are gone: their locks would be held for ever."""
        manager = self._app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
            await manager.finish_job(job, Status.FAILED, delete_job=True)

    async def _do(self, work: Callable[[], T], /, **ids: object) -> T | None:
        """Run it in a thread, with a connection of its own."""
        whole = partial(_with_connection, partial(quietly, work, **ids))
        result: T | None = await asyncio.get_running_loop().run_in_executor(self._threads, whole)
        return result

    async def _put(self, name: str, lock: str, priority: int, **arguments: Any) -> None:
        """Queue a job, unless the same one waits already."""
        job = self._app.configure_task(name, lock=lock, queueing_lock=lock, priority=priority)
        try:
            await job.defer_async(**arguments)
        except exceptions.AlreadyEnqueued:
            return


def _with_connection(job: Callable[[], T]) -> T:
    """With a connection that is closed again: threads outlive jobs, and may be idle for a day."""
    try:
        return job()
    finally:
        connections.close_all()


def _parameters() -> dict[str, Any]:
    """How to connect to the database of the settings, past Django's own cursors."""
    found = connections["default"].get_connection_params()
    return {name: value for name, value in found.items() if name not in ("cursor_factory", "context")}
