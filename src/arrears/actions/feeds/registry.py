"""All feeds, in the order in which a delivery takes them: what is named comes before what names it."""

from __future__ import annotations

from collections.abc import Mapping

from arrears.actions.feeds.definitions.authorities import AUTHORITIES
from arrears.actions.feeds.definitions.consents import CONSENTS
from arrears.actions.feeds.definitions.contact_points import CONTACT_POINTS
from arrears.actions.feeds.definitions.contacts import CONTACTS
from arrears.actions.feeds.definitions.holds import HOLDS
from arrears.actions.feeds.definitions.inconvenient_times import INCONVENIENT_TIMES
from arrears.actions.feeds.definitions.installments import INSTALLMENTS
from arrears.actions.feeds.definitions.itemisations import ITEMISATIONS
from arrears.actions.feeds.definitions.loan_events import LOAN_EVENTS
from arrears.actions.feeds.definitions.loan_funders import LOAN_FUNDERS
from arrears.actions.feeds.definitions.loan_parties import LOAN_PARTIES
from arrears.actions.feeds.definitions.loans import LOANS
from arrears.actions.feeds.definitions.measures import MEASURES
from arrears.actions.feeds.definitions.notices import NOTICES
from arrears.actions.feeds.definitions.organisations import ORGANISATIONS
from arrears.actions.feeds.definitions.payment_allocations import PAYMENT_ALLOCATIONS
from arrears.actions.feeds.definitions.payments import PAYMENTS
from arrears.actions.feeds.definitions.persons import PERSONS
from arrears.actions.feeds.definitions.places import PLACES
from arrears.actions.feeds.definitions.preferences import PREFERENCES
from arrears.actions.feeds.definitions.products import PRODUCTS
from arrears.actions.feeds.definitions.refusals import REFUSALS
from arrears.actions.feeds.definitions.reported_arrears import REPORTED_ARREARS
from arrears.actions.feeds.definitions.requests import REQUESTS
from arrears.actions.feeds.definitions.reversals import REVERSALS
from arrears.actions.feeds.definitions.statements import STATEMENTS
from arrears.actions.feeds.schema import Feed
from arrears.kernel.errors import BadInput

FEEDS: Mapping[str, Feed] = {
    feed.name: feed
    for feed in (
        ORGANISATIONS,
        PRODUCTS,
        PERSONS,
        LOANS,
        LOAN_PARTIES,
        LOAN_FUNDERS,
        INSTALLMENTS,
        STATEMENTS,
        REPORTED_ARREARS,
        PAYMENTS,
        PAYMENT_ALLOCATIONS,
        LOAN_EVENTS,
        REVERSALS,
        CONTACT_POINTS,
        PLACES,
        HOLDS,
        CONSENTS,
        PREFERENCES,
        INCONVENIENT_TIMES,
        REFUSALS,
        AUTHORITIES,
        CONTACTS,
        NOTICES,
        MEASURES,
        ITEMISATIONS,
        REQUESTS,
    )
}


def get_feed(name: str) -> Feed:
    """Raises `BadInput` for a name that no feed has."""
    if name not in FEEDS:
        raise BadInput(
            "import.no_such_feed", f"No feed is called {name!r}.", hint=f"Feeds: {', '.join(FEEDS)}."
        )
    return FEEDS[name]
