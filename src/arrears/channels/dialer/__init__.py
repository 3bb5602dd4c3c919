"""Click-to-call: an agent's own telephone program dials a cleared call and says how it ended.

A dialer decides nothing. It takes a `Cleared` like every channel and answers like every channel; it
is no channel that `arrears send` knows, because nobody but an agent begins a call.
"""

from arrears.channels.dialer.baresip import BaresipDialer
from arrears.channels.dialer.route import read_dialer

__all__ = ["BaresipDialer", "read_dialer"]
