"""One table for every channel: what each failure of the world means to the attempt, and each receipt.

A channel that is registered and has no rows in `tests/channels/conforming` fails here by its name.
"""

from __future__ import annotations

import pytest

from arrears.actions.handing_over import hand_over_reserved
from arrears.actions.receipts import settle_receipts, store_receipt
from arrears.channels.base import Accepted, Channel
from arrears.channels.in_app import InAppChannel
from arrears.channels.registry import CHANNELS, RECEIPT_READERS
from arrears.kernel.errors import ChannelError, ChannelUnavailable
from arrears.kernel.vocabulary import POINT_KINDS_OF, code_of, name_of
from arrears.kernel.vocabulary import Channel as ChannelKind
from arrears.store import clock, models
from tests.actions.sending import ACTOR, a_writing_lender, end_of, move_clock
from tests.builders import a_contact_point, a_loan, a_person, a_planned_contact, an_attempt, cipher_of
from tests.channels.builders import NOW, a_contact
from tests.channels.conforming.table import EVERYWHERE, CannotHappen, Failing, Receipts, carriers_of

CARRIED = [(name, carrier, each) for name in CHANNELS for carrier, each in carriers_of(name).items()]
FAILURES = [
    pytest.param(name, each, row, id=f"{name} by {carrier}: {situation}")
    for name, carrier, each in CARRIED
    for situation, row in each.failures.items()
    if isinstance(row, Failing)
]
REPORTED = [
    pytest.param(name, each.receipts, id=f"{name} by {carrier}")
    for name, carrier, each in CARRIED
    if isinstance(each.receipts, Receipts)
]


@pytest.mark.parametrize("name", sorted(CHANNELS))
def test_a_registered_channel_has_rows_for_every_failure(name):
    carriers = carriers_of(name)

    assert carriers, f"write tests/channels/conforming/{name}.py"
    for carrier, each in carriers.items():
        missing = [situation for situation in EVERYWHERE if situation not in each.failures]
        assert missing == [], f"{name} by {carrier}"


def test_every_provider_whose_receipts_are_read_has_its_rows():
    """But for the inbox: what it shows is delivered, and all that is told of it later is that it was read."""
    assert {param.values[1].provider for param in REPORTED} == set(RECEIPT_READERS) - {InAppChannel.provider}


def test_what_cannot_happen_says_why():
    reasons = [
        row.why
        for _, _, each in CARRIED
        for row in (*each.failures.values(), each.receipts)
        if isinstance(row, CannotHappen)
    ]

    assert all(reasons)


@pytest.mark.parametrize(("name", "carrier", "row"), FAILURES)
def test_a_failure_means_what_the_table_says(name, carrier, row):
    contact = a_contact(channel=name, **carrier.contact)

    with row.opened() as channel, pytest.raises(ChannelError) as raised:
        channel.send(contact)

    assert type(raised.value) is row.means
    said = f"{raised.value} {raised.value.facts}"
    assert not any(each in said for each in (contact.address, contact.body, "open sesame"))


@pytest.mark.parametrize(
    ("name", "carrier"), [pytest.param(name, each, id=f"{name} by {by}") for name, by, each in CARRIED]
)
def test_a_contact_whose_time_has_passed_touches_nothing(name, carrier):
    with carrier.untouched() as (channel, touched):
        with pytest.raises(ChannelUnavailable) as raised:
            channel.send(a_contact(channel=name, send_before=NOW, **carrier.contact))

        assert (raised.value.code, touched()) == ("channel.too_late", 0)


class Taking(Channel):
    """A channel of any name whose provider takes everything; `meanwhile` happens before it says so."""

    per_second = 50

    def __init__(self, name, provider, meanwhile=lambda _attempt: None):
        super().__init__(clock.now)
        self.name, self.provider, self.meanwhile = name, provider, meanwhile

    def _hand_over(self, contact):
        self.meanwhile(contact.attempt)
        return Accepted("queued as 1")

    def check(self):
        pass

    def close(self):
        pass


def a_reserved(name):
    """A contact of this channel that the gate reserved, with its text: (planned contact, attempt)."""
    lender = a_writing_lender()
    person = a_person(lender)
    loan = a_loan(lender, person, overdue_days=10)
    point = a_contact_point(person, name_of(POINT_KINDS_OF[code_of(ChannelKind, name)][0]))
    planned = a_planned_contact(loan, point, channel=name, state="reserved", tries=1)
    attempt = an_attempt(loan, point, planned=planned, channel=name, worker=None)
    said = {"subject": "Your card", "body": "Please pay or ask us."}
    models.Message.objects.create(
        lender_id=lender.pk,
        attempt=attempt,
        person=person,
        channel=name,
        language="en",
        recorded_at=clock.now(),
        **{f"{part}_encrypted": cipher_of(person).encrypt(part, text) for part, text in said.items()},
    )
    return planned, attempt


def hand_over(name, provider, **told):
    hand_over_reserved(Taking(name, provider, **told), worker="w1", actor=ACTOR)


def receive(name, receipts, attempt, evidence):
    content = receipts.report(attempt, evidence)
    store_receipt(channel=name, provider=receipts.provider, content=content, at=clock.now())
    return settle_receipts(actor=ACTOR, at=clock.now())


def moves_of(attempt):
    return list(
        models.AttemptStep.objects.filter(attempt=attempt).order_by("id").values_list("to_state", flat=True)
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "receipts"), REPORTED)
def test_a_duplicate_receipt_moves_nothing_again(name, receipts):
    planned, attempt = a_reserved(name)
    hand_over(name, receipts.provider)

    settled = [receive(name, receipts, attempt.pk, receipts.reached) for _ in range(3)]

    assert settled == [{"matched": 1}, {"duplicate": 1}, {"duplicate": 1}]
    assert moves_of(attempt) == ["handing_over", "accepted", receipts.reached]
    assert end_of(planned) == ("sent", None)
    assert models.StepRecord.objects.filter(attempt=attempt.pk).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "receipts"), REPORTED)
def test_a_receipt_before_the_result_stands(name, receipts):
    planned, attempt = a_reserved(name)

    hand_over(
        name,
        receipts.provider,
        meanwhile=lambda sent: receive(name, receipts, sent, receipts.reached),
    )

    assert moves_of(attempt) == ["handing_over", receipts.reached]
    assert end_of(planned) == ("sent", None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "receipts"), REPORTED)
def test_a_late_bounce_takes_back_the_arrival_and_not_the_contact(name, receipts):
    planned, attempt = a_reserved(name)
    hand_over(name, receipts.provider)
    receive(name, receipts, attempt.pk, receipts.reached)
    move_clock(days=3)

    settled = receive(name, receipts, attempt.pk, receipts.failed)

    assert settled == {"matched": 1}
    assert moves_of(attempt) == ["handing_over", "accepted", receipts.reached, receipts.failed]
    assert end_of(planned) == ("sent", None)
