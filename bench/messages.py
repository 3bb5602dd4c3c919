"""Handing over text messages and e-mail, beside a client that does nothing but speak to the same server."""

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
            import_module("bench.handing").measure(home)
        finally:
            import_module("django.db").connections.close_all()
            leave_server(home, wait=True)
