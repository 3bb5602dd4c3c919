"""People, loans and contacts as rows, with everything a test does not care about filled in.

A small lender in Taipei on a Tuesday morning, in a simulation whose clock stands at `NOW`:

    lender = a_lender()
    ming = a_person(lender, MING)
    loan = a_loan(lender, ming, overdue_days=10)
    point = a_contact_point(ming, "email")

Every builder returns the stored row and needs a database; a fact recorded later than `NOW` is
made by passing `recorded_at`.
"""

from tests.builders.books import a_product, a_schedule, a_statement, an_event
from tests.builders.cast import ANA, CAST, LONG_AGO, MING, NA, NOW, TODAY, Somebody
from tests.builders.contacts import a_decision, a_planned_contact, an_attempt
from tests.builders.loans import a_loan, a_party, a_payment, a_report, a_step_done
from tests.builders.people import (
    a_contact_point,
    a_lender,
    a_person,
    a_place,
    a_simulation,
    a_watermark,
    an_actor,
    cipher_of,
)
from tests.builders.restrictions import (
    a_hold,
    a_household_member,
    a_notice_proof,
    a_refusal,
    agreed_hours,
    an_inconvenience,
    an_opt_out,
    an_override,
    extra_calls,
)
from tests.builders.tables import no_autovacuum

__all__ = [
    "ANA",
    "CAST",
    "LONG_AGO",
    "MING",
    "NA",
    "NOW",
    "TODAY",
    "Somebody",
    "a_contact_point",
    "a_decision",
    "a_hold",
    "a_household_member",
    "a_lender",
    "a_loan",
    "a_notice_proof",
    "a_party",
    "a_payment",
    "a_person",
    "a_place",
    "a_planned_contact",
    "a_product",
    "a_refusal",
    "a_report",
    "a_schedule",
    "a_simulation",
    "a_statement",
    "a_step_done",
    "a_watermark",
    "agreed_hours",
    "an_actor",
    "an_attempt",
    "an_event",
    "an_inconvenience",
    "an_opt_out",
    "an_override",
    "cipher_of",
    "extra_calls",
    "no_autovacuum",
]
