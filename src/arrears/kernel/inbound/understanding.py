"""A message in, the wishes it states out.

The writer's own words are brought into a plain form and cut into sentences. In each, keywords
are looked for that are the whole of it, then phrases anywhere. Words around a phrase may turn it,
a longer phrase speaks for the ones inside it, and what is left over is what the message says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from arrears.kernel.inbound.lexicon import Alone, Effect, Entry, Lexicon, Turn
from arrears.kernel.inbound.own_words import own_words
from arrears.kernel.inbound.plain import Sentence
from arrears.kernel.inbound.spelling import distance
from arrears.kernel.inbound.wishes import Certainty3, Found, Understood, Wish

_READ_AT_MOST = 4_000
"""Characters of somebody's own words that are searched; longer texts are cut there."""
_REACH = 60
"""Characters before and after a phrase within which words turn it."""

STOPPING = (
    *(Wish.STOP, Wish.STOP_ADDRESS, Wish.STOP_CHANNEL, Wish.STOP_THIRD_PERSON),
    *(Wish.NOT_ME, Wish.DECEASED),
)
"""Wishes beside which nobody is taken to ask for contact again."""


@dataclass(frozen=True, slots=True)
class _Match:
    """Where an entry agrees with a sentence, and what the words around made of it."""

    entry: Entry
    sentence: int
    start: int
    end: int
    words: str
    subject: str
    is_whole: bool = False
    """Whether it is a keyword that is all of a clause or of the message."""
    effect: Effect = Effect.SAME

    def holds(self, other: _Match) -> bool:
        """Whether it speaks for another match.

        The longer phrase speaks for those inside it, yet a hint never for what is surer; only a
        harmless phrase does. What is looked for last of all gives way to whatever touches it.
        """
        if self.sentence != other.sentence or self is other:
            return False
        if self.entry.last_of_all is not other.entry.last_of_all:
            return other.entry.last_of_all and self.start < other.end and other.start < self.end
        inside = self.start <= other.start and other.end <= self.end
        is_longer = (self.end - self.start, self.is_whole) > (other.end - other.start, other.is_whole)
        surer = self.entry.certainty.strength - other.entry.certainty.strength
        clears = self.entry.is_harmless and not other.entry.is_harmless
        return inside and (surer > 0 or clears or (is_longer and surer == 0))

    def found(self) -> Found:
        certainty = self.entry.certainty
        if self.effect is Effect.WEAKENED and certainty is Certainty3.CLEAR:
            certainty = Certainty3.HINT
        return Found(self.entry.wish, certainty, self.entry.id, self.words, self.subject)


def understand(text: str, lexicon: Lexicon) -> Understood:
    """What a person's message asks for. Nothing is decided here, and the same text is always read alike."""
    own = own_words(text, lexicon.quoting)[:_READ_AT_MOST]
    sentences = lexicon.letters.sentences(own)
    matches = [
        *_message_alone(sentences, lexicon),
        *(each for n, sentence in enumerate(sentences) for each in _matches(n, sentence, lexicon)),
    ]
    speaking = [each for each in matches if not any(other.holds(each) for other in matches)]
    found = [each.found() for each in speaking if each.effect is not Effect.VOID]
    return _told(list({(each.entry, each.subject, each.certainty): each for each in found}.values()))


def _told(found: list[Found]) -> Understood:
    """The answer: contact is not taken up again beside a wish to stop, nor by anything but a clear word."""
    stops = any(each.wish in STOPPING for each in found)
    found = [
        each
        for each in found
        if each.wish is not Wish.RESUME or (each.certainty is Certainty3.CLEAR and not stops)
    ]
    stated = [wish for wish in Wish if any(each.wish is wish for each in found)]
    wishes = tuple(wish for wish in stated if wish is not Wish.OTHER) or (Wish.OTHER,)
    certainty = max(
        (each.certainty for each in found), key=lambda each: each.strength, default=Certainty3.UNCLEAR
    )
    found.sort(key=lambda each: (-each.certainty.strength, list(Wish).index(each.wish)))
    return Understood(wishes, certainty, tuple(dict.fromkeys(each.entry for each in found)), tuple(found))


def _message_alone(sentences: list[Sentence], lexicon: Lexicon) -> Iterator[_Match]:
    """A keyword that is all the message says."""
    told = [each for each in (_without_courtesy(each.text, lexicon) for each in sentences) if each]
    if len(set(told)) == 1 and (entry := _keyword(told[0], lexicon, in_short=True)):
        number = next(n for n, each in enumerate(sentences) if told[0] in each.text)
        yield _Match(entry, number, 0, len(sentences[number].text), told[0], entry.subject, is_whole=True)


def _matches(number: int, sentence: Sentence, lexicon: Lexicon) -> Iterator[_Match]:
    asks = sentence.asks or any(each.search(sentence.text) for each in lexicon.questions)
    for match in (*_clauses(number, sentence, lexicon), *_phrases(number, sentence, lexicon)):
        effect = _effect(match, sentence.text, asks=asks, turns=lexicon.turns)
        yield replace(match, effect=effect)


def _clauses(number: int, sentence: Sentence, lexicon: Lexicon) -> Iterator[_Match]:
    """Keywords that are the whole of what stands between two commas."""
    start = 0
    for clause in sentence.text.split(","):
        bare = _without_courtesy(clause, lexicon)
        entry = _keyword(clause, lexicon, in_short=False) or _keyword(bare, lexicon, in_short=False)
        if entry and entry.alone is Alone.CLAUSE:
            yield _Match(entry, number, start, start + len(clause), clause, entry.subject, is_whole=True)
        start += len(clause) + 1


def _phrases(number: int, sentence: Sentence, lexicon: Lexicon) -> Iterator[_Match]:
    for entry in lexicon.entries:
        for pattern in entry.says:
            for found in pattern.finditer(sentence.text):
                named = [name for name, words in found.groupdict().items() if words]
                for subject in named or entry.subject.split(","):
                    yield _Match(entry, number, found.start(), found.end(), found.group(), subject)


def _without_courtesy(text: str, lexicon: Lexicon) -> str:
    """A clause without the greetings and thanks at its ends."""
    before = None
    while before != text:
        before = text
        for pattern in lexicon.courtesies:
            text = pattern.sub("", text).strip(" ,") or text
    return text


def _keyword(text: str, lexicon: Lexicon, *, in_short: bool) -> Entry | None:
    """The entry that has this as a keyword; in a short message a mistyped one will do."""
    word = text.replace(" ", "").replace(",", "")
    exact = lexicon.keywords.get(word) or lexicon.keywords.get(_once(word))
    if exact or not in_short or not 3 <= len(word) <= 13:
        return exact
    near = (
        (distance(word, known), known)
        for known, entry in lexicon.keywords.items()
        if entry.mistyped and len(known) >= 4 and abs(len(known) - len(word)) <= 2
    )
    miss, known = min(near, default=(99, ""))
    return lexicon.keywords[known] if miss <= (1 if len(known) < 8 else 2) else None


def _once(word: str) -> str:
    """What is written over and over, once: stopstop is stop."""
    for length in range(1, len(word) // 2 + 1):
        if word == word[:length] * (len(word) // length):
            return word[:length]
    return word


def _effect(match: _Match, text: str, *, asks: bool, turns: tuple[Turn, ...]) -> Effect:
    before = text[max(0, match.start - _REACH) : match.start]
    after = text[match.end : match.end + _REACH]
    effects = [match.entry.asked if asks else Effect.SAME]
    for turn in (each for each in turns if each.of is None or each.of.match(match.words)):
        if any(each.search(before) for each in turn.before) or any(each.match(after) for each in turn.after):
            effects.append(turn.asked if asks and turn.asked else turn.effect)
    return max(effects, key=list(Effect).index)
