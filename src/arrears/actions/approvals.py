"""Approvals of lawyer's letters: without one that stands, the law of the house lets none out.

An approval is of one loan, and of one text as it stands now: a text that is changed needs a new one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection

from arrears.actions.explanations import get_subject
from arrears.actions.granting import Approved, grant, refuse_same, revoke, standing
from arrears.actions.laws import actor_of, law_now
from arrears.actions.templates import check_template, content_rules
from arrears.actions.texts import version_of
from arrears.kernel.errors import Conflict, NotPossible
from arrears.kernel.vocabulary import HOUSE, ActorKind, Channel, NoticeKind, name_of
from arrears.locale.notices import Template, get_template, language_of
from arrears.store.locks import holding, scope_keys
from arrears.store.models import Approval, Organisation, Person

RULE = "house.lawyers-letter"
"""The rule that forbids a lawyer's letter without an approval."""

LAWYERS_LETTER = name_of(NoticeKind.LAWYERS_LETTER)
_REASON = "lawyers_letter"
_LETTERS = Approved(LAWYERS_LETTER, "approval", "granted", {"text": "subject_ref"})


def approve_lawyers_letter(
    *,
    loan_ref: str,
    approver: str,
    lender: int | None = None,
    until: datetime | None = None,
    actor: str,
    at: datetime,
) -> Approval:
    """Record that `approver` approves a lawyer's letter about this loan, in its text as it stands now.

    `actor` asks for it; the approver is somebody else. Raises NotFound without the loan, Misconfigured
    when there is no such text, NotPossible when one person is both or the text breaks a rule of
    content, Conflict when an approval of this text stands already.
    """
    refuse_same(approver, actor, "A lawyer's letter is approved by somebody else than who asks for it.")
    subject = get_subject(loan_ref, lender=lender)
    template = _text(subject.lender, subject.borrower)
    _check_content(template, subject.lender, at)
    text = version_of(template)
    with holding(scope_keys(persons=[subject.borrower])):
        if text in approved_texts([subject.loan], at=at).get(subject.loan, ()):
            raise Conflict("approval.stands", f"A lawyer's letter about loan {loan_ref} is approved already.")
        return grant(
            _LETTERS,
            lender_id=subject.lender,
            person_id=subject.borrower,
            loan_id=subject.loan,
            rule=RULE,
            subject_ref=text,
            reason_code=_REASON,
            approver=approver,
            until=until,
            actor=actor,
            at=at,
        )


def revoke_approval(*, approval: int, actor: str, at: datetime) -> int:
    """End an approval from now on; it binds every letter that the gate has not let out when this commits.

    Raises NotFound when there is none of this number, Conflict when it is ended already.
    """
    return revoke(_LETTERS, approval, actor=actor, at=at)


def list_approvals(*, at: datetime) -> list[Approval]:
    """The approvals of lawyer's letters that stand, the oldest first."""
    return standing(_LETTERS, at=at)


def approved_texts(loans: Sequence[int], *, at: datetime) -> Mapping[int, frozenset[str]]:
    """For each of these loans the texts in which a lawyer's letter about it is approved."""
    with connection.cursor() as cursor:
        cursor.execute(_APPROVED, {"loans": list(loans), "subject": LAWYERS_LETTER, "at": at})
        return {loan: frozenset(texts) for loan, texts in cursor.fetchall()}


def _text(lender: int, borrower: int) -> Template:
    row = Organisation.objects.get(pk=lender)
    wanted = Person.objects.values_list("language", flat=True).get(pk=borrower)
    language = language_of(wanted or row.language or "")
    return get_template(LAWYERS_LETTER, name_of(Channel.LETTER), language, row.actor_kind or "")


def _check_content(template: Template, lender: int, at: datetime) -> None:
    """What the lender's law of content has against the text, with nothing taken for true."""
    actor: ActorKind = actor_of(lender)
    known = {rule.jurisdiction for rule in content_rules()}
    binding = [name for name in law_now(lender, at=at).adopted if name in known and name != HOUSE]
    found = check_template(template, on=at.date(), jurisdictions=binding, actor=actor)
    if found:
        first = found[0]
        raise NotPossible(
            "approval.content",
            f"The text of the lawyer's letter breaks {first.rule.id}: it {first.what}.",
            hint="Change the text; arrears template check lists everything against it.",
            rule=first.rule.id,
        )


_APPROVED = """
SELECT loan_id, array_agg(subject_ref) FROM approval
 WHERE subject = %(subject)s AND loan_id = ANY(%(loans)s)
   AND from_at <= %(at)s AND (until_at IS NULL OR until_at > %(at)s)
   AND NOT EXISTS (SELECT FROM approval AS newer WHERE newer.supersedes_id = approval.id)
 GROUP BY loan_id
"""
