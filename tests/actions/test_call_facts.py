"""What cannot be true of one call at once, and that everything else is recorded as it was."""

from __future__ import annotations

import pytest

from arrears.actions.calls.outcomes import CallFacts, check_facts
from arrears.kernel.errors import BadInput

REFS = ("K1", "K2")
ANSWERED = {"result": "answered", "answered_by": "self", "is_conversation": True}


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("result", {"result": "hung_up"}),
        ("answered_by", {"result": "busy", "answered_by": "self"}),
        ("answered_by", {"result": "answered", "is_conversation": False}),
        ("answered_by", {**ANSWERED, "answered_by": "wife"}),
        ("is_conversation", {"result": "rang_out", "is_conversation": True}),
        ("is_conversation", {"result": "answered", "answered_by": "unknown"}),
        ("discussed", {**ANSWERED, "is_conversation": False, "discussed": ("K1",)}),
        ("discussed", {**ANSWERED, "discussed": ("K3",)}),
        ("message_left", {"result": "busy", "message_left": "full"}),
        ("message_left", {"result": "rang_out", "message_left": "limited_content"}),
        ("message_left", {**ANSWERED, "message_left": "full"}),
        ("message_left", {"result": "voicemail", "message_left": "long"}),
        ("duration_seconds", {"result": "busy", "duration_seconds": 1}),
        ("duration_seconds", {**ANSWERED, "duration_seconds": 0}),
        ("duration_seconds", {**ANSWERED, "duration_seconds": -1}),
        ("duration_seconds", {**ANSWERED, "duration_seconds": 14_401}),
        ("wishes", {"result": "voicemail", "wishes": ("stop",)}),
        ("wishes", {**ANSWERED, "wishes": ("never",)}),
        ("wishes", {**ANSWERED, "wishes": ("not_me",)}),
        ("wishes", {**ANSWERED, "answered_by": "third_person", "wishes": ("promise",)}),
        ("said", {"result": "rang_out", "said": "hello"}),
        ("said", {**ANSWERED, "said": "x" * 4_001}),
    ],
)  # fmt: skip
def test_facts_that_exclude_each_other_are_refused_by_their_field(field, told):
    with pytest.raises(BadInput) as wrong:
        check_facts(CallFacts(**told), of_call=REFS)

    assert wrong.value.facts["field"] == field
    assert f": {field}: " in wrong.value.what


BY_ANOTHER = {"result": "answered", "answered_by": "third_person"}


@pytest.mark.parametrize(
    "told",
    [
        {"result": "voicemail", "message_left": "limited_content", "duration_seconds": 20},
        {**BY_ANOTHER, "is_conversation": False, "message_left": "limited_content"},
        {**BY_ANOTHER, "is_conversation": True, "discussed": ("K1",)},
        {**BY_ANOTHER, "is_conversation": False, "wishes": ("not_me", "stop_address")},
        {**ANSWERED, "discussed": REFS, "wishes": ("promise", "stop"), "said": "on Friday"},
    ],
)  # fmt: skip
def test_what_happened_is_recorded_even_where_it_should_not_have(told):
    check_facts(CallFacts(**told), of_call=REFS)
