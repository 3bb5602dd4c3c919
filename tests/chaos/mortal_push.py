"""A sender of notifications that is killed where it is told to be.

python -m tests.chaos.mortal_push DATABASE PUSH_URL WHERE RECORD
"""

from __future__ import annotations

import sys
from pathlib import Path

from arrears.conf.database import set_up_django

set_up_django()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from arrears.actions import handing_over  # noqa: E402
from arrears.channels.asking import Server  # noqa: E402
from tests.actions.pushing import ONLY_DEAD, send  # noqa: E402
from tests.chaos.mortal_sender import Fuse  # noqa: E402

if __name__ == "__main__":
    database, url, where, record = sys.argv[1:]
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = database
    fuse = Fuse(where, Path(record))
    fuse.around(connection, "_commit", "commit")
    fuse.around(Server, "asked", "answer")
    fuse.within(handing_over, "_settle", "settle")
    send(url, law=ONLY_DEAD)
