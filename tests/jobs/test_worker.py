"""Workers as processes: they do what is due, once, and end what is at hand when they are told to stop."""

from __future__ import annotations

import json
import signal
from collections import Counter
from datetime import timedelta

import pytest

from arrears.channels.smtp.sink_process import SinkProcess
from arrears.store import models
from tests.actions.sending import SAMPLE, a_due_contact, a_writing_lender, states
from tests.builders import MING, NOW, TODAY, a_loan, a_person, a_watermark, an_actor
from tests.chaos.racing import wait_until
from tests.jobs.worker import workers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PATIENCE_SECONDS = 120
"""Two processes have to start, on a machine that may be busy."""


def test_two_workers_beside_each_other_do_everything_once(tmp_path):
    lender = a_writing_lender()
    for n in range(12):
        a_due_contact(lender, channel="email" if n % 2 else "in_app", planned_for_on=TODAY)
    _has_run(lender)
    other = a_writing_lender(name="Other Bank")
    a_loan(other, a_person(other, MING, points=("app_inbox",)), overdue_days=4)
    a_watermark(other, payments_complete_through_on=TODAY - timedelta(days=1))

    with SinkProcess(tmp_path / "record") as sink, workers(sink.url, 2, "--batch", "2") as both:
        wait_until(lambda: states()["sent"] == 13, "everything was sent", seconds=PATIENCE_SECONDS)
        wait_until(lambda: not _unsealed(), "the trail was sealed", seconds=PATIENCE_SECONDS)
        ended = [
            worker.stop(number) for worker, number in zip(both, (signal.SIGTERM, signal.SIGINT), strict=True)
        ]
        taken = sink.taken()

    assert [code for code, _ in ended] == [0, 0]
    for _, said in ended:
        told = [json.loads(line) for line in said.splitlines()]
        events = {line["event"] for line in told}
        assert events > {"clock stands still and is not moved", "at work", "stopping", "stopped"}
        assert [line for line in told if line["level"] != "info"] == []
    assert len(taken) == len({entry["attempt"] for entry in taken}) == 6
    assert states(models.Attempt) == Counter(accepted=6, delivered=7)
    assert Counter(models.Run.objects.values_list("lender", flat=True)) == {lender.pk: 1, other.pk: 1}


def test_a_worker_that_is_stopped_ends_its_sub_batch_and_leaves_nothing_half(tmp_path):
    lender = a_writing_lender()
    addresses = ["silent@x.example", *(f"b{n}@x.example" for n in range(5))]
    for n, address in enumerate(addresses):
        a_due_contact(lender, channel="email", value=address, not_after_at=NOW + timedelta(hours=n + 1))

    with (
        SinkProcess(tmp_path / "record", {"hang": ["silent*"]}) as sink,
        workers(f"{sink.url}?answer_seconds=4", 1, "--batch", "4") as (worker,),
    ):
        wait_until(lambda: len(sink.taken()) == 1, "the first was handed over", seconds=PATIENCE_SECONDS)
        code, _ = worker.stop()

    assert code == 0
    assert states(models.Attempt) == Counter(unsure=1, accepted=3)
    assert states() == Counter(unsure=1, sent=3, planned=2)


def _has_run(lender) -> None:
    """The run that planned its contacts."""
    models.Run.objects.create(
        lender=lender,
        business_on=TODAY,
        known_at=NOW,
        recorded_at=NOW,
        finished_at=NOW,
        actor_id=an_actor(),
        strategy_version=SAMPLE.version,
        law_version="test",
        zones_version="test",
    )


def _unsealed() -> int:
    return models.AuditEntry.objects.count() - models.AuditSealEntry.objects.count()
