"""Thirty past days of an invented portfolio lived twice: a strategy beside the current one.

The floor is reading the facts and computing each day's arrears once, without which nothing can
be said of any day.
"""

from __future__ import annotations

import os
import tempfile
from importlib import import_module
from pathlib import Path

from arrears.conf.database import set_up_django
from arrears.conf.postgres.client import leave_server


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="arrears-bench-") as folder:
        home = Path(folder)
        os.environ["ARREARS_HOME"] = str(home)
        os.environ.pop("ARREARS_DATABASE_URL", None)
        set_up_django()
        try:
            import_module("bench.simulating").measure(home)
        finally:
            import_module("django.db").connections.close_all()
            leave_server(home, wait=True)
