"""Agents: the people who make calls, under the name by which a call is theirs."""

from __future__ import annotations

from arrears.kernel.errors import BadInput
from arrears.store.models.attempts import AGENT

_NAME_MAX = 100


def worker_of(lender: int, agent: str) -> str:
    """The name under which a call of this lender is this agent's. Raises BadInput."""
    name = agent.strip()
    if not name or len(name) > _NAME_MAX or not name.isprintable():
        what = f"An agent's name has 1 to {_NAME_MAX} printed characters."
        raise BadInput("call.agent", what, field="agent")
    return f"{AGENT}{lender}:{name}"


def agent_of(worker: str) -> str:
    """The name in it."""
    return worker.split(":", 2)[2]
