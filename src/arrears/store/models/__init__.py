"""The tables, one file per noun."""

from arrears.store.models.actors import Actor
from arrears.store.models.api import ApiAnswer, ApiToken
from arrears.store.models.approvals import Approval
from arrears.store.models.attempts import Attempt, AttemptLoan, AttemptStep
from arrears.store.models.audit import AuditEntry, AuditSeal, AuditSealEntry
from arrears.store.models.authorities import Authority
from arrears.store.models.call_outcomes import CallOutcome
from arrears.store.models.consents import Consent
from arrears.store.models.contact_points import ContactPoint, ContactPointPast, ContactScope
from arrears.store.models.decisions import Decision
from arrears.store.models.feeds import ImportFile, Watermark
from arrears.store.models.holds import Hold
from arrears.store.models.households import HouseholdMember
from arrears.store.models.identity import DatabaseIdentity
from arrears.store.models.inbound import InboundEffect, InboundMessage
from arrears.store.models.inconvenience import Inconvenience
from arrears.store.models.installments import Installment, Schedule
from arrears.store.models.itemisations import Itemisation
from arrears.store.models.laws import LawAdoption
from arrears.store.models.loans import Loan, LoanFunder, LoanParty, LoanPartyPast, LoanPast
from arrears.store.models.measures import Measure
from arrears.store.models.messages import Message, MessageTemplate
from arrears.store.models.notices import NoticeProof
from arrears.store.models.organisations import Organisation
from arrears.store.models.payments import LoanEvent, Payment, PaymentAllocation, Reversal
from arrears.store.models.persons import Person, PersonDetail, PersonKey
from arrears.store.models.planned_contacts import PlannedContact, PlannedContactLoan
from arrears.store.models.preferences import Preference
from arrears.store.models.products import Product
from arrears.store.models.providers import ProviderState
from arrears.store.models.receipts import Receipt, ReceiptResult
from arrears.store.models.refusals import Refusal
from arrears.store.models.reported_arrears import ReportedArrears
from arrears.store.models.requests import Request, RequestStep
from arrears.store.models.runs import Run
from arrears.store.models.statements import Statement
from arrears.store.models.steps import StepRecord
from arrears.store.models.strategies import StrategyAdoption
from arrears.store.models.zone_evidence import ZoneEvidence

__all__ = [
    "Actor",
    "ApiAnswer",
    "ApiToken",
    "Approval",
    "Attempt",
    "AttemptLoan",
    "AttemptStep",
    "AuditEntry",
    "AuditSeal",
    "AuditSealEntry",
    "Authority",
    "CallOutcome",
    "Consent",
    "ContactPoint",
    "ContactPointPast",
    "ContactScope",
    "DatabaseIdentity",
    "Decision",
    "Hold",
    "HouseholdMember",
    "ImportFile",
    "InboundEffect",
    "InboundMessage",
    "Inconvenience",
    "Installment",
    "Itemisation",
    "LawAdoption",
    "Loan",
    "LoanEvent",
    "LoanFunder",
    "LoanParty",
    "LoanPartyPast",
    "LoanPast",
    "Measure",
    "Message",
    "MessageTemplate",
    "NoticeProof",
    "Organisation",
    "Payment",
    "PaymentAllocation",
    "Person",
    "PersonDetail",
    "PersonKey",
    "PlannedContact",
    "PlannedContactLoan",
    "Preference",
    "Product",
    "ProviderState",
    "Receipt",
    "ReceiptResult",
    "Refusal",
    "ReportedArrears",
    "Request",
    "RequestStep",
    "Reversal",
    "Run",
    "Schedule",
    "Statement",
    "StepRecord",
    "StrategyAdoption",
    "Watermark",
    "ZoneEvidence",
]
