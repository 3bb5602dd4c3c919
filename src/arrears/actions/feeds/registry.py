"""All feeds, in the order in which a delivery takes them: what is named comes before what names it."""

from __future__ import annotations

from collections.abc import Mapping

from arrears.actions.feeds.definitions.installments import INSTALLMENTS
from arrears.actions.feeds.definitions.loans import LOANS
from arrears.actions.feeds.definitions.payments import PAYMENTS
from arrears.actions.feeds.definitions.persons import PERSONS
from arrears.actions.feeds.definitions.products import PRODUCTS
from arrears.actions.feeds.schema import Feed
from arrears.kernel.errors import BadInput

FEEDS: Mapping[str, Feed] = {
    feed.name: feed
    for feed in (
        PRODUCTS,
        PERSONS,
        LOANS,
        INSTALLMENTS,
        PAYMENTS,
    )
}


def get_feed(name: str) -> Feed:
    """Raises `BadInput` for a name that no feed has."""
    if name not in FEEDS:
        raise BadInput(
            "import.no_such_feed", f"No feed is called {name!r}.", hint=f"Feeds: {', '.join(FEEDS)}."
        )
    return FEEDS[name]
