"""A sender is killed around the answer that a subscription is gone: no half is written, and it is pruned."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from arrears.actions.sweeping import sweep
from arrears.store import models
from tests.actions.pushing import ONLY_DEAD, a_due_push, send
from tests.actions.sending import ACTOR, a_writing_lender, move_clock
from tests.builders import a_contact_point, a_person
from tests.channels.browser import Browser, a_push_url
from tests.channels.scripted_server import scripted_gateway

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

GONE = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"


def killed(url, where, record):
    told = [connection.settings_dict["NAME"], url, f"{where}#1", str(record)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.mortal_push", *told],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        check=False,
    )
    return done.returncode


def outcome():
    """States of the attempts in order, and whether the address is dead."""
    attempts = models.Attempt.objects.order_by("id").values_list("state", flat=True)
    return list(attempts), models.ContactPoint.objects.get().dead_from_at is not None


@pytest.mark.parametrize(
    ("where", "after", "at_last"),
    [
        ("settle: before commit", (["unsure"], False), (["unsure", "refused_by_provider"], True)),
        ("settle: after commit", (["refused_by_provider"], True), (["refused_by_provider"], True)),
    ],
)
def test_a_gone_subscription_is_pruned_whenever_its_sender_dies(where, after, at_last, tmp_path):
    lender = a_writing_lender()
    person = a_person(lender)
    with scripted_gateway(GONE) as service:
        url, key = a_push_url(tmp_path)
        browser = Browser(f"http://127.0.0.1:{service.port}/1", key)
        point = a_contact_point(person, "web_push", value=browser.subscription())
        a_due_push(point)

        died = killed(url, where, tmp_path / "killed")
        move_clock(days=1)
        sweep(actor=ACTOR)
        found = outcome()
        a_due_push(point, not_after_days=3)
        send(url, law=ONLY_DEAD)

    assert (died, (tmp_path / "killed").read_text().splitlines()) == (-9, [where])
    assert (found, outcome()) == (after, at_last)
    assert len(service.heard) == len(at_last[0]), "it is asked once more at most, and never after that"
