"""The queue itself: its tables, its jobs, and what a worker that is gone leaves in it."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from arrears.actions.handing_over import Manner
from arrears.channels.registry import Servers
from arrears.jobs.queue import DEAD_AFTER_SECONDS, Jobs, open_queue
from arrears.jobs.working import Workshop
from arrears.kernel.errors import Misconfigured
from arrears.store import queue as tables
from arrears.store.queue import bring_queue_up
from tests.actions.sending import a_due_contact, a_writing_lender
from tests.builders import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def queue():
    """The queue of a worker, with its tables, which are empty again afterwards."""
    bring_queue_up()
    yield open_queue(Workshop(Servers(), Path("unused"), 500, Manner()))
    run("DELETE FROM procrastinate_jobs")
    run("DELETE FROM procrastinate_workers")


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def do(queue, *jobs):
    """Run jobs by name, one after another, and nothing that they queue."""

    async def all_of_them():
        async with queue.open_async():
            for name in jobs:
                await queue.tasks[name].func(timestamp=0)

    asyncio.run(all_of_them())


def waiting():
    found = run("SELECT task_name, args, queueing_lock FROM procrastinate_jobs ORDER BY priority DESC, id")
    return [(name, json.loads(args), lock) for name, args, lock in found]


def test_to_look_twice_queues_a_batch_once_the_most_urgent_first_and_names_nobody(queue):
    lender = a_writing_lender()
    for channel, hours in (("in_app", 3), ("email", 2), ("in_app", 1)):
        a_due_contact(lender, channel=channel, not_after_at=NOW + timedelta(hours=hours))

    do(queue, "look", "look")

    channels = [(name, args["channel"], lock) for name, args, lock in waiting() if name == "send"]
    assert channels == [("send", "in_app", "send:in_app"), ("send", "email", "send:email")]
    assert [set(args) for _, args, _ in waiting()] == [{"channel"}, {"channel"}, {"lender", "on"}]


def test_jobs_of_a_worker_that_is_gone_hold_nothing_up(queue):
    a_due_contact(a_writing_lender())
    do(queue, "look")
    beat = "now() - make_interval(secs => %s)"
    (gone,) = run(
        f"INSERT INTO procrastinate_workers (last_heartbeat) VALUES ({beat}) RETURNING id",
        DEAD_AFTER_SECONDS + 1,
    )
    run("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", *gone)

    do(queue, "recover", "look")

    assert run("SELECT status FROM procrastinate_jobs WHERE task_name = 'send'") == [("todo",)]


def test_every_job_has_its_method_and_says_what_it_does(queue):
    ours = {name for name in queue.tasks if not name.startswith(("builtin", "procrastinate"))}

    assert ours == {name for name in vars(Jobs) if not name.startswith("_")}
    assert all(getattr(Jobs, name).__doc__ for name in ours)


def test_the_tables_of_an_earlier_version_are_brought_up_by_what_came_since(queue):
    newest = run("SELECT obj_description('procrastinate_jobs'::regclass, 'pg_class')")

    assert tables._statements("3.4.0") == []
    assert len(tables._statements("3.2.0")) == 3  # one file of 3.3.0, two of 3.4.0
    run("COMMENT ON TABLE procrastinate_jobs IS 'The queue of background jobs, procrastinate 3.4.0'")
    bring_queue_up()
    assert run("SELECT obj_description('procrastinate_jobs'::regclass, 'pg_class')") == newest


def test_a_queue_that_is_not_ours_is_left_alone(queue):
    (about,) = run("SELECT obj_description('procrastinate_jobs'::regclass, 'pg_class')")
    run("COMMENT ON TABLE procrastinate_jobs IS NULL")

    with pytest.raises(Misconfigured) as raised:
        bring_queue_up()

    assert raised.value.code == "queue.of_another"
    run(f"COMMENT ON TABLE procrastinate_jobs IS '{about[0]}'")
