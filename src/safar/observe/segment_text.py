"""Segments as one line of text: ``Loyal: did "order paid" >= 2 within last 90d; has city = Shiraz; last nps >= 9``."""

from __future__ import annotations

from collections.abc import Iterable

from .among import Segment
from .rule_scanner import KEYWORDS, RuleUnreadable, Scanner, quoted
from .segment_part_text import PART_WORDS, instant_text, part_text, read_instant, read_part
from .segment_parts import Part


def segment_of(text: str, *, event_names: Iterable[str] | None = None) -> Segment:
    """Return the segment that a text says.

    Parameters
    ----------
    text
        ``name: PART; PART …``, all of which must be true; without a name the text is the name. A part is one of

        - ``did RULE``, ``did not RULE``: behind the rule (see `rule_text.rule_of`) may stand how often, ``>= 2``,
          ``<= 5``, ``= 3``, ``>= 2 <= 5`` (at least once when nothing is said);
        - ``did RULE then RULE then RULE within 7d``: one after the other, from the first to the last within 7 days;
        - ``has city = Shiraz | Yazd``: a trait; also ``!=``, ``>``, ``>=``, ``<``, ``<=``, ``~`` (contains),
          ``has city?`` (is there), ``has !city`` (is missing);
        - ``last nps <= 6``, ``any nps <= 6``: the newest, or any, answer to a metric or a question;
        - ``spent >= 100 USD``: orders less returns, also ``>``, ``<``, ``<=``; ``ordered >= 3``: how many orders;
        - ``at Pay of visit > cart > Pay: order paid``, ``reached Pay of …``: the step of a journey;
        - ``all (PART; PART)``, ``any (…)``, ``none (…)``.

        Behind all but ``has``, ``at`` and ``reached`` may stand when: ``within last 30d``, which rolls on, or ``within
        2026-01-01..2026-03-01``, from the first day on, up to but not including the second, days of UTC or instants
        with their zone (``2026-01-01T12:00+03:30``). A last ``as of 2026-03-01`` fixes now.
    event_names
        Those that the log holds; see `rule_text.rule_of`.

    Raises
    ------
    RuleUnreadable
        Its ``context`` has the ``position`` in the text, from 0.
    UnknownEventName

    Examples
    --------
    >>> segment = segment_of('did "order paid" >= 2; did not refund')
    >>> [(did.what.name, did.at_least, did.at_most) for did in segment.did]
    [('order paid', 2, None), ('refund', 0, 0)]
    >>> segment_of("Lost: last nps <= ۶; none (did order_placed within last 90d)").also[0].value.values
    ('۶',)
    """
    scanner = Scanner(text)
    known = None if event_names is None else frozenset(event_names)
    name = _name(scanner)
    parts: list[Part] = []
    now = None
    while True:
        if scanner.take_word("as"):
            now = read_instant(scanner)
            break
        parts.append(read_part(scanner, known))
        if not scanner.take(";") or scanner.at_end():
            break
    if not scanner.at_end():
        raise scanner.unreadable("how often, within, ; or the end")
    if not parts:
        scanner.place = 0
        raise scanner.unreadable("what is true of the customers before the instant")
    found = Segment(name, also=tuple(parts), now=now)
    return found if name else Segment(_body(found), found.did, found.also, now)


def segment_text_of(segment: Segment) -> str:
    """Return the text of a segment: `segment_of` gives exactly this segment back."""
    body = _body(segment)
    return body if segment.name in {"", body} else f"{quoted(segment.name)}: {body}"


def _name(scanner: Scanner) -> str:
    """Return the name in front of a colon; empty where the text begins with a part."""
    scanner.at_end()
    start = scanner.place
    word = scanner.take_word(*PART_WORDS, "as")
    scanner.place = start
    if word == "did":
        return ""
    try:
        until = KEYWORDS | {"of"} if word in {"as", "at", "reached"} else KEYWORDS
        name = scanner.name(expected="did, or a name and a colon", until=until)
        if scanner.take(":"):
            return name
        raise scanner.unreadable("did, or a name and a colon before it")
    except RuleUnreadable:
        if word is None:
            raise
        scanner.place = start
        return ""


def _body(segment: Segment) -> str:
    told = [part_text(part) for part in segment.parts]
    if segment.now is not None:
        told.append(f"as of {instant_text(segment.now)}")
    return "; ".join(told)
