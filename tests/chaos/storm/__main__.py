"""`python -m tests.chaos.storm`: days of a lender whose programs are killed and whose providers misbehave.

    --seed N         draws every choice (default: one that is printed)
    --minutes M      how long it goes on, about; 0 is the shortest
    --keep           leave the folder, and say where it is

Exit code 1 when a promise was broken, or a command failed by itself. The choices are drawn in one
order from the seed; how far a program had come when it was killed is up to the machine.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.storm")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--keep", action="store_true")
    told = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="arrears-storm-"))
    os.environ["ARREARS_HOME"] = str(home)
    os.environ.pop("ARREARS_DATABASE_URL", None)
    sys.stdout.write(f"seed {told.seed}, {told.minutes} minutes, in {home}\n")
    sys.stdout.flush()
    try:
        code = _lived(home, told.seed, told.minutes)
    finally:
        _leave(home)
        if not told.keep:
            shutil.rmtree(home, ignore_errors=True)
    sys.exit(code)


def _lived(home: Path, seed: int, minutes: float) -> int:
    from arrears.conf.database import set_up_django

    set_up_django()
    from tests.chaos.storm.weather import Storm, weather_for

    return Storm(home, seed, weather_for(minutes)).live()


def _leave(home: Path) -> None:
    from django.db import connection

    from arrears.conf.postgres.client import leave_server

    connection.close()
    leave_server(home, wait=True)


if __name__ == "__main__":
    main()
