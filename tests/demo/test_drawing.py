from __future__ import annotations

from arrears.demo.drawing import stacked_bars


def test_bars_share_one_scale_and_what_is_rare_is_seen() -> None:
    drawn = stacked_bars([("Mon", (100, 0)), ("Tue", (49, 1))], parts=("app", "e-mail"), width=10)

    assert drawn == ["Mon ██████████ 100", "Tue █████▓ 50", "    █ app   ▓ e-mail"]


def test_nothing_is_drawn_for_nothing() -> None:
    assert stacked_bars([("Mon", (0,))], parts=("app",), width=10) == ["Mon  0", "    █ app"]
