"""The closed lists of the field, as integer codes that fit a column.

The name in lower case is what the database, rule packs, mapping files and the API write
(`Channel.IN_APP` is `in_app`); the number lives only inside `Facts`. Append; never renumber
inside a release, because compiled packs and snapshots share the numbers.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TypeVar

ANY = -1
"""In a restriction's column: every value of the list."""


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days of the week as people write them, in the order of the bits of a mask."""

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
"""What texts are written in, as BCP 47 tags; a code of a language is its place here."""


HOUSE = "house"
"""The name of the lender's own rules beside those of jurisdictions."""


class Channel(IntEnum):
    IN_APP = 0
    EMAIL = 1
    SMS = 2
    CALL = 3
    LETTER = 4
    VISIT = 5
    PUSH = 6


class RecipientKind(IntEnum):
    """What the recipient is to the debt. A person is not a borrower until a loan says so."""

    BORROWER = 0
    CO_BORROWER = 1
    GUARANTOR = 2
    SPOUSE = 3
    GUARDIAN = 4
    EXECUTOR = 5
    ATTORNEY = 6
    EMPLOYER = 7
    RESERVED_CONTACT = 8
    FAMILY = 9
    COLLEAGUE = 10
    OTHER_PERSON = 11


LIABLE = (RecipientKind.BORROWER, RecipientKind.CO_BORROWER, RecipientKind.GUARANTOR)
"""Recipients who owe the debt themselves; everybody else is a third person."""


class ActorKind(IntEnum):
    ORIGINAL_CREDITOR = 0
    CREDITOR_OTHER_NAME = 1
    SERVICER = 2
    AGENCY = 3
    ASSIGNEE = 4
    LAW_FIRM = 5


FOR_ANOTHER = (ActorKind.AGENCY, ActorKind.LAW_FIRM, ActorKind.CREDITOR_OTHER_NAME)
"""Actors whose texts name a creditor beside them."""


class Purpose(IntEnum):
    COLLECT = 0
    NOTICE_REQUIRED_BY_LAW = 1
    LOCATE = 2
    SERVICE = 3
    MARKETING = 4
    FURNISH = 5  # no contact: negative data passed on to a credit bureau


class NoticeKind(IntEnum):
    """What a contact says. A due reminder comes before anything is late, an offer demands nothing."""

    PAYMENT_REMINDER = 0
    OVERDUE_NOTICE = 1
    CALL_TASK = 2
    VALIDATION = 3
    NEGATIVE_DATA = 4
    LAWYERS_LETTER = 5
    OPT_OUT_CONFIRMATION = 6
    DUE_REMINDER = 7
    GUARANTOR_NOTICE = 8
    OUTREACH_OFFER = 9
    OUTSOURCING_NOTICE = 10  # an agency will collect, and which
    ASSIGNMENT_NOTICE = 11  # the debt has a new creditor, and who it is
    DEFAULT_NOTICE = 12  # what is broken, and by when to put it right
    TERMINATION = 13
    EFFORTS_END = 14
    REMEDY_POSSIBLE = 15
    REMEDY_INTENDED = 16
    SUMS_IN_ARREARS = 17
    DEFAULT_SUM = 18
    DEFAULT_REGISTRATION = 19  # a default will be registered with a credit bureau


WAITED_FOR = (
    NoticeKind.VALIDATION,
    NoticeKind.NEGATIVE_DATA,
    NoticeKind.LAWYERS_LETTER,
    NoticeKind.OUTREACH_OFFER,
    NoticeKind.OUTSOURCING_NOTICE,
    NoticeKind.ASSIGNMENT_NOTICE,
    NoticeKind.DEFAULT_NOTICE,
    NoticeKind.DEFAULT_REGISTRATION,
)
"""Notices that must have been given before something else may happen."""


class PointKind(IntEnum):
    APP_INBOX = 0
    EMAIL = 1
    MOBILE = 2
    LANDLINE = 3
    POSTAL = 4
    WEB_PUSH = 5  # a browser's subscription


POINT_KINDS_OF: dict[Channel, tuple[PointKind, ...]] = {
    Channel.IN_APP: (PointKind.APP_INBOX,),
    Channel.PUSH: (PointKind.WEB_PUSH,),
    Channel.EMAIL: (PointKind.EMAIL,),
    Channel.SMS: (PointKind.MOBILE,),
    Channel.CALL: (PointKind.MOBILE, PointKind.LANDLINE),
    Channel.LETTER: (PointKind.POSTAL,),
    Channel.VISIT: (PointKind.POSTAL,),
}


class PointSource(IntEnum):
    """The lawful sources of a contact point. There is no code for an address book."""

    CONTRACT = 0
    RESERVED_BY_BORROWER = 1
    AUTHORISED = 2
    PUBLIC = 3
    TOLD_BY_CONTACT = 4
    CREDIT_AGENCY = 5


class PointOwner(IntEnum):
    """Whose an address or number is; one of an employer is `WORK`."""

    OWN = 0
    SHARED = 1
    WORK = 2
    OTHER_PERSON = 3


ELSEWHERE = (PointOwner.WORK, PointOwner.OTHER_PERSON)
"""Owners of an address or number that is neither the person's own nor his household's."""


class PointPlace(IntEnum):
    """The place that an address or number is tied to, as a letter box is and a mobile number is not."""

    HOME = 0
    WORK = 1
    OTHER = 2


class StatementForm(IntEnum):
    """How a person said what does not suit him."""

    ORAL = 0
    WRITTEN = 1


class DebtKind(IntEnum):
    CREDIT_CARD = 0
    CONSUMER_LOAN = 1
    AUTO_LOAN = 2
    STUDENT_LOAN = 3
    MICRO_LOAN = 4


class CreditorLicence(IntEnum):
    BANK = 0
    CONSUMER_FINANCE = 1
    MICRO_LENDER = 2
    NOT_LICENSED = 3


class Direction(IntEnum):
    OUT = 0
    IN = 1


class NetworkResult(IntEnum):
    """What the telephone network said; `NONE` for everything that is not a call."""

    NONE = 0
    NOT_CONNECTED = 1
    RANG_OUT = 2
    VOICEMAIL = 3
    ANSWERED = 4


class Arrival(IntEnum):
    """What is known of a contact's arrival at an address or number, or what was heard from there.

    Signs of life stand after what is none, so that of one instant they come last.
    """

    SENT = 0  # a provider took it; at the instant of the contact
    FAILED = 1  # reported as not delivered, or returned
    UNANSWERED = 2  # of a call: busy, rung out, not connected, or a mailbox
    DELIVERED = 3
    READ = 4
    TALKED = 5
    HEARD = 6  # written or called from there
    CONFIRMED = 7  # the lender verified it, on this day


class Voice(IntEnum):
    """Who or what speaks in a call. Of a call by nobody knows whom, and of all else, there is none."""

    PERSON = 0
    AUTODIALLED = 1  # a person, whom a machine that dials by itself has connected
    ARTIFICIAL = 2  # recorded, or made by a machine
    RINGLESS = 3  # recorded, and left in a mailbox without ringing


class Manner(IntEnum):
    """What some law forbids in how a contact is made; where nothing of the kind is known there is none."""

    ALTERED_CALLER_ID = 0  # the number that is shown is not the caller's
    POSTCARD = 1
    MARKED_ENVELOPE = 2  # its outside tells that it is about a debt
    SEEN_BY_OTHERS = 3  # the public, or people whom the recipient knows, can read it
    WITHOUT_PAPERS = 4  # the visitors do not show who they are and who sends them
    UNANNOUNCED = 5


MANNERS_OF: dict[Channel, tuple[Manner, ...]] = {
    Channel.CALL: (Manner.ALTERED_CALLER_ID,),
    Channel.LETTER: (Manner.POSTCARD, Manner.MARKED_ENVELOPE),
    Channel.VISIT: (Manner.WITHOUT_PAPERS, Manner.UNANNOUNCED),
    **dict.fromkeys((Channel.IN_APP, Channel.EMAIL, Channel.SMS, Channel.PUSH), (Manner.SEEN_BY_OTHERS,)),
}


class ReportedStatus(IntEnum):
    """How a core system describes a revolving account at the end of a statement month."""

    UNUSED = 0
    PAID_IN_FULL = 1
    MINIMUM_PAID = 2
    LATE = 3


class Component(IntEnum):
    """What a part of an installment is."""

    PRINCIPAL = 0
    INTEREST = 1
    FEE = 2
    PENALTY = 3


class LoanEventKind(IntEnum):
    """Changes of what is owed that are no payment (`store.models.payments.LoanEvent`)."""

    CHARGE = 0
    CHARGEBACK = 1
    WAIVER = 2
    WRITE_OFF = 3
    CHARGE_OFF = 4
    REFUND = 5


class Surplus(IntEnum):
    """Where money goes that nothing due takes: the next installment, the last one, or nowhere yet."""

    NEXT = 0
    LAST = 1
    HOLD = 2


class PauseBasis(IntEnum):
    """Which paused days count against delinquent days: those of the current past-due span, or all."""

    OVERLAP = 0
    SINCE_ORIGINATION = 1


class ArrearsSource(IntEnum):
    """Where the arrears of a loan come from; of several, the first."""

    SCHEDULE = 0
    STATEMENTS = 1
    REPORTED = 2


class HoldReason(IntEnum):
    DISPUTE = 0
    PROMISE = 1
    PLAN = 2
    HARDSHIP = 3
    BREATHING_SPACE = 4
    COMPLAINT = 5
    REPRESENTED = 6
    DECEASED = 7
    BANKRUPTCY = 8
    DISASTER_AREA = 9
    LEGAL = 10
    CEASE_REQUEST = 11  # the person has asked in writing that all contact end
    PLAN_SOUGHT = 12  # a plan is being worked out, as a rule with an adviser


class ConsentKind(IntEnum):
    """What a person has agreed to (`store.models.consents`)."""

    AGREED_HOURS = 0
    EXTRA_CALLS = 1
    AUTOMATED_CALLS = 2
    ELECTRONIC_NOTICES = 3
    THIRD_PERSON = 4
    DATA_TRANSFER = 5
    CREDIT_DATA = 6  # that data about the loan are supplied to a credit bureau
    PAYS_FOR_ANOTHER = 7  # he will pay although he does not owe
    GUARDIAN = 8  # of a child: a parent or guardian agrees that data about it are used


class Age(IntEnum):
    """What some law asks of a person's age. Nothing else of it is a fact."""

    UNDER_14 = 0


class ConsentForm(IntEnum):
    WRITTEN = 0
    SEPARATE = 1
    ELECTRONIC = 2
    ORAL = 3


class Ground(IntEnum):
    """Why an approver sets a rule aside, where the law itself names what justifies that."""

    REQUIRED_BY_LAW = 0
    LITIGATION = 1
    ASKED_FOR = 2  # the person himself asked to be contacted
    AVOIDS_HARM = 3  # what would befall him otherwise can be shown


class ProofState(IntEnum):
    """What is proved of a notice (`store.models.notices`)."""

    SENT = 0
    DELIVERED = 1
    POSTED = 2
    SERVED = 3
    RETURNED = 4
    UNSURE = 5  # it may have arrived: nothing is proved, and nothing of it is stored as proof


class MeasureKind(IntEnum):
    """What a lender decides about a loan beyond contact (`store.models.measures`)."""

    REPORT = 0  # negative data are passed on to a credit bureau
    PLACEMENT = 1  # an outside agency collects
    TRANSFER = 2  # the claim has a new creditor
    ENFORCEMENT = 3  # termination, acceleration, repossession
    DEFAULT_REGISTRATION = 4  # a default is registered with a bureau
    DEFAULT_SUM = 5  # a sum is charged for the default


class ItemisedFrom(IntEnum):
    """What happened on the day that a debt is itemised from (`store.models.itemisations`)."""

    LAST_STATEMENT = 0
    CHARGE_OFF = 1
    LAST_PAYMENT = 2
    TRANSACTION = 3
    JUDGMENT = 4


class Stops(IntEnum):
    """What a hold stops, as bits of a mask."""

    NOTICES = 1
    CALLS = 2
    AGEING = 4
    INTEREST = 8
    FURNISHING = 16


_E = TypeVar("_E", bound=IntEnum)


def code_of(kind: type[_E], name: str) -> _E:
    """The code written `name` in lower case; `KeyError` with the known names when there is none."""
    try:
        return kind[name.upper()]
    except KeyError:
        known = ", ".join(member.name.lower() for member in kind)
        raise KeyError(f"{name!r} is not a {kind.__name__}; known: {known}") from None


def name_of(member: IntEnum) -> str:
    """The name as written in data and files: lower case."""
    return member.name.lower()


CONTACT_PURPOSES = tuple(name_of(purpose) for purpose in Purpose if purpose is not Purpose.FURNISH)
"""The purposes that a contact may have, as words."""
