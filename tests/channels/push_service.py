"""A push service of our own: web-push-testing, which checks signatures and opens messages as browsers do.

It is a package of npm (requirements/node), started by node on a free port of this machine; where one of these
is missing the tests that need it are skipped with that name.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.channels.kannel import free_port, wait_for

NODE = shutil.which("node")
PACKAGE = Path(sys.prefix) / "node" / "node_modules" / "web-push-testing"
needs_push_service = pytest.mark.skipif(
    not (NODE and PACKAGE.exists()), reason="needs node and the npm package web-push-testing"
)

# The package's own start listens to the whole network, and as a daemon; this does neither.
_STARTED = """
const [root, port] = process.argv.slice(1);
const {PushApiModel} = require(root + "/src/PushApiModel.js");
const Server = require(root + "/src/server.js");
const server = new Server(new PushApiModel(), Number(port));
server.setRequestHandlers();
server._app.listen(Number(port), "127.0.0.1");
"""


@dataclass(frozen=True)
class PushService:
    """A running push service, and the browsers that subscribed there."""

    port: int

    def subscribe(self, server_key: str) -> dict[str, Any]:
        """A new browser's subscription, as its page hands it over, with `clientHash` beside it."""
        told = self._post("/subscribe", {"userVisibleOnly": "true", "applicationServerKey": server_key})
        return {**told["data"], "applicationServerKey": server_key}

    def shown(self, subscription: dict[str, Any]) -> list[Any]:
        """The messages that this browser got and could read."""
        told = self._post("/get-notifications", {"clientHash": subscription["clientHash"]})
        return [json.loads(each) for each in told["data"]["messages"]]

    def end(self, subscription: dict[str, Any]) -> None:
        """From now on this subscription is answered 410."""
        self._post(f"/expire-subscription/{subscription['clientHash']}", {})

    def _post(self, path: str, content: Any) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            json.dumps(content).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text.startswith(b"{") else None


@contextmanager
def a_push_service() -> Iterator[PushService]:
    port = free_port()
    command = [str(NODE), "-e", _STARTED, "--", str(PACKAGE), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield PushService(port)
    finally:
        process.kill()
        process.wait()
