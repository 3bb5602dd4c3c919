"""The coming ninety days of one borrower with something supposed, and of one with very many loans.

The floor is reading the borrower's facts, without which nothing can be said.
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
            import_module("bench.foretelling").measure(home)
        finally:
            import_module("django.db").connections.close_all()
            leave_server(home, wait=True)
