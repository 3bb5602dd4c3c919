"""Takes what a simulation plans for text messages, push, letters and calls, and does nothing with it.

So that a simulated lender's ladder goes on past its calls and letters: a message counts as taken,
a call as one that rang out. A live database has no such channel; there a call or a letter stays a
task until somebody does it.
"""

from __future__ import annotations

from arrears.channels.base import Accepted, Channel, Cleared
from arrears.kernel.vocabulary import NetworkResult


class SimulatedChannel(Channel):
    """Accepts every contact that comes in time."""

    provider = "simulation"
    per_second = 1_000

    def check(self) -> None:
        """There is nothing that could be away."""

    def close(self) -> None:
        """Nothing is kept open."""

    def _hand_over(self, contact: Cleared) -> Accepted:  # noqa: ARG002 - nothing is done with it
        return Accepted()


class SimulatedSms(SimulatedChannel):
    """A text message that no network carries."""

    name = "sms"


class SimulatedPush(SimulatedChannel):
    """A push message that no telephone shows."""

    name = "push"


class SimulatedLetter(SimulatedChannel):
    """A letter that nobody posts."""

    name = "letter"


class SimulatedCall(SimulatedChannel):
    """A call that rings at nobody's: made, and not answered."""

    name = "call"

    def _hand_over(self, contact: Cleared) -> Accepted:  # noqa: ARG002 - nothing is done with it
        return Accepted(network_result=NetworkResult.RANG_OUT)
