"""How it stands, in figures: read when somebody asks, at a cost that what is done with does not raise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from arrears.actions.breakers import list_providers
from arrears.actions.days import TODAY_OF_LENDER
from arrears.actions.due_work import DueChannel, list_due_channels
from arrears.store import clock
from arrears.store.models import ProviderState

LONGEST_SECONDS = 2
"""No one question to the database may take longer."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stood at `at`.

    attempts         (channel, state) -> attempts of the last 24 hours
    unsure           attempts that may or may not have arrived, however old
    receipts         state -> receipts that wait: new, or unmatched so far
    inbound          state -> messages from people: new, or waiting for a person
    days_since_run   lender -> days from its last planned business day to today; None: never planned
    """

    at: datetime
    due: list[DueChannel]
    attempts: dict[tuple[str, str], int]
    unsure: int
    providers: list[ProviderState]
    receipts: dict[str, int]
    inbound: dict[str, int]
    days_since_run: dict[int, int | None]


def measure() -> Standing:
    """Read every figure. Raises OperationalError when the database takes too long."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{LONGEST_SECONDS}s"])
        at = clock.now()
        return Standing(
            at=at,
            due=list_due_channels(at=at),
            attempts={(row[0], row[1]): row[2] for row in _rows(ATTEMPTS, at - timedelta(days=1), at)},
            unsure=_rows(UNSURE)[0][0],
            providers=list_providers(),
            receipts=dict(_rows(RECEIPTS)),
            inbound=dict(_rows(INBOUND)),
            days_since_run=dict(_rows(DAYS_SINCE_RUN, at)),
        )


def _rows(query: str, *values: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return list(cursor.fetchall())


ATTEMPTS = "SELECT channel, state, count(*) FROM attempt WHERE at > %s AND at <= %s GROUP BY channel, state"
UNSURE = "SELECT count(*) FROM attempt WHERE state = 'unsure'"
RECEIPTS = """
SELECT state, count(*) FROM receipt_result WHERE state IN ('new', 'unmatched') GROUP BY state
"""
INBOUND = "SELECT state, count(*) FROM inbound_message WHERE state IN ('new', 'waiting') GROUP BY state"
DAYS_SINCE_RUN = f"""
SELECT lender.id, {TODAY_OF_LENDER} - (SELECT business_on FROM run
                                        WHERE lender_id = lender.id AND finished_at IS NOT NULL
                                        ORDER BY business_on DESC LIMIT 1)
  FROM organisation AS lender
 WHERE lender.kind = 'lender' AND EXISTS (SELECT FROM loan WHERE lender_id = lender.id)
"""  # noqa: S608 - made of fixed parts
