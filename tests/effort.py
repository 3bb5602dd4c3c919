"""How much a test tries: a share of it in every run, all of it in `make deep`."""

from __future__ import annotations

import os

IS_DEEP = bool(os.environ.get("ARREARS_DEEP"))


def effort(quick: int, deep: int) -> int:
    return deep if IS_DEEP else quick
