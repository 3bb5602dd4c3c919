"""Every way the world can fail, as one tree.

    ArrearsError                 has a stable `code`, `facts` and what to do about it
    ├── BadInput                 a file, row, field or setting that cannot be used
    ├── Conflict                 somebody else changed the same thing first
    ├── NotFound                 a loan, person or file that does not exist
    ├── NotPossible              a request the present state does not allow
    ├── Misconfigured            a setting or an installation that cannot work
    └── ChannelError             a channel could not say "accepted"
        ├── ChannelRefused       the provider said no and would say it again
        ├── ChannelUnavailable   nothing left this machine: safe to try again
        └── ChannelUnsure        it may have arrived: counts, and is never blindly retried

A refusal by law is not here: "no" is a value with reasons, never an exception.
"""

from __future__ import annotations


class ArrearsError(Exception):
    """The world failed in a way a person can act on.

    `code` is stable and machine-readable (`import.bad_row`); `what` is one plain sentence;
    `hint` says what to do; `facts` are the values the sentence was made from. Neither
    may hold personal data, because both reach logs.
    """

    def __init__(self, code: str, what: str, *, hint: str = "", **facts: object) -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.hint = hint
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.what} {self.hint}".strip()


class BadInput(ArrearsError):
    """A file, row, field or setting that cannot be used as it is."""


class Conflict(ArrearsError):
    """Somebody else changed the same thing first; nothing of this change was stored."""


class NotFound(ArrearsError):
    """The named loan, person, file or rule does not exist."""


class NotPossible(ArrearsError):
    """The request is well formed, but the present state does not allow it."""


class Misconfigured(ArrearsError):
    """A setting or an installation that cannot work until somebody changes it."""


class ChannelError(ArrearsError):
    """A channel could not report that the message was accepted."""


class ChannelRefused(ChannelError):
    """The provider refused the message and would refuse it again."""


class ChannelUnavailable(ChannelError):
    """Nothing left this machine, so the attempt is certainly not sent."""


class ChannelUnsure(ChannelError):
    """The message may have arrived: the attempt counts and is never blindly repeated."""
