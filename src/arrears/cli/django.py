"""Django, set up only by the commands that need it."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def set_up_django() -> None:
    """Load the settings and the tables' classes. Call it before importing anything below `arrears.store`."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = (
        "arrears.conf.settings"  # not whatever the shell had for another project
    )
    django.setup()


def needs_database(command: Callable[P, R]) -> Callable[P, R]:
    """Decorates a command's function (below the options): Django is ready when its body runs.

    The body imports what it needs from `arrears.actions` and `arrears.store` itself.
    """

    @functools.wraps(command)
    def prepared(*args: P.args, **kwargs: P.kwargs) -> R:
        set_up_django()
        return command(*args, **kwargs)

    return prepared
