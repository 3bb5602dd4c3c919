"""Watches that nothing that is logged is about anybody of the cast, in any test.

What counts is what an operator would find in his logs: the lines of JSON of programs that run on; our
own events as they are; and of libraries what goes to stderr where no handler is set, warnings and worse.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from arrears.conf.logs import OURS, JsonLines

_SHORTEST_NUMBER = 9
_INBOX = "app_inbox"  # names of inboxes are too short to be told from other words


def pattern_of(cast: Iterable[Any]) -> re.Pattern[str]:
    """One pattern for every name, number and address of these people, numbers also as others write them."""
    words: set[str] = set()
    for who in cast:
        words |= {who.name, *(value for kind, value in who.values.items() if kind != _INBOX)}
    numbers = {re.sub(r"\D", "", word).lstrip("0") for word in words}
    words |= {number for number in numbers if len(number) >= _SHORTEST_NUMBER}
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


class Leaks(logging.Handler):
    """Finds what was told of somebody: `found` has (test, logger or program, what)."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        super().__init__(logging.NOTSET)
        self.pattern, self.found = pattern, set[tuple[str, str, str]]()
        self._lines, self._plain = JsonLines(), logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        self.look(record.name, self._lines.format(record))
        if record.name.split(".")[0] == OURS or record.levelno >= logging.WARNING:
            self.look(record.name, self._plain.format(record))

    def look(self, where: str, text: str) -> None:
        for seen in self.pattern.findall(text):
            test = os.environ.get("PYTEST_CURRENT_TEST", "between tests").split(" ")[0]
            self.found.add((test, where, seen))


@contextmanager
def watching(leaks: Leaks) -> Iterator[None]:
    """Every record of every logger, and what children that are waited for said on stderr."""
    root, ours = logging.getLogger(), logging.getLogger(OURS)
    level, communicate = ours.level, subprocess.Popen.communicate

    def communicated(self: Any, *asked: Any, **named: Any) -> Any:
        out, error = communicate(self, *asked, **named)
        if error:
            text = error if isinstance(error, str) else error.decode("utf-8", "replace")
            leaks.look(f"stderr of {self.args!r}"[:120], text)
        return out, error

    root.addHandler(leaks)
    ours.setLevel(logging.INFO)
    subprocess.Popen.communicate = communicated  # type: ignore[method-assign]
    try:
        yield
    finally:
        subprocess.Popen.communicate = communicate  # type: ignore[method-assign]
        ours.setLevel(level)
        root.removeHandler(leaks)
