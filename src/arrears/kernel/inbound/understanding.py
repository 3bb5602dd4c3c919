"""A message in, the wishes it states out."""

from __future__ import annotations

import unicodedata

from arrears.kernel.inbound.lexicon import Lexicon
from arrears.kernel.inbound.wishes import Certainty3, Found, Understood, Wish


def understand(text: str, lexicon: Lexicon) -> Understood:
    """What a person's message asks for. Nothing is decided here, and the same text is always read alike."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    found = [
        Found(each.wish, each.certainty, each.id, match.group())
        for each in lexicon.entries
        for pattern in each.says
        if (match := pattern.search(plain))
    ]
    if not found:
        return Understood((Wish.OTHER,), Certainty3.UNCLEAR, ())
    certainty = max((each.certainty for each in found), key=lambda each: each.strength)
    wishes = tuple(wish for wish in Wish if any(each.wish is wish for each in found))
    return Understood(wishes, certainty, tuple(each.entry for each in found), tuple(found))
