"""The obligations there are: every `<jurisdiction>/obligations.toml` of the package."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path

from arrears.kernel.errors import BadInput
from arrears.kernel.obligations.rules import Obligation
from arrears.rulepacks.obligations.reading import ObligationsFile, read_obligations

FILE_NAME = "obligations.toml"
_FOLDER = Path(__file__).parents[1]


@cache
def shipped_obligations() -> tuple[ObligationsFile, ...]:
    """Every obligations file of the package, by jurisdiction."""
    return tuple(read_obligations(path) for path in sorted(_FOLDER.glob(f"*/{FILE_NAME}")))


def load_obligations(
    adopted: Collection[str] | None = None, *, files: Sequence[ObligationsFile] | None = None
) -> tuple[Obligation, ...]:
    """The obligations of the jurisdictions a lender has adopted (None: all), uncertain ones too.

    files  instead of the shipped ones. Raises `BadInput` for an id that is used twice.
    """
    every = shipped_obligations() if files is None else files
    seen: dict[str, str] = {}
    for file in every:
        for each in file.obligations:
            if each.id in seen:
                both = f"{seen[each.id]} and {file.name}"
                what = f"{each.id} stands in both {both}."
                raise BadInput("obligations.repeated", what, file=both, rule=each.id, key="id")
            seen[each.id] = file.name
    bind = [file for file in every if adopted is None or file.jurisdiction in adopted]
    return tuple(each for file in bind for each in file.obligations)
