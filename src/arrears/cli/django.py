"""Django, set up only by the commands that need it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def needs_database(command: Callable[P, R]) -> Callable[P, R]:
    """Decorates a command's function, below its options: Django is ready when its body runs.

    The body imports what it needs from `arrears.actions` and `arrears.store` itself.
    """

    @functools.wraps(command)
    def prepared(*args: P.args, **kwargs: P.kwargs) -> R:
        from arrears.conf.database import set_up_django

        set_up_django()
        return command(*args, **kwargs)

    return prepared
