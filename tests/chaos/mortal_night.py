"""A run of a day in parts that is killed where it is told to be: the real one, with a fuse in it.

    python -m tests.chaos.mortal_night DATABASE FOLDER LENDER WHERE

WHERE is `stage n`: after the n-th part was exported, planned or loaded; `manifest`, before the
snapshot's manifest gets its name; `worker n`, with the files of part n written and not named; or
`rows n`, after the n-th COPY into the database.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arrears.conf.database import set_up_django

set_up_django()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from arrears.actions import decisions, nights, planning  # noqa: E402
from arrears.engines import local, manifests, results  # noqa: E402
from arrears.rulepacks import load_law  # noqa: E402
from arrears.strategies import load_strategy  # noqa: E402
from tests.actions.lives import morning_of  # noqa: E402
from tests.builders import TODAY  # noqa: E402


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Fuse:
    """Burns down with the events of one name, and kills this process at the end."""

    def __init__(self, where: str) -> None:
        self.name, _, count = where.partition(" ")
        self.left = int(count or 1)

    def burn(self, name: str) -> None:
        self.left -= name == self.name
        if self.left == 0:
            die()

    def after(self, owner: Any, function: str, name: str) -> None:
        wrapped = getattr(owner, function)

        def fused(*args: Any, **named: Any) -> Any:
            result = wrapped(*args, **named)
            self.burn(name)
            return result

        setattr(owner, function, fused)

    def tell(self, stage: str, loans: int, _total: int) -> None:
        if loans:
            self.burn(stage)


@dataclass(frozen=True)
class MortalNight(local.Night):
    """The worker that plans this part dies before the part gets its name."""

    deadly: int = -1

    def plan(self, number: int) -> None:
        if number == self.deadly:
            results.write_document = die
        super().plan(number)


def main() -> None:
    database, folder, lender, where = sys.argv[1:]
    settings.DATABASES["default"]["NAME"] = database
    connection.settings_dict["NAME"] = database
    fuse = Fuse(where)
    for module in (decisions, planning):
        fuse.after(module, "copy_rows", "rows")
    if where == "manifest":
        manifests.write_document = die
    if fuse.name == "worker":
        deadly = fuse.left
        nights.Night = lambda *told: MortalNight(*told, deadly=deadly)
    nights.run_night(
        lender=int(lender),
        on=TODAY,
        strategy=load_strategy("sample"),
        law=load_law(),
        parts=nights.InParts(1, Path(folder), 2),
        actor="program:test",
        at=morning_of(TODAY),
        progress=fuse.tell,
    )


if __name__ == "__main__":
    main()
