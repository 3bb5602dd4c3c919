"""What programs that run on tell: one line of JSON per event on stderr, about nobody.

A line has `at`, `level`, `logger` and `event`, and what the event gives as `facts`: ids, counts and
codes. Of an error it has the type, the code and the places in the code, never its message, which may
quote what it failed on. Of libraries it has only that, because nobody knows what their messages quote.
"""

from __future__ import annotations

import functools
import json
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
OURS = "arrears"
_PLACES = 6
logger = logging.getLogger(OURS)


class JsonLines(logging.Formatter):
    """Makes the lines."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"at": at, "level": record.levelname.lower(), "logger": record.name}
        if record.name.split(".")[0] == OURS:
            line |= {"event": record.getMessage(), **getattr(record, "facts", {})}
        else:
            line |= {"event": "library", "place": f"{PurePath(record.pathname).name}:{record.lineno}"}
            if isinstance(job := getattr(record, "job", None), dict):  # of the queue
                line |= {"job": job.get("task_name"), "job_id": job.get("id")}
        if record.exc_info and record.exc_info[1] is not None:
            line |= told(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def told(error: BaseException) -> dict[str, Any]:
    """Type, code and places of an error and of what it came from."""
    frames = traceback.extract_tb(error.__traceback__)[-_PLACES:]
    told_of: dict[str, Any] = {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "places": [f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in frames],
    }
    if isinstance(code := getattr(error, "code", None), str):
        told_of["code"] = code
    if error.__cause__ is not None:
        told_of["cause"] = told(error.__cause__)
    return told_of


def logs_as_json(command: Callable[P, R]) -> Callable[P, R]:
    """Decorates the function of a command that runs on, below `needs_database`.

    What nobody foresaw ends it with code 1 and is one more line. A failure that a person can act on
    is said in words, as by every other command.
    """

    @functools.wraps(command)
    def logged(*args: P.args, **kwargs: P.kwargs) -> R:
        import click

        from arrears.kernel.errors import ArrearsError

        _set_up()
        try:
            return command(*args, **kwargs)
        except (ArrearsError, click.ClickException, click.exceptions.Exit):
            raise
        except Exception:
            logger.critical("crashed", exc_info=True)
            sys.exit(1)

    return logged


def say(event: str, words: str, **facts: object) -> None:
    """Tell how the program itself fares: in words where a person looks on, else as an event."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{words}\n")
    else:
        logger.info(event, extra={"facts": facts})


def _set_up() -> None:
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(JsonLines())
    logging.getLogger().addHandler(lines)
    logger.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    threading.excepthook = _of_a_thread


def _of_a_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        error = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        logger.error("thread ended", exc_info=error)
