"""What Prometheus reads: how it stands, and nothing of anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from arrears.actions import measuring
from arrears.actions.gate import Gated
from arrears.actions.handing_over import Manner, hand_over_reserved
from arrears.actions.sending import ChannelRun
from arrears.jobs.metrics import OfThisProcess, database_registry
from tests.actions.sending import ACTOR, a_due_contact, a_writing_lender, gate
from tests.actions.test_handing_over import AWAY, NO_ANSWER, Provider
from tests.builders import CAST, NOW
from tests.leaks import pattern_of

pytestmark = pytest.mark.django_db(transaction=True)


def read(text):
    """value by name and labels"""
    families = text_string_to_metric_families(text)
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def scraped():
    return read(generate_latest(database_registry()).decode())


def test_an_operator_sees_what_is_due_what_is_unsure_and_who_is_away():
    lender = a_writing_lender()
    for _ in range(4):
        a_due_contact(lender, channel="email")
    gate("email")
    hand_over_reserved(Provider(NO_ANSWER, AWAY, AWAY), worker="w1", actor=ACTOR)
    a_due_contact(lender, not_before_at=NOW - timedelta(minutes=2), not_after_at=NOW + timedelta(minutes=3))
    a_due_contact(lender)

    seen = scraped()

    assert {name: value for name, value in seen.items() if name[0].startswith("arrears_due")} == {
        ("arrears_due_contacts", "in_app"): 2,
        ("arrears_due_age_seconds", "in_app"): 120,
        ("arrears_due_slack_seconds", "in_app"): 180,
    }
    assert seen["arrears_unsure_attempts",] == 1
    assert seen["arrears_attempts_last_day", "email", "unsure"] == 1
    assert seen["arrears_attempts_last_day", "email", "not_sent"] == 3
    assert seen["arrears_provider_open", "email", "smtp"] == 1
    assert seen["arrears_provider_failures", "email", "smtp"] == 3
    assert seen["arrears_receipts_waiting", "new"] == seen["arrears_inbound_messages", "waiting"] == 0
    assert seen["arrears_days_since_run", str(lender.pk)] == -1
    assert seen["arrears_scrape_failed",] == 0


def test_a_database_that_cannot_be_read_is_a_figure_too(monkeypatch):
    monkeypatch.setattr(measuring, "UNSURE", "SELECT pg_sleep(1)")
    monkeypatch.setattr(measuring, "LONGEST_SECONDS", 0.05)

    assert scraped() == {("arrears_scrape_failed",): 1}


def test_a_process_counts_what_it_decided_and_how_long_providers_took():
    registry = CollectorRegistry()
    process = OfThisProcess(registry)
    lender = a_writing_lender()
    for _ in range(2):
        a_due_contact(lender, channel="email")
    gated = gate("email")
    handed = hand_over_reserved(Provider(), worker="w1", actor=ACTOR, manner=Manner(timed=process.timed))
    process.told(ChannelRun("email", gated + Gated(put_off=3), handed.states))

    seen = read(generate_latest(registry).decode())

    assert seen["arrears_hand_over_seconds_count", "smtp"] == 2
    assert seen["arrears_gate_decisions_total", "cleared", "email"] == 2
    assert seen["arrears_gate_decisions_total", "email", "put_off"] == 3
    assert seen["arrears_handed_over_total", "accepted", "email"] == 2


def test_the_server_answers_this_machine_and_refuses_others_whatever_a_proxy_adds(settings):
    client = Client()
    a_writing_lender()

    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert read(answer.content.decode())["arrears_unsure_attempts",] == 0
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403
    settings.ARREARS_METRICS_FROM = ["192.0.2.0/24"]
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 200
    assert client.post("/metrics").status_code == 405


def test_metrics_are_about_nobody():
    lender = a_writing_lender()
    for who in CAST:
        a_due_contact(lender, who=who)

    assert not pattern_of(CAST).search(generate_latest(database_registry()).decode())
    assert lender.name not in generate_latest(database_registry()).decode()


@pytest.mark.parametrize(
    ("query", "values", "index"),
    [
        (measuring.UNSURE, [], "attempt_unsure"),
        (measuring.RECEIPTS, [], "receipt_result"),
        (measuring.INBOUND, [], "inbound_message_open"),
        (measuring.DAYS_SINCE_RUN, [NOW], "run_of_lender"),
    ],
)
def test_each_question_has_an_index_that_bounds_its_cost(query, values, index):
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        try:
            cursor.execute(f"EXPLAIN {query}", values)
            plan = "\n".join(row[0] for row in cursor.fetchall())
        finally:
            cursor.execute("RESET enable_seqscan")

    assert index in plan
