"""Who the tests are about, and when."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

NOW = datetime(2026, 7, 14, 2, 0, tzinfo=UTC)
"""Tuesday, 10:00 in Taipei."""
TODAY = date(2026, 7, 14)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
"""When facts that a test does not date were recorded."""

numbers = itertools.count(1)
"""For whatever has to be different each time."""


@dataclass(frozen=True)
class Somebody:
    """A member of the cast: invented, and of a place whose hours and law differ from the others'."""

    name: str
    place: str
    zone: str
    language: str
    values: dict[str, str] = field(default_factory=dict)


MING = Somebody(
    "王小明",
    "TW",
    "Asia/Taipei",
    "zh-Hant",
    {
        "email": "ming@example.org",
        "mobile": "0912345678",
        "app_inbox": "ming",
        "landline": "0223456789",
        "postal": "臺北市中正區重慶南路一段122號",
    },
)
NA = Somebody(
    "李娜",
    "CN",
    "Asia/Shanghai",
    "zh-Hans",
    {
        "email": "lina@example.cn",
        "mobile": "13812345678",
        "app_inbox": "lina",
        "landline": "010 6512 3456",
        "postal": "北京市东城区东长安街1号",
    },
)
ANA = Somebody(
    "Ana Torres",
    "US-NY",
    "America/New_York",
    "en",
    {
        "email": "ana@example.com",
        "mobile": "212 555 0123",
        "app_inbox": "ana",
        "landline": "(212) 555-0199",
        "postal": "1 Example Plaza, New York, NY 10001",
    },
)
CAST = (MING, NA, ANA)
