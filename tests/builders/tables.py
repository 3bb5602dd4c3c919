"""The tables themselves, for tests that fill many rows of them."""

from __future__ import annotations

from django.apps import apps
from django.db import connection


def no_autovacuum() -> None:
    """Keeps autovacuum off every table until the test's transaction ends.

    It sees none of the rows that are not committed yet, and would tell the planner that there are none.
    """
    tables = [model._meta.db_table for model in apps.get_app_config("store").get_models()]
    names = ", ".join(f'"{table}"' for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {names} IN SHARE UPDATE EXCLUSIVE MODE")
