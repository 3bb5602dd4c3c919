"""What a case expects and what we say: every difference is one line."""

from __future__ import annotations

from dataclasses import dataclass, field


class NotModelled(Exception):
    """The case needs something that our books have no word for."""


@dataclass
class Asked:
    """The questions of one case; `differences` are those we answer otherwise."""

    count: int = 0
    differences: list[str] = field(default_factory=list)

    def same(self, what: str, expected: object, ours: object) -> None:
        self.count += 1
        if expected != ours:
            self.differences.append(f"{what}: expected {expected}, ours {ours}")
