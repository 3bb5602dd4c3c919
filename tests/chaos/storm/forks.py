"""The driver's side of `forking`: commands that run, are killed, and end."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 240
"""For a command that others slow down; what is really stuck says where (`ended`)."""


class Forks:
    """`ends` counts the ends of commands by their name and exit code."""

    def __init__(self, log: Path, env: dict[str, str]) -> None:
        self.log, self.ends = log, Counter[tuple[str, int]]()
        self._began: dict[int, float] = {}
        self._took = deque([0.5], maxlen=9)
        self._codes: dict[int, int] = {}
        self._argv: dict[int, list[str]] = {}
        self._changed, self._telling = threading.Condition(), threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.storm.forking", str(log)],
            cwd=Path(__file__).parents[3],
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == {"ready": True}
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def start(self, *argv: str, wrong: str = "") -> int:
        number = len(self._argv)
        self._argv[number] = list(argv)
        self._began[number] = time.monotonic()
        self._tell({"run": number, "argv": list(argv), "wrong": wrong})
        return number

    @property
    def usual_seconds(self) -> float:
        """How long a sender took of late that nobody killed."""
        return statistics.median(self._took)

    def kill(self, number: int) -> None:
        self._tell({"kill": number})

    def freeze(self, number: int) -> None:
        self._tell({"freeze": number})

    def thaw(self, number: int) -> None:
        self._tell({"thaw": number})

    def wait(self, number: int, seconds: float = PATIENCE_SECONDS) -> int | None:
        """Its exit code once it has ended; None when it has not after so long."""
        with self._changed:
            self._changed.wait_for(lambda: number in self._codes, seconds)
            return self._codes.get(number)

    def ended(self, number: int) -> int:
        """Its exit code, waited for. One that does not end says in the log where it stands."""
        if (code := self.wait(number)) is None:
            self._tell({"ask": number})
            time.sleep(1)
            raise AssertionError(
                f"{self._argv[number]} is stuck:\n{self.log.read_text(errors='replace')[-6000:]}"
            )
        return code

    def run(self, *argv: str, wrong: str = "") -> int:
        return self.ended(self.start(*argv, wrong=wrong))

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(PATIENCE_SECONDS) == 0
        self._thread.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def failures(self) -> list[str]:
        """The last words of every command that failed by itself."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return [
            f"{line[2:]}: {lines[n - 2] if n > 1 else ''} {lines[n - 1]}"
            for n, line in enumerate(lines)
            if line.startswith("# ")
        ]

    def _listen(self) -> None:
        while (said := self._line()) is not None:
            with self._changed:
                self._codes[said["ended"]] = said["code"]
                self.ends[self._argv[said["ended"]][0], said["code"]] += 1
                if self._argv[said["ended"]][0] == "send" and said["code"] == 0:
                    self._took.append(time.monotonic() - self._began[said["ended"]])
                self._changed.notify_all()

    def _line(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line else None

    def _tell(self, what: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        with self._telling:
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()
