"""Metrics in the form that Prometheus reads: of the database as it stands, and of this process.

Labels are channels, providers, states and numbers of lenders; nothing of anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.db import DatabaseError, connections
from prometheus_client import CollectorRegistry, Counter, Histogram, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from arrears.actions.measuring import Standing, measure
from arrears.actions.sending import ChannelRun
from arrears.kernel.errors import ArrearsError

LOOPBACK = "127.0.0.1"
RESULTS = ("cleared", "put_off", "not_permitted", "cancelled", "lapsed")
_SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60)


class OfTheDatabase(Collector):
    """Asks the database at each scrape; says so when it could not."""

    def describe(self) -> Iterable[Metric]:
        """Nothing: or the database would be asked when this is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        could_not = GaugeMetricFamily("arrears_scrape_failed", "1 when the database could not be read.")
        try:
            standing = measure()
        except (DatabaseError, ArrearsError):
            could_not.add_metric([], 1)
            yield could_not
        else:
            could_not.add_metric([], 0)
            yield could_not
            yield from _families(standing)


class OfThisProcess:
    """What this process has done since it began."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._hand_over = Histogram(
            "arrears_hand_over_seconds",
            "How long a provider took to answer for one contact.",
            ["provider"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._decided = Counter(
            "arrears_gate_decisions",
            "Planned contacts decided by the gate.",
            ["channel", "result"],
            registry=registry,
        )
        self._ended = Counter(
            "arrears_handed_over",
            "Attempts handed over, by the state they ended in.",
            ["channel", "state"],
            registry=registry,
        )

    def timed(self, provider: str, seconds: float) -> None:
        """One contact was answered for."""
        self._hand_over.labels(provider).observe(seconds)

    def told(self, run: ChannelRun) -> None:
        """One batch came to this."""
        for result in RESULTS:
            self._decided.labels(run.channel, result).inc(getattr(run.gated, result))
        for state, number in run.states.items():
            self._ended.labels(run.channel, state).inc(number)


def database_registry() -> CollectorRegistry:
    """A registry with the figures of the database."""
    registry = CollectorRegistry()
    registry.register(OfTheDatabase())
    return registry


def serve_metrics(registry: CollectorRegistry, port: int) -> int:
    """Answer scrapes on this machine, in a thread of its own; the port, which may have been 0."""
    answer = make_wsgi_app(registry)

    def application(environ: Any, start_response: Any) -> Any:
        try:
            return answer(environ, start_response)
        finally:
            connections.close_all()

    server = make_server(LOOPBACK, port, application, handler_class=_Silent)
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server.server_port


class _Silent(WSGIRequestHandler):
    def log_message(self, *_told: Any) -> None:
        """Nothing is logged of scrapes."""


def _families(standing: Standing) -> Iterator[Metric]:
    yield _gauge(
        "due_contacts",
        "Planned contacts that are due.",
        ["channel"],
        {(due.channel,): due.contacts for due in standing.due},
    )
    since = {(due.channel,): due.since_at for due in standing.due if due.since_at}
    yield _gauge(
        "due_age_seconds",
        "How long the oldest due contact has been due.",
        ["channel"],
        {channel: (standing.at - at).total_seconds() for channel, at in since.items()},
    )
    yield _gauge(
        "due_slack_seconds",
        "How long the most urgent due contact is still permitted.",
        ["channel"],
        {
            (due.channel,): (due.ends_first_at - standing.at).total_seconds()
            for due in standing.due
            if due.ends_first_at
        },
    )
    yield _gauge(
        "attempts_last_day", "Attempts of the last 24 hours.", ["channel", "state"], standing.attempts
    )
    yield _gauge("unsure_attempts", "Attempts that may or may not have arrived.", [], {(): standing.unsure})
    named = [((each.channel, each.provider), each) for each in standing.providers]
    yield _gauge(
        "provider_open",
        "1 while a provider is left alone because too much failed.",
        ["channel", "provider"],
        {of: int(each.opened_at is not None) for of, each in named},
    )
    yield _gauge(
        "provider_failures",
        "Failures of a provider in a row.",
        ["channel", "provider"],
        {of: each.failures for of, each in named},
    )
    waiting = {(state,): standing.receipts.get(state, 0) for state in ("new", "unmatched")}
    yield _gauge("receipts_waiting", "Receipts not understood, or of nothing of ours.", ["state"], waiting)
    inbound = {(state,): standing.inbound.get(state, 0) for state in ("new", "waiting")}
    yield _gauge("inbound_messages", "Messages not understood, or waiting for a person.", ["state"], inbound)
    yield _gauge(
        "days_since_run",
        "Days since the last business day that was planned; -1: none was.",
        ["lender"],
        {(str(lender),): -1 if days is None else days for lender, days in standing.days_since_run.items()},
    )


def _gauge(name: str, about: str, labels: list[str], values: Mapping[Any, float]) -> Metric:
    """`values` by the labels' values."""
    family = GaugeMetricFamily(f"arrears_{name}", about, labels=labels)
    for named, value in values.items():
        family.add_metric(list(named), value)
    return family
