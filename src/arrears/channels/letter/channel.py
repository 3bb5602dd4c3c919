"""Sets letters, and hands them to a print house in batches.

A letter is accepted once its batch is in the print house's folder (`house`). Until then nobody
prints it, so every failure before certainly left nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from arrears.channels.base import Accepted, Channel, Cleared, Clock
from arrears.channels.letter.address import read_address
from arrears.channels.letter.house import Printed, PrintHouse
from arrears.channels.letter.route import PrintRoute
from arrears.channels.letter.typesetting import Letter, Typesetter
from arrears.channels.letter.windows import Window, usual_window
from arrears.kernel.errors import ChannelError, ChannelRefused, ChannelUnavailable

if TYPE_CHECKING:
    from arrears.channels.letter.signing import LetterSigner

PROVIDER = "print"
_REGISTERED = frozenset({"lawyers_letter"})
"""Notices whose delivery the post is asked to prove."""
_SIGNED = frozenset({"lawyers_letter"})
"""Notices whose file is signed."""
_PAGES = re.compile(rb"<xmpTPg:NPages>(\d+)<")
_Set = tuple[Printed, bytes]


def settle_handed_over(house: PrintHouse, attempts: Collection[int]) -> frozenset[int]:
    """Which of these attempts, whose sender is gone, are with the print house; the others never will be.

    Raises ChannelUnavailable when the print house's folder is away: nothing is known then.
    """
    house.check()
    try:
        house.abandon(attempts)
        return frozenset(house.handed_over(attempts))
    except OSError as error:
        what = "The print house's folder cannot be read."
        raise ChannelUnavailable("print.not_read", what, cause=type(error).__name__) from None


class LetterChannel(Channel):
    """One print house; contacts given together are one batch of it."""

    name = "letter"
    provider = PROVIDER
    per_second = 20
    is_together = True

    def __init__(self, now: Clock, route: PrintRoute, signer: LetterSigner | None = None) -> None:
        super().__init__(now)
        self._route = route
        self._signer = signer
        self._house = PrintHouse(route.folder)
        self._typesetter = Typesetter()

    def send_all(self, contacts: Sequence[Cleared]) -> Iterator[Accepted | ChannelError]:
        yield from self._send_together(contacts)

    def check(self) -> None:
        self._house.check()

    def close(self) -> None:
        """Nothing is kept open."""

    def _hand_over(self, contact: Cleared) -> Accepted:
        (answer,) = self._send_together([contact])
        if isinstance(answer, ChannelError):
            raise answer
        return answer

    def _send_together(self, contacts: Sequence[Cleared]) -> list[Accepted | ChannelError]:
        """The answer of each; those that are set and in time leave in one batch."""
        answers: dict[int, Accepted | ChannelError] = {
            attempt: Accepted() for attempt in self._house.handed_over(each.attempt for each in contacts)
        }
        letters: dict[int, _Set] = {}
        for contact in contacts:
            if contact.attempt not in answers and self._is_in_time(contact):
                try:
                    letters[contact.attempt] = self._set(contact)
                except (ChannelRefused, ChannelUnavailable) as error:
                    answers[contact.attempt] = error
        # setting a batch takes its time
        leaving = [each.attempt for each in contacts if self._is_to_leave(each, letters)]
        answers |= self._hand_over_batch({attempt: letters[attempt] for attempt in leaving})
        return [answers.get(contact.attempt) or self._too_late() for contact in contacts]

    def _is_to_leave(self, contact: Cleared, letters: Mapping[int, _Set]) -> bool:
        return contact.attempt in letters and self._is_in_time(contact)

    def _hand_over_batch(self, letters: dict[int, _Set]) -> dict[int, Accepted | ChannelError]:
        if not letters:
            return {}
        try:
            self._house.check()
            self._house.hand_over(list(letters.values()), at=self._now())
        except ChannelError as error:
            return dict.fromkeys(letters, error)
        return dict.fromkeys(letters, Accepted())

    def _set(self, contact: Cleared) -> _Set:
        """The letter as its file and its line of the manifest.

        Raises ChannelRefused when it cannot be set, ChannelUnavailable when it cannot be signed.
        """
        paper = contact.paper
        assert paper is not None, contact.attempt
        address = read_address(
            contact.address, name=paper.recipient, country=paper.country, from_country=paper.from_country
        )
        window = self._route.window or usual_window(paper.from_country)
        pdf = self._typesetter.pdf(letter_of(contact, address.lines, is_specimen=self._route.is_sink), window)
        if paper.notice in _SIGNED:
            pdf = self._signed(pdf)
        return _printed(contact, address.country, window, pdf), pdf

    def _signed(self, pdf: bytes) -> bytes:
        if self._signer is None:
            what = "The letter has to be signed, and no key is set."
            raise ChannelUnavailable("letter.no_key", what, is_ours=True)
        return self._signer.signed(pdf)


def letter_of(contact: Cleared, address: tuple[str, ...], *, is_specimen: bool) -> Letter:
    """What stands on the paper of a contact."""
    paper = contact.paper
    assert paper is not None, contact.attempt
    return Letter(
        sender=contact.sender.name,
        address=address,
        return_line=paper.return_line,
        subject=contact.subject,
        body=contact.body,
        language=contact.language,
        region=paper.from_country,
        on=paper.on,
        number=str(contact.attempt),
        verification=contact.verification,
        ask_through=paper.ask_through,
        check_through=paper.check_through,
        is_specimen=is_specimen,
    )


def _printed(contact: Cleared, country: str, window: Window, pdf: bytes) -> Printed:
    assert contact.paper is not None, contact.attempt
    pages = _PAGES.search(pdf)
    assert pages is not None, "the file does not say how many pages it has"
    wide, high = window.paper
    return Printed(
        attempt=contact.attempt,
        file=f"{contact.attempt}.pdf",
        pages=int(pages[1]),
        country=country,
        language=contact.language,
        paper=f"{wide:g} x {high:g} mm",
        window=window.name,
        service="registered" if contact.paper.notice in _REGISTERED else "standard",
        sha256=hashlib.sha256(pdf).hexdigest(),
    )
