"""The words of an invitation: a mail with the first question inside, a text for a telephone."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import Enum, auto
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Final
from urllib.parse import urlencode, urlsplit

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.listen.questionnaire.anatomy import Survey
from safar.listen.questionnaire.questions import Scored
from safar.maps.anatomy import said
from safar.store.registry import Workspace
from safar.vocabulary.digits import ARABIC_DIGITS, BIDI_MARKS, LATIN_DIGITS, PERSIAN_DIGITS

from .models import Invitation, Round

_logger: Final = logging.getLogger("safar.inviting")
#: More points than these are not drawn in a mail: its line would break on a telephone.
_MOST_POINTS: Final = 11
#: Characters of one SMS and of each of several: in the alphabet of phones, and in UTF-16 as Persian and Arabic need.
#: Source: 3GPP TS 23.038 and 23.040.
_GSM: Final = (160, 153)
_UCS2: Final = (70, 67)
#: Digits of a scale, by language; the value behind them is the same.
_DIGITS: Final = {
    "fa": str.maketrans(LATIN_DIGITS, PERSIAN_DIGITS),
    "ar": str.maketrans(LATIN_DIGITS, ARABIC_DIGITS),
}
_MARKS_OF_DIRECTION: Final = dict.fromkeys(map(ord, BIDI_MARKS))
_FROM_RIGHT: Final = frozenset({"fa", "ar", "ur", "he", "ckb", "ps", "ug"})
_SPOKEN: Final = frozenset({"fa", "ar", "en"})
_GSM_LETTERS: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)


#: From here on an answer of a mail server is for good. Source: RFC 5321, 4.2.1.
_FOR_GOOD: Final = 500


class Taken(Enum):
    """What a mail server made of a letter: took it, will never take it, or cannot be asked now."""

    YES = auto()
    NEVER = auto()
    LATER = auto()


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a scale in a mail: what it reads, where it leads."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Letter:
    """An invitation in one language.

    Attributes
    ----------
    direction
        ``rtl`` or ``ltr``: of the words and of the scale.
    question, low, high
        The first question and the ends of its scale; empty where it is none that a mail can hold.
    """

    language: str
    direction: str
    subject: str
    words: str
    question: str
    low: str
    high: str
    points: tuple[Point, ...]
    address: str
    stop_address: str
    company: str


def letter_of(
    workspace: Workspace,
    row: Round,
    language: str,
    survey: Survey,
    address: str,
    *,
    is_reminder: bool = False,
) -> Letter:
    """Return the invitation of a round in a language that the survey is written in, else in the survey's first.

    A press on a point of the scale opens the survey with it chosen; only sending the page there is an answer, for
    programs that look through mails follow links too.
    """
    spoken = language if language in survey.languages else survey.languages[0]
    digits = _DIGITS.get(spoken, {})
    with translation.override(_interface(spoken)):
        subject = row.subject.get(spoken) or _("How was it?")
        if is_reminder:
            subject = filled(_("A reminder: %(subject)s"), subject=subject)
        words = row.words.get(spoken) or filled(
            _("%(company)s would like to know how it was for you. It takes a minute."), company=workspace.name
        )
    first = survey.questions[0] if survey.questions else None
    points: tuple[Point, ...] = ()
    question = low = high = ""
    if isinstance(first, Scored) and len(first.scale.points) <= _MOST_POINTS and first.show_when is None:
        question = said(first.title, spoken, *survey.languages)
        low, high = (said(words, spoken, *survey.languages) for words in (first.low_words, first.high_words))
        points = tuple(
            Point(
                str(point).translate(digits), f"{address}?{urlencode({'q': first.question_id, 'v': point})}"
            )
            for point in first.scale.points
        )
    direction = "rtl" if spoken in _FROM_RIGHT else "ltr"
    return Letter(
        spoken,
        direction,
        subject,
        words,
        question,
        low,
        high,
        points,
        address,
        f"{address}/stop",
        workspace.name,
    )


def send_letter(
    workspace: Workspace,
    invitation: Invitation,
    survey: Survey,
    *,
    to: str,
    address: str,
    is_reminder: bool = False,
) -> Taken:
    """Send one invitation by mail; return what the server made of it.

    A letter is always called by the same ``Message-ID``: one that a killed process sends anew is the same letter to
    whoever sorts mails.
    """
    language, row = invitation.language or workspace.language, invitation.of_round
    letter = letter_of(workspace, row, language, survey, address, is_reminder=is_reminder)
    which = "reminder" if is_reminder else "invitation"
    with translation.override(_interface(letter.language)):
        message = EmailMultiAlternatives(
            _plain(" ".join(letter.subject.split())),
            render_to_string("inviting/letter.txt", {"letter": letter}),
            to=[to],
            headers={
                "Message-ID": f"<{which}.{invitation.public_id}@{urlsplit(address).hostname or 'safar.invalid'}>",
                "List-Unsubscribe": f"<{letter.stop_address}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
            },
        )
        message.attach_alternative(render_to_string("inviting/letter.html", {"letter": letter}), "text/html")
    return take(message)


def take(message: EmailMessage) -> Taken:
    """Send a mail; return what the server made of it."""
    try:
        return Taken.YES if message.send() == 1 else Taken.NEVER
    except OSError as error:  # smtplib's errors are among them
        _logger.warning("the mail server did not take a mail to a customer: %s", type(error).__name__)
        return Taken.NEVER if _is_for_good(error) else Taken.LATER


def _is_for_good(error: OSError) -> bool:
    """Return whether a server refused this very letter for good, rather than being away or busy."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= _FOR_GOOD for code, _said in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code >= _FOR_GOOD


def _interface(language: str) -> str:
    """Return the language of our own words beside those of a survey in another one."""
    return language if language in _SPOKEN else "en"


def sms_text(workspace: Workspace, row: Round, language: str, survey: Survey, address: str) -> str:
    """Return the invitation as a text for a telephone: the words, then the address on a line of its own."""
    letter = letter_of(workspace, row, language, survey, address)
    return f"{_plain(letter.words)}\n{address}"


def _plain(text: str) -> str:
    """Return a text without marks of direction: a text for a telephone costs twice as much for one of them."""
    return text.translate(_MARKS_OF_DIRECTION)


def sms_count(text: str) -> int:
    """Return how many short messages a text takes.

    Examples
    --------
    >>> sms_count("How was it?"), sms_count("چطور بود؟ " * 8)
    (1, 2)
    """
    one, each = _GSM if _GSM_LETTERS.issuperset(text) else _UCS2
    length = len(text.encode("utf-16-le")) // 2
    return 1 if length <= one else -(-length // each)
