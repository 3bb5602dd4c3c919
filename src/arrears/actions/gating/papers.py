"""What a letter needs besides its text: for whom and where it is, and what stands on it of its sender."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from arrears.channels.base import Paper
from arrears.rulepacks.whereabouts import country_of_zone
from arrears.store.crypto import keyring
from arrears.store.personal import details_of


def papers_of(attempts: Sequence[int]) -> dict[int, Paper]:
    """What stands on the letters of these attempts.

    The name is empty where none is on file. The country of an address is the one it was recorded
    with, as its time zone tells it; that of its lender where it tells none.
    """
    if not attempts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_PAPERS, [list(attempts)])
        rows = cursor.fetchall()
    details = details_of(keyring(), [row[1] for row in rows])
    return {
        attempt: Paper(
            notice=notice,
            recipient=str(details.get(person, {}).get("name", "")),
            country=country_of_zone(zones or "") or country,
            from_country=country,
            return_line=postal_address or "",
            ask_through=ask_through or "",
            check_through=check_through or "",
            on=on,
        )
        for attempt, person, notice, on, zones, country, postal_address, ask_through, check_through in rows
    }


_PAPERS = """
SELECT attempt.id, attempt.person_id, attempt.notice, (attempt.at AT TIME ZONE lender.zone)::date,
       point.zones, lender.country, lender.postal_address, lender.ask_through, lender.check_through
  FROM attempt
  JOIN organisation AS lender ON lender.id = attempt.lender_id
  JOIN contact_point AS point ON point.id = attempt.contact_point_id
 WHERE attempt.id = ANY(%s)
"""
