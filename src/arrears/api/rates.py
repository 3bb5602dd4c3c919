"""How often somebody may ask this process: every other process counts for itself, and forgets at its end."""

from __future__ import annotations

import math
import threading
from collections.abc import Hashable
from dataclasses import dataclass, field


@dataclass
class Rates:
    """What is left to everybody who asked: it fills evenly up to a minute's requests.

    left  by who asks: (requests left, the second they were counted at), the longest silent first
    most  so many are remembered; of more the longest silent are forgotten
    """

    most: int = 100_000
    left: dict[Hashable, tuple[float, float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, who: Hashable, per_minute: int, now: float) -> int:
        """Take one request; 0 when there was one, else after how many whole seconds there will be."""
        per_second = per_minute / 60
        with self.lock:
            left, then = self.left.pop(who, (float(per_minute), now))
            left = min(left + (now - then) * per_second, float(per_minute))
            is_left = left >= 1
            self.left[who] = (left - 1 if is_left else left, now)
            if len(self.left) > self.most:
                del self.left[next(iter(self.left))]
        return 0 if is_left else math.ceil((1 - left) / per_second)
