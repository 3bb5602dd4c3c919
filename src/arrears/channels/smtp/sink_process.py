"""Starts a mail sink as a process of its own, and stops it with the program that started it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from arrears.channels.smtp.sink import read_record
from arrears.kernel.errors import Misconfigured


class SinkProcess:
    """A running sink: `url` is what ARREARS_SMTP_URL takes, `taken()` what it has recorded.

    `conduct` maps refuse, defer, reject, drop, lose, hang to shell patterns over addresses.
    """

    def __init__(
        self, record: Path, conduct: Mapping[str, Sequence[str]] | None = None, *, keeps_content: bool = False
    ) -> None:
        self.record = record
        flags = [f"--{name}={pattern}" for name, patterns in (conduct or {}).items() for pattern in patterns]
        content = ["--keep-content"] if keeps_content else []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "arrears.channels.smtp.sink", "--record", str(record), *flags, *content],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = self._ready_port()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def taken(self) -> list[dict[str, object]]:
        """One entry per message it took, in order; see `sink` for its fields."""
        return read_record(self.record)

    def stop(self) -> None:
        """End it and wait until it has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _ready_port(self) -> int:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith("listening on "):
            self.stop()
            raise Misconfigured(
                "sink.not_started", "The mail sink did not start.", hint="See its message above."
            )
        return int(line.rsplit(" ", 1)[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
