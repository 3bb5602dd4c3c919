"""What there is to do now: channels with contacts to send, lenders whose day has to be planned."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from arrears.actions.days import TODAY_OF_LENDER


class DueChannel(NamedTuple):
    """A channel with contacts that are due or reserved; `ends_first_at` is when the first is too late.

    `contacts` are due, the longest since `since_at`; both instants are None when some are only reserved.
    """

    channel: str
    contacts: int
    since_at: datetime | None
    ends_first_at: datetime | None


def list_due_channels(*, at: datetime) -> list[DueChannel]:
    """Channels with something to send, the one whose first contact ends soonest before all."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANNELS, {"at": at})
        return [DueChannel(*row) for row in cursor.fetchall()]


class DueNight(NamedTuple):
    """A lender and the business day that it has begun and not planned."""

    lender: int
    on: date


def list_due_nights(*, at: datetime) -> list[DueNight]:
    """Lenders with loans whose day has begun, whose books are complete to the day before, and is not run."""
    with connection.cursor() as cursor:
        cursor.execute(_NIGHTS, {"at": at})
        return [DueNight(*row) for row in cursor.fetchall()]


_CHANNELS = """
SELECT channel, sum(contacts)::int, min(since_at), min(ends_first_at) FROM (
    SELECT channel, count(*) AS contacts, min(not_before_at) AS since_at, min(not_after_at) AS ends_first_at
      FROM planned_contact WHERE state = 'planned' AND not_before_at <= %(at)s GROUP BY channel
    UNION ALL
    SELECT DISTINCT channel, 0, NULL::timestamptz, NULL::timestamptz FROM attempt
     WHERE state = 'reserved' AND origin = 'gate'
    ) AS found
 GROUP BY channel ORDER BY min(ends_first_at), channel
"""

_NIGHTS = f"""
SELECT lender.id, day.today
  FROM organisation AS lender, LATERAL (SELECT {TODAY_OF_LENDER.replace("%s", "%(at)s")} AS today) AS day
 WHERE lender.kind = 'lender'
   AND EXISTS (SELECT FROM loan WHERE lender_id = lender.id)
   AND (SELECT payments_complete_through_on FROM watermark
         WHERE lender_id = lender.id AND payments_complete_through_on IS NOT NULL AND recorded_at <= %(at)s
         ORDER BY recorded_at DESC, id DESC LIMIT 1) >= day.today - 1
   AND NOT EXISTS (SELECT FROM run WHERE lender_id = lender.id AND business_on >= day.today
                      AND finished_at IS NOT NULL)
 ORDER BY lender.id
"""  # noqa: S608 - made of fixed parts
