"""Which contacts a gate may decide under the locks it got, and in which order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from arrears.actions.gating.claims import Due
from arrears.store.locks import scope_keys

SCOPES = scope_keys(persons=range(4), values=range(4))
some = st.frozensets(st.sampled_from(SCOPES), min_size=1, max_size=3)
lists = st.lists(some, min_size=1, max_size=12)


@given(lists, st.frozensets(st.sampled_from(SCOPES)), st.frozensets(st.integers(0, 11), max_size=3))
def test_a_contact_is_taken_when_its_locks_are_held_and_nobody_before_it_waits_for_one_of_them(
    scopes, held, but
):
    due = Due(1, dict(enumerate(scopes)))

    taken = due.within(held, but).contacts

    assert taken == tuple(sorted(taken))
    for contact, wanted in due.scopes_of.items():
        waits = [other for other in range(contact) if other not in taken and due.scopes_of[other] & wanted]
        assert (contact in taken) == (wanted <= held and contact not in but and not waits)


@given(lists)
def test_with_all_locks_all_are_taken(scopes):
    due = Due(1, dict(enumerate(scopes)))

    assert due.within(frozenset(due.scopes)) == due
    assert due.first().contacts == (0,)
    assert due.scopes == sorted(set().union(*scopes))
