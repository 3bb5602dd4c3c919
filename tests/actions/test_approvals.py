"""A lawyer's letter leaves only while somebody named answers for it, and for this very text."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from arrears.actions.approvals import (
    RULE,
    approve_lawyers_letter,
    approved_texts,
    list_approvals,
    revoke_approval,
)
from arrears.actions.sending import Sending, send_due
from arrears.channels.registry import Servers
from arrears.kernel.errors import Conflict, Misconfigured, NotFound, NotPossible
from arrears.kernel.vocabulary import LANGUAGES
from arrears.locale import notices
from arrears.store import clock, models
from arrears.strategies import read_strategy, text_of
from tests.actions.sending import ACTOR, EPISODE_START_ON, LAW, a_writing_lender, end_of, for_all, loan_of
from tests.builders import MING, a_contact_point, a_loan, a_person, a_planned_contact
from tests.channels.letter.keys import PASSPHRASE, a_key_file

pytestmark = pytest.mark.django_db(transaction=True)

LAWYER = read_strategy(
    text_of("sample")[0]
    .replace('channels = ["in_app"]', 'channels = ["letter"]\nlegal_force = true')
    .replace('notice = "payment_reminder"', 'notice = "lawyers_letter"'),
    file="lawyer.toml",
)
STEP = LAWYER.steps[0]
BO = "staff:bo"


SHIPPED = Path(notices.__file__).parent


@pytest.fixture(scope="module", autouse=True)
def folder_of_texts(tmp_path_factory):
    """The shipped texts and a lawyer's letter in the words of the overdue notice."""
    folder = tmp_path_factory.mktemp("locale")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notices, "_FOLDER", folder)
        _write(folder)
        yield folder
    notices.load_texts.cache_clear()


@pytest.fixture
def texts(folder_of_texts):
    """Writes the lawyer's letter anew, with something added."""
    yield lambda added: _write(folder_of_texts, added)
    _write(folder_of_texts)


def _write(folder, added=""):
    for language in LANGUAGES:
        source = (SHIPPED / language / "notices.toml").read_text(encoding="utf-8")
        letter = source[source.index("[overdue_notice.letter]") :].split("\n[", 2)[0]
        told = letter.replace("overdue_notice", "lawyers_letter", 1).replace(
            "\n\n{loans}", f"{added}\n\n{{loans}}", 1
        )
        (folder / language).mkdir(exist_ok=True)
        (folder / language / "notices.toml").write_text(
            f"{source}\n[lawyers_letter]\nversion = 1\n\n{told}\n", encoding="utf-8"
        )
    notices.load_texts.cache_clear()


@pytest.fixture
def planned():
    lender = a_writing_lender()
    person = a_person(lender, MING)
    return a_planned_contact(
        a_loan(lender, person, overdue_days=10),
        a_contact_point(person, "postal"),
        step=STEP.id,
        rank=STEP.rank,
        channel="letter",
        notice="lawyers_letter",
        episode_start_on=EPISODE_START_ON,
        strategy_version=LAWYER.version,
    )


def approve(planned, **changed):
    usual = {"loan_ref": loan_of(planned).source_ref, "approver": BO, "actor": ACTOR, "at": clock.now()}
    return approve_lawyers_letter(**{**usual, **changed})


def send(servers=Servers()):  # noqa: B008 - frozen
    sending = Sending(for_all(LAW), for_all(LAWYER), servers, 500, is_until_empty=True)
    return {run.channel: run for run in send_due(sending, actor=ACTOR)}


def test_without_an_approval_the_gate_refuses_it_by_name(planned):
    send()

    assert end_of(planned) == ("not_permitted", RULE)
    assert models.Attempt.objects.count() == 0


def test_an_approved_letter_leaves_signed(planned, tmp_path):
    approval = approve(planned)
    folder = tmp_path / "letters"
    folder.mkdir()
    servers = Servers(
        print_url=f"folder://{folder}?sink=yes",
        signing_p12=str(a_key_file(tmp_path)),
        signing_passphrase=PASSPHRASE,
    )

    assert send(servers)["letter"].states == {"accepted": 1}

    (path,) = folder.glob("[0-9]*/*.pdf")
    assert b"/ETSI.CAdES.detached" in path.read_bytes()
    assert '"service": "registered"' in (path.parent / "manifest.jsonl").read_text()
    assert (approval.approved_by.name, approval.requested_by.name) == (BO, ACTOR)


def test_without_a_key_an_approved_letter_stays_here(planned, tmp_path):
    approve(planned)

    run = send(Servers(print_url=f"folder://{tmp_path}?sink=yes"))["letter"]

    assert run.states == {"not_sent": 1}
    assert models.Attempt.objects.get().failure_code == "letter.no_key"
    assert not list(tmp_path.glob("[0-9]*"))


def test_an_approval_that_is_taken_back_stops_it(planned):
    approval = approve(planned)
    revoke_approval(approval=approval.pk, actor=ACTOR, at=clock.now())

    send()

    assert end_of(planned) == ("not_permitted", RULE)
    assert list_approvals(at=clock.now()) == []


def test_an_approval_is_of_one_text_and_a_changed_one_needs_another(planned, texts):
    approve(planned)
    texts(" One more sentence.")

    send()

    assert end_of(planned) == ("not_permitted", RULE)


def test_an_override_of_the_rule_alone_names_no_text_and_is_not_enough(planned):
    from tests.builders import an_override

    an_override(planned.person, RULE)

    send()

    assert end_of(planned) == ("not_permitted", RULE)


def test_an_approval_ends_when_it_says(planned):
    loan = loan_of(planned).pk
    now = clock.now()
    approve(planned, until=now + timedelta(hours=1))

    assert approved_texts([loan], at=now + timedelta(minutes=59))
    assert not approved_texts([loan], at=now + timedelta(hours=1))


def test_nobody_approves_what_he_asked_for_himself(planned):
    with pytest.raises(NotPossible, match="somebody else"):
        approve(planned, approver=ACTOR)


def test_the_same_text_is_approved_once(planned):
    approve(planned)

    with pytest.raises(Conflict, match="approved already"):
        approve(planned)


def test_an_approval_is_ended_once(planned):
    approval = approve(planned)
    revoke_approval(approval=approval.pk, actor=ACTOR, at=clock.now())

    with pytest.raises(Conflict, match="ended already"):
        revoke_approval(approval=approval.pk, actor=ACTOR, at=clock.now())
    with pytest.raises(NotFound, match="no approval"):
        revoke_approval(approval=999_999, actor=ACTOR, at=clock.now())


def test_a_text_that_threatens_is_not_approved(planned, texts):
    texts(" 我們將對您提起訴訟。")

    with pytest.raises(NotPossible, match=r"house\.content\.no-threat"):
        approve(planned)


def test_where_there_is_no_text_there_is_nothing_to_approve(planned, texts, monkeypatch):
    monkeypatch.setattr(notices, "_FOLDER", SHIPPED)
    notices.load_texts.cache_clear()

    with pytest.raises(Misconfigured, match="There is no text for the notice lawyers_letter"):
        approve(planned)
