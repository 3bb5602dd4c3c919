"""What the final SIP answer to a call means: one table, in answers.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from arrears.kernel.vocabulary import NetworkResult, code_of

UNAVAILABLE = "unavailable"
"""Certainly nobody was called."""


@cache
def load_answers() -> Mapping[int, str]:
    """By status code: the word of a `NetworkResult`, or `UNAVAILABLE`."""
    text = (Path(__file__).parent / "answers.toml").read_text(encoding="utf-8")
    return {code: each["means"] for each in tomllib.loads(text)["answer"] for code in each["codes"]}


def meaning_of(reason: str, *, has_rung: bool) -> NetworkResult | str | None:
    """How a call ended for the network, or `UNAVAILABLE`; None when nobody knows.

    `reason` is why it was closed, as a telephone program has it: `486 Busy Here`.
    """
    if has_rung:
        return NetworkResult.RANG_OUT
    code = reason[:3]
    means = load_answers().get(int(code)) if code.isascii() and code.isdigit() else None
    if means is None or means == UNAVAILABLE:
        return means
    return NetworkResult(code_of(NetworkResult, means))
