"""The kernel beside the oracle, for one loan."""

from __future__ import annotations

from arrears.kernel.arrears import arrears_of
from arrears.kernel.facts import NO_DATE, NO_ID, UNKNOWN_MINOR
from arrears.kernel.vocabulary import ArrearsSource, code_of
from arrears.rulepacks.zones import ZONES
from tests.kernel.arrears.books import facts_of_books
from tests.kernel.arrears.builders import row_of
from tests.kernel.arrears.schedule_oracle import arrears_of_books


def kernel_on(as_of, books):
    return row_of(arrears_of(facts_of_books({1: books}), as_of, ZONES), 0)


def oracle_on(as_of, books):
    """As the kernel writes it: codes, and a sentinel where nothing is said."""
    said = dict(arrears_of_books(books, as_of))
    if said["source"] is not None:
        said["source"] = code_of(ArrearsSource, said["source"]).value
    return {name: _sentinel(name) if value is None else value for name, value in said.items()}


def _sentinel(name):
    return NO_DATE if name.endswith("_on") else UNKNOWN_MINOR if name.endswith("_minor") else NO_ID


def differing(kernel, oracle):
    """Column by column, (kernel, oracle) where they differ; the product alone is not the oracle's."""
    assert kernel.keys() - oracle.keys() == {"loan", "product"}
    return {name: (kernel[name], value) for name, value in oracle.items() if kernel[name] != value}


def agreed_on(as_of, books):
    """What the oracle says, once the kernel was seen to say the same."""
    assert differing(kernel_on(as_of, books), oracle_on(as_of, books)) == {}
    return arrears_of_books(books, as_of)
