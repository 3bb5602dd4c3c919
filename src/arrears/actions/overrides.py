"""Overrides: a named approver sets one rule aside, for one person, until an instant.

Only a rule that is open to it: what the law forbids for good nobody sets aside. Where the law itself
names what justifies an override, it is for a reason of those.
"""

from __future__ import annotations

from datetime import datetime

from arrears.actions.approvals import RULE as LAWYERS_LETTER
from arrears.actions.explanations import get_subject
from arrears.actions.granting import Approved, grant, refuse_same, revoke, standing
from arrears.actions.inbound import speaker_of
from arrears.actions.laws import law_asked_now
from arrears.kernel.errors import BadInput, NotFound, NotPossible
from arrears.kernel.law.rules import Effect, Law, Rule
from arrears.store.locks import holding, scope_keys
from arrears.store.models import Approval

_OVERRIDES = Approved("override", "override", "approved", {"rule": "rule", "reason": "reason_code"})


def approve_override(
    *,
    rule: str,
    loan_ref: str,
    person_ref: str | None = None,
    all_loans: bool = False,
    reason: str,
    approver: str,
    until: datetime,
    lender: int | None = None,
    actor: str,
    at: datetime,
) -> Approval:
    """Record that `approver` sets a rule aside from now until before `until`, at the wish of `actor`.

    For contacts with the borrower, or with the person of this number, about the loan or about whichever
    (`all_loans`). Raises NotFound without the loan, the person or the rule, NotPossible where nobody may
    override the rule or one person is both, BadInput for a reason that the law does not name or an end
    that is over.
    """
    refuse_same(approver, actor, "A rule is set aside by somebody else than who asks for it.")
    if until <= at:
        raise BadInput("override.until", "The override would end before it begins.", key="until")
    subject = get_subject(loan_ref, lender=lender)
    law = law_asked_now(subject.lender, at=at)
    _check_reason(law, _open_rule(law, rule), reason)
    named = speaker_of(subject.lender, loan_ref=None, person_ref=person_ref)
    person = subject.borrower if named is None else named
    with holding(scope_keys(persons=[person])):
        return grant(
            _OVERRIDES,
            lender_id=subject.lender,
            person_id=person,
            loan_id=None if all_loans else subject.loan,
            rule=rule,
            reason_code=reason,
            approver=approver,
            until=until,
            actor=actor,
            at=at,
        )


def revoke_override(*, override: int, actor: str, at: datetime) -> int:
    """End an override from now on; it binds every contact that the gate has not let out when this commits.

    Raises NotFound when there is none of this number, Conflict when it is ended already.
    """
    return revoke(_OVERRIDES, override, actor=actor, at=at)


def list_overrides(*, at: datetime) -> list[Approval]:
    """The overrides that stand, the oldest first."""
    return standing(_OVERRIDES, at=at)


def _open_rule(law: Law, name: str) -> Rule:
    found = next((rule for rule in law.rules if rule.id == name), None)
    if found is None:
        what = f"No rule that binds this lender is called {name}."
        raise NotFound("override.no_rule", what, hint="arrears law list shows those that do.", rule=name)
    if name == LAWYERS_LETTER:
        what = f"{name} is set aside for one text alone."
        raise NotPossible("override.of_a_letter", what, hint="Use arrears letters approve.", rule=name)
    if found.effect is not Effect.OVERRIDABLE:
        what = {
            Effect.HARD: f"Nobody may set {name} aside: it is final.",
            Effect.FLAG: f"There is nothing to set aside: {name} only remarks on a contact.",
        }[found.effect]
        raise NotPossible("override.not_open", what, rule=name)
    return found


def _check_reason(law: Law, rule: Rule, reason: str) -> None:
    """A code; where the law names what justifies an override of the rule, one of those."""
    for each in law.exceptions_to(rule):
        if each.kind == "justified" and reason not in each.params["grounds"]:
            what = f"{reason!r} does not justify setting {rule.id} aside: {each.id} names what does."
            hint = f"One of {', '.join(each.params['grounds'])}."
            raise BadInput("override.no_ground", what, hint=hint, key="reason", rule=rule.id)
    if not reason.replace("_", "").isalnum() or not reason.islower():
        what = f"{reason!r} is no code of a reason."
        raise BadInput("override.bad_reason", what, hint="Small letters: asked_for.", key="reason")
