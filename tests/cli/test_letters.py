"""`arrears letters`: what a newcomer gets to see."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from arrears.cli.letters import letters


def say(*arguments: str):
    return CliRunner(catch_exceptions=False).invoke(letters, arguments)


def test_a_sample_is_a_file_to_open(tmp_path):
    said = say("preview", "--sample", "zh-Hant", "-o", str(tmp_path / "letter.pdf"))

    assert said.exit_code == 0
    assert len(PdfReader(tmp_path / "letter.pdf").pages) == 1


def test_a_picture_of_each_page_can_be_had(tmp_path):
    say("preview", "--sample", "en", "--window", "uk_dl", "-o", str(tmp_path / "letter.png"))

    assert (tmp_path / "letter-1.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["-o", "x.pdf"], "one of --loan and --sample"),
        (["--loan", "1", "--sample", "en", "-o", "x.pdf"], "one of --loan and --sample"),
        (["--sample", "en", "-o", "x.txt"], "ends with .pdf or .png"),
    ],
)
def test_what_cannot_be_shown_says_why(arguments, why):
    said = say("preview", *arguments)

    assert said.exit_code == 2
    assert why in said.stderr
