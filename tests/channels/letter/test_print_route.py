"""Where letters are handed over, as ARREARS_PRINT_URL says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from arrears.channels.letter.route import read_print_route
from arrears.kernel.errors import BadInput, Misconfigured


def test_a_folder_and_its_envelopes():
    route = read_print_route("folder:///var/spool/my%20letters?window=us_10", is_simulation=False)

    assert route.folder == Path("/var/spool/my letters")
    assert route.window is not None
    assert route.window.name == "us_10"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("sftp://print.example/in", "sftp is not spoken here"),
        ("folder://spool/letters", "not folder:/// and the path"),
        ("/var/spool/letters", "not folder:/// and the path"),
        ("folder:///x?window=c4", "window is none of din_5008_b"),
        ("folder:///x?sink=maybe", "neither yes nor no"),
        ("folder:///x?colour=red", "not known: colour"),
        ("folder:///x?window", "not name=value"),
    ],
)
def test_what_cannot_be_read_says_why(url, why):
    with pytest.raises(BadInput, match=why):
        read_print_route(url, is_simulation=False)


def test_a_simulation_writes_only_where_nobody_prints():
    assert read_print_route("folder:///x?sink=yes", is_simulation=True).is_sink
    with pytest.raises(Misconfigured, match="is a simulation"):
        read_print_route("folder:///x", is_simulation=True)
    with pytest.raises(Misconfigured, match="is live"):
        read_print_route("folder:///x?sink=yes", is_simulation=False)
