"""A text that breaks a rule of content, as the solver sees it."""

from __future__ import annotations

import numpy as np
import pytest

from arrears.kernel.days import DAY
from arrears.kernel.facts import ALWAYS, NEVER, NO_ID, TABLES, facts_of
from arrears.kernel.law.solver import Result, solve
from arrears.kernel.vocabulary import (
    ANY,
    LANGUAGES,
    Channel,
    ConsentForm,
    ConsentKind,
    Direction,
    NoticeKind,
)
from tests.kernel.law.builders import a_person_called, instant
from tests.kernel.law.laws import a_law, a_rule
from tests.kernel.law.worlds import PERSONS

CALLED = (int(NoticeKind.OVERDUE_NOTICE), int(Channel.CALL), LANGUAGES.index("en"))
AT = instant("UTC", "2026-07-14 10:00")


def asked(*texts, when=(), unless=None, language="en", called=(), consents=(), **columns):
    """The answer about one call on an overdue notice, to somebody who reads `language`."""
    against = dict.fromkeys(texts, (("debt", "owed"),))
    rule = a_rule("content", "content", params={"texts": against, "when": when, "unless": unless or {}})
    facts, candidates = a_person_called(zones=["UTC"], at=list(called))
    n = len(called)
    links = {"contact": list(range(n)), "loan": [20] * n, "is_discussed": [True] * n}
    contacts = {**facts["contact"], **{name: [value] * n for name, value in columns.items()}}
    consent = {name: [row[name] for row in consents] for name in TABLES["consent"].columns}
    facts = facts_of(
        {**facts.tables, "contact": contacts, "contact_loan": links, "consent": consent},
        known_at=AT,
        zones=facts.zones,
        zone_sets=facts.zone_sets,
    )
    read = NO_ID if language is None else LANGUAGES.index(language)
    candidates = {**candidates, "text": np.array([read])}
    return solve(facts, a_law((rule,)), candidates, np.array([AT]))


def test_a_text_that_breaks_the_rule_is_never_sent():
    solution = asked(CALLED)

    (binding,) = solution.reasons(0)
    assert (solution.result[0], solution.from_at[0]) == (Result.REFUSE, NEVER)
    assert (binding.release.kind, binding.release.fact) == ("fact", "text")


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        ((), "en"),
        ([CALLED], "zh-Hans"),  # the text in the reader's language breaks nothing
        ([CALLED], None),  # no text of the lender's is sent
        ([(int(NoticeKind.PAYMENT_REMINDER), *CALLED[1:])], "en"),
        ([(CALLED[0], int(Channel.EMAIL), CALLED[2])], "en"),
    ],
)
def test_another_text_is_sent(texts, language):
    assert asked(*texts, language=language).result[0] == Result.ALLOW


@pytest.mark.parametrize(
    ("columns", "result"),
    [
        ({}, Result.ALLOW),
        ({"is_conversation": False}, Result.REFUSE),  # a call that nobody took told nothing
        ({"is_conversation": False, "channel": int(Channel.EMAIL)}, Result.ALLOW),
        ({"direction": int(Direction.IN)}, Result.REFUSE),
        ({"person": PERSONS[1]}, Result.REFUSE),
    ],
)
def test_what_a_first_contact_has_to_say_need_not_be_said_again(columns, result):
    solution = asked(CALLED, when=("first_contact",), called=[AT - DAY], **columns)

    assert solution.result[0] == result


def test_a_contact_before_does_not_make_another_rule_lawful():
    assert asked(CALLED, when=("in_validation_period",), called=[AT - DAY]).result[0] == Result.REFUSE


def a_consent(kind, giver=PERSONS[0], **told):
    return {
        **dict.fromkeys(("given_to", "about", "channel", "purpose", "loan", "value"), ANY),
        "person": giver,
        "kind": int(kind),
        "form": int(ConsentForm.WRITTEN),
        "from_at": ALWAYS,
        "until_at": NEVER,
        **told,
    }


@pytest.mark.parametrize(
    ("truths", "consent", "from_at"),
    [
        (("third_person_pays",), a_consent(ConsentKind.PAYS_FOR_ANOTHER), AT),
        (("third_person_pays",), a_consent(ConsentKind.PAYS_FOR_ANOTHER, from_at=AT + DAY), AT + DAY),
        (("third_person_pays",), a_consent(ConsentKind.PAYS_FOR_ANOTHER, PERSONS[1]), NEVER),
        (("third_person_pays",), a_consent(ConsentKind.THIRD_PERSON), NEVER),
        (("consumer_consents",), a_consent(ConsentKind.THIRD_PERSON), AT),
        (("third_person_pays", "suit_intended"), a_consent(ConsentKind.PAYS_FOR_ANOTHER), NEVER),
        ((), a_consent(ConsentKind.PAYS_FOR_ANOTHER), NEVER),
    ],
)
def test_what_a_consent_on_file_allows_may_be_said_while_it_stands(truths, consent, from_at):
    solution = asked(CALLED, unless={"debt": truths}, consents=[consent])

    assert solution.from_at[0] == from_at
