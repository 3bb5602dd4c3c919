"""The worker: runs the jobs until it is told to stop, and then ends what is at hand."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable

from procrastinate import App

from arrears.jobs.queue import DEAD_AFTER_SECONDS, HEARTBEAT_SECONDS, THREADS

POLLING_SECONDS = 2.0
logger = logging.getLogger("arrears.worker")


def run_worker(queue: App, stopping: threading.Event, *, is_ready: Callable[[], None]) -> bool:
    """Work until SIGTERM or SIGINT; whether it was told to stop, and did not end by itself.

    `stopping` is set then: sends end with their sub-batch, nights with their batch. Whatever else
    runs comes to its end. Called in the main thread.
    """
    asyncio.run(_run(queue, stopping, is_ready))
    return stopping.is_set()


async def _run(queue: App, stopping: threading.Event, is_ready: Callable[[], None]) -> None:
    async with queue.open_async():
        worker = asyncio.create_task(
            queue.run_worker_async(
                name="arrears",
                concurrency=THREADS,
                install_signal_handlers=False,
                delete_jobs="successful",
                fetch_job_polling_interval=POLLING_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
            )
        )

        def stop() -> None:
            if not stopping.is_set():
                logger.info("stopping")
                stopping.set()
                worker.cancel()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        is_ready()
        try:
            await worker
        except asyncio.CancelledError:
            if not stopping.is_set():
                raise
    logger.info("stopped")
