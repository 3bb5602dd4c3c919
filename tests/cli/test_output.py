"""What reports look like, for people and for programs."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime

import pytest

from arrears.cli.output import print_report, progress

ROWS = [
    {"loan": "L-1", "due_on": date(2026, 11, 2), "days": 21, "late": True, "since": None},
    {"loan": "[b]李雷", "due_on": date(2026, 11, 9), "days": 12345, "late": False, "since": None},
]


def test_json_is_exact_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    at = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    print_report("json", "Late loans", [{**ROWS[1], "minor": 2**60, "at": at, "why": ("a", "b")}])

    assert json.loads(capsys.readouterr().out) == [
        {
            "loan": "[b]李雷",
            "due_on": "2026-11-09",
            "days": 12345,
            "late": False,
            "since": None,
            "minor": 2**60,
            "at": "2026-11-23T08:00:00+00:00",
            "why": ["a", "b"],
        }
    ]


def test_a_table_is_for_reading(capsys: pytest.CaptureFixture[str]) -> None:
    print_report("table", "Late loans", ROWS)

    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines == [
        "Late loans",
        "  loan      due on         days   late   since",
        " ──────────────────────────────────────────────",
        "  L-1       2026-11-02       21   yes",
        "  [b]李雷   2026-11-09   12,345   no",
    ]


def test_an_empty_report_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_report("table", "Late loans", [], columns=["loan"])
    print_report("json", "Late loans", [])

    said = capsys.readouterr().out
    assert "(nothing)" in said
    assert said.endswith("[]\n")


def test_progress_keeps_off_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("reading", total=3) as advance:
        advance(3)

    assert capsys.readouterr().out == ""


def test_a_failure_inside_progress_is_not_swallowed() -> None:
    with pytest.raises(ValueError, match="row 3"), progress("reading"):
        raise ValueError("row 3")


def test_slow_progress_says_how_fast_it_goes_and_how_long_it_will_take(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter([0.0, 4.0, 10.0])
    monkeypatch.setattr("arrears.cli.output.time.monotonic", lambda: next(seconds))

    with progress("loans planned", total=4_000) as advance:
        advance(500)
        advance(500)

    assert capsys.readouterr().err == "loans planned: 1,000 of 4,000, 100 a second, 30 s left\n"


def test_a_bar_shows_the_rate_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")

    with progress("loans planned", total=4_000) as advance:
        advance(1_000)

    assert "1000/4000" in screen.getvalue()
    assert "/s," in screen.getvalue()
    assert "left" in screen.getvalue()
