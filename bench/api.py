"""Asking the HTTP API: one contact at a time at fifty requests a second, and ten thousand at once.

The server is a process of its own on this machine, with the database beside it. The floor is a
question that cannot be read: token, JSON and answer, without facts or law.
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
            import_module("bench.answering").measure(home)
        finally:
            import_module("django.db").connections.close_all()
            leave_server(home, wait=True)
