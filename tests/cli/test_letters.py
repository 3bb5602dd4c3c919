"""`arrears letters`: what a newcomer gets to see."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from arrears.cli.letters import letters
from arrears.kernel.errors import Misconfigured, NotFound
from tests.actions.letters import a_due_letter, send, servers_of
from tests.actions.sending import a_writing_lender


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


@pytest.mark.django_db(transaction=True)
def test_what_was_handed_over_and_what_came_back_is_listed(tmp_path, settings):
    servers = servers_of(tmp_path)
    settings.ARREARS_PRINT_URL = servers.print_url
    a_due_letter(a_writing_lender())
    send(servers)
    (batch,) = json.loads(say("batch", "list", "--format", "json").stdout)
    (path,) = tmp_path.glob("[0-9]*/*.pdf")
    back = tmp_path / "back.csv"
    back.write_text(f"attempt,event,at,reason\n{path.stem},delivered,2026-07-14T01:00+00:00,\n")

    said = json.loads(say("events", str(back), "--format", "json").stdout)

    assert (batch["letters"], batch["pages"], batch["in_folder"]) == (1, 1, True)
    assert said == [{"result": "matched", "rows": 1}]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_approved_that_could_not_be_signed(settings):
    settings.ARREARS_LETTER_SIGNING_P12 = ""

    with pytest.raises(Misconfigured, match="no key is set"):
        say("approve", "--loan", "1", "--approved-by", "bo", "--by", "anna")


@pytest.mark.django_db(transaction=True)
def test_an_approval_that_is_not_there_cannot_be_taken_back():
    a_writing_lender()

    with pytest.raises(NotFound, match="no approval 7"):
        say("revoke", "7", "--by", "anna")
    assert json.loads(say("approvals", "--format", "json").stdout) == []
