"""Opt-outs are recorded at once, by person or address, and lifted by another row."""

from __future__ import annotations

import pytest

from arrears.actions.opt_outs import lift_opt_out, list_opt_outs, record_opt_out, value_key_of
from arrears.kernel.errors import BadInput, Conflict, NotFound
from arrears.store import models
from tests.actions.sending import ACTOR, a_due_contact, a_writing_lender, end_of, gate
from tests.builders import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def opt_out(planned, *, channel=None, **whose):
    whose = whose or {"person": planned.person_id}
    return record_opt_out(
        lender=planned.lender_id, channel=channel, told_by="portal", actor=ACTOR, at=NOW, **whose
    )


@pytest.mark.parametrize(
    ("channel", "state"), [(None, "not_permitted"), ("in_app", "not_permitted"), ("email", "reserved")]
)
def test_it_stops_the_channel_it_names_or_all(channel, state):
    planned = a_due_contact(a_writing_lender())
    opt_out(planned, channel=channel)

    gate()

    assert end_of(planned)[0] == state


def test_the_holder_of_an_address_stops_it_for_everybody_however_it_is_written():
    lender = a_writing_lender()
    planned = a_due_contact(lender, channel="email", value="shared@example.org")
    opt_out(planned, value_key=value_key_of("email", "  Shared@EXAMPLE.org", country="TW"))

    gate("email")

    assert end_of(planned) == ("not_permitted", "house.opt-out")


def test_a_lifted_opt_out_does_not_stop():
    planned = a_due_contact(a_writing_lender())
    number = opt_out(planned)

    lift_opt_out(opt_out=number, told_by="call", actor=ACTOR, at=NOW)

    gate()
    assert end_of(planned)[0] == "reserved"
    assert models.Preference.objects.count() == 2
    assert [row.until_at for row in list_opt_outs(person=planned.person_id)] == [NOW]


def test_it_is_lifted_once():
    number = opt_out(a_due_contact(a_writing_lender()))
    second = lift_opt_out(opt_out=number, told_by="call", actor=ACTOR, at=NOW)

    for ended in (number, second):
        with pytest.raises(Conflict):
            lift_opt_out(opt_out=ended, told_by="call", actor=ACTOR, at=NOW)
    assert models.Preference.objects.count() == 2


def test_what_cannot_be_is_refused_and_nothing_stored():
    planned = a_due_contact(a_writing_lender())

    with pytest.raises(BadInput):
        opt_out(planned, channel="pigeon")
    with pytest.raises(NotFound):
        lift_opt_out(opt_out=99, told_by="call", actor=ACTOR, at=NOW)
    with pytest.raises(BadInput) as raised:
        value_key_of("email", "no address", country="TW")

    assert "no address" not in str(raised.value)
    assert models.Preference.objects.count() == 0


def test_each_change_leaves_an_audit_entry_without_personal_data():
    planned = a_due_contact(a_writing_lender())
    lift_opt_out(opt_out=opt_out(planned), told_by="call", actor=ACTOR, at=NOW)

    entries = list(models.AuditEntry.objects.values_list("what", "subjects"))
    assert [what for what, _ in entries] == ["opt_out.recorded", "opt_out.lifted"]
    assert all(subjects["person"] == [planned.person_id] for _, subjects in entries)
