"""The closed lists of content: what a text can state, what can be true about a debt, kinds of texts.

A text states a fact by a placeholder, by a phrase of its language's lexicon, or because whoever
makes it says so (a seal on paper). A placeholder named like a fact states that fact.
"""

from __future__ import annotations

from collections.abc import Mapping

from arrears.kernel.vocabulary import (
    ActorKind,
    Channel,
    CreditorLicence,
    DebtKind,
    NoticeKind,
    RecipientKind,
    name_of,
)

_ORDINARY = """
    institution creditor caller_name role recipient_name seal product amount date debt late_amount
    pay_way ask_way check_way check_code account_check_way opt_out object_way evidence_way
    complaint_way reason rules_relied_on rights_and_duties furnishing
"""
_OF_COLLECTORS = """
    debt_collector collecting_a_debt collection_name location_purpose opt_out_confirmed opt_out_costs
    salutation reply_request phone_number time_of_call reply_times any_representative
"""
_OF_VALIDATION = """
    collector_address recipient_address creditor_then account_number current_creditor itemised_on
    itemised_amount itemisation current_amount validation_ends_on right_to_verification
    right_to_original_creditor assumed_valid cfpb_website response_form
"""
_OF_TRANSFERS = """
    agency agency_contact agency_costs assignee assignee_contact assigned_on processing_purpose
    processing_method data_kinds amount_split servicer_authorisation law_still_applies
    complaint_authority conduct_rules
"""
_OF_OTHER_DOCUMENTS = """
    balance_and_currency instalments charges_meanwhile no_new_card other_terms result reasons mark
    agreement shortfall missed_payments consequences default_charges sources_of_help
    arrears_information_sheet breach remedy remedy_by default_information_sheet
"""
_SELDOM_LAWFUL = """
    suit_threat prosecution_threat detention_threat violence_threat visit_threat publication
    tells_others abuse authority_sender court_form lawyer borrow_elsewhere marketing charge
    asks_secret false_pretext limitation_misstated pressure dispute_denied claim_beyond_estate
"""
FACTS = frozenset(
    " ".join(
        (_ORDINARY, _OF_COLLECTORS, _OF_VALIDATION, _OF_TRANSFERS, _OF_OTHER_DOCUMENTS, _SELDOM_LAWFUL)
    ).split()
)
"""Everything a text can state, in these names only."""

_TRUTHS = """
    first_contact two_effective_demands three_months_since_second_demand suit_intended time_barred
    lawyer_involved marketing_consent charges_shown in_validation_period third_person_pays
    consumer_consents employer_asked heir_renounced request_refused
"""
TRUTHS = frozenset(_TRUTHS.split())
"""What may hold of a debt and its parties when the text is used.

two_effective_demands   two demands that reached the holder, at least 30 days apart
lawyer_involved         the lawyer named in the text has really looked at this debt
charges_shown           every charge the text names stands in the cost table the borrower was shown
third_person_pays       the third person has said, on record, that he will pay for the borrower
"""

STATED_BY: Mapping[str, frozenset[str]] = {
    "pay_through": frozenset({"pay_way"}),
    "ask_through": frozenset({"ask_way"}),
    "check_through": frozenset({"check_way"}),
    "verification": frozenset({"check_code"}),
    "loans": frozenset({"product", "amount", "date", "debt", "late_amount"}),
    "party_loans": frozenset({"product", "amount", "date", "debt", "late_amount"}),
    "due_loans": frozenset({"product", "amount", "date"}),
    "named_loans": frozenset({"product"}),
    "due": frozenset({"amount", "date"}),
    "placed_loans": frozenset({"product", "debt", "agency", "agency_contact"}),
    "assigned_loans": frozenset({"product", "debt", "assignee", "assignee_contact", "assigned_on"}),
    "registered_loans": frozenset({"product", "debt", "furnishing"}),
    "itemised_loans": frozenset({"product", "amount", "date", "debt", "late_amount", "account_number"})
    | {"creditor_then", "itemised_on", "itemised_amount", "itemisation", "current_amount"},
    "missed_loans": frozenset({"product", "amount", "date", "debt", "late_amount"})
    | {"agreement", "shortfall", "missed_payments", "default_charges"},
}
"""What the placeholders of `arrears.locale.notices` state."""

DOCUMENTS = (
    "collection_letter",
    "limited_content_voicemail",
    "location_inquiry",
    "message_to_contact",
    "outsourcing_notice",
    "assignment_notice",
    "instalment_agreement",
    "objection_reply",
    "request_reply",
    "arrears_notice",
    "default_notice",
    "left_card",
)
"""Kinds of texts that are no notice of a ladder."""

MATCHED: Mapping[str, tuple[str, ...]] = {
    "notice": (*DOCUMENTS, *map(name_of, NoticeKind)),
    "channel": tuple(map(name_of, Channel)),
    "recipient_kind": tuple(map(name_of, RecipientKind)),
    "actor_kind": tuple(map(name_of, ActorKind)),
    "debt_kind": tuple(map(name_of, DebtKind)),
    "creditor_licence": tuple(map(name_of, CreditorLicence)),
}
"""What a rule may be bound to, beside `place` (ISO 3166), with the names that stand there."""


def stated_by(placeholder: str) -> frozenset[str]:
    """The facts that a placeholder states; none for one that is not known."""
    own = frozenset({placeholder}) & FACTS
    return STATED_BY.get(placeholder, own)
