"""A sentence for each caveat of an answer about journeys. A test walks all codes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext, gettext_noop, ngettext

from safar.doors.web.design.words import filled
from safar.show.locale import Locale
from safar.vocabulary.answer import Note

Sentence = Callable[[Note, Locale], str]


def ngettext_noop(singular: str, plural: str) -> tuple[str, str]:
    """Mark two texts for extraction; they are translated when a page is made."""
    return singular, plural


def shaped(facts: Mapping[str, str | int], locale: Locale) -> dict[str, str]:
    """Return what fills the places of a sentence, whole numbers in the reader's digits."""
    return {name: locale.number(each) if isinstance(each, int) else each for name, each in facts.items()}


def counted(singular: str, plural: str) -> Sentence:
    """Return what says a note by its ``count``; its other facts fill the places of their names."""

    def sentence(note: Note, locale: Locale) -> str:
        facts = dict(note.facts)
        count = int(facts.pop("count", 0))
        return filled(ngettext(singular, plural, count), count=locale.number(count), **shaped(facts, locale))

    return sentence


def plainly(sentence: str) -> Sentence:
    """Return what says a note without a count by its facts, percentage ``points`` with their sign."""

    def said(note: Note, locale: Locale) -> str:
        facts = shaped(dict(note.facts), locale)
        if "points" in facts:
            facts["points"] = locale.signed(Decimal(facts["points"]))
        return filled(gettext(sentence), **facts)

    return said


_of_others: Final[dict[str, Sentence]] = {}
#: Caveats that change how a number may be read at all: they stand before all others.
_weighty: Final = {
    "attribution.no_interval",
    "compare.one_sided",
    "promise.untold",
    "series.short",
    "what_if.assumption",
    "what_if.disagrees",
}


def add_sentences(sentences: Mapping[str, Sentence], *, weighty: Collection[str] = ()) -> None:
    """Add the sentences of another desk's caveats; its app does so when it is ready.

    Parameters
    ----------
    weighty
        Those that change how a number may be read at all.
    """
    _of_others.update(sentences)
    _weighty.update(weighty)


def is_weighty(note: Note) -> bool:
    """Whether a caveat changes how a number may be read at all."""
    return note.code in _weighty


NOTE_SENTENCES: Final[dict[str, Sentence]] = {
    "flow.unmeasured": counted(
        *ngettext_noop(
            "For %(count)s rare connection no times were measured.",
            "For %(count)s rare connections no times were measured.",
        )
    ),
    "funnel.dependent": plainly(
        gettext_noop(
            "Paths of one customer depend on one another: the intervals of rates are a little too narrow."
        )
    ),
    "goals.dependent": plainly(
        gettext_noop(
            "Visits of one customer depend on one another: the intervals of rates are a little too narrow."
        )
    ),
    "pages.dependent": plainly(
        gettext_noop(
            "Visits of one customer depend on one another: the intervals of rates are a little too narrow."
        )
    ),
    "searches.dependent": plainly(
        gettext_noop(
            "Searches of one customer depend on one another: the intervals of rates are a little too narrow."
        )
    ),
    "funnel.more_groups": counted(
        *ngettext_noop(
            "%(count)s further value has fewer paths and is not shown.",
            "%(count)s further values have fewer paths and are not shown.",
        )
    ),
    "funnel.segments_overlap": counted(
        *ngettext_noop(
            "%(count)s customer is in both groups: the intervals of the differences are a little too wide.",
            "%(count)s customers are in both groups: the intervals of the differences are a little too wide.",
        )
    ),
    "paths.bundled": counted(
        *ngettext_noop(
            "%(count)s rare step is bundled as others: %(passages)s of %(of)s passages.",
            "%(count)s rare steps are bundled as others: %(passages)s of %(of)s passages.",
        )
    ),
    "paths.dependent": counted(
        *ngettext_noop(
            "The %(paths)s paths are those of %(count)s customer and depend on one another: "
            "the intervals are a little too narrow.",
            "The %(paths)s paths are those of %(count)s customers. Paths of one customer depend on one another: "
            "the intervals are a little too narrow.",
        )
    ),
    "paths.unmeasured": counted(
        *ngettext_noop(
            "For %(count)s rare connection no times were measured.",
            "For %(count)s rare connections no times were measured.",
        )
    ),
    "step_matrix.many_looks": counted(
        *ngettext_noop(
            "%(count)s difference is shown: it may lie outside its interval by chance.",
            "%(count)s differences are shown together: some lie outside their interval by chance.",
        )
    ),
    "attribution.untouched": counted(
        *ngettext_noop(
            "%(count)s conversion had no touch and is nobody's.",
            "%(count)s conversions had no touch and are nobody's.",
        )
    ),
    "attribution.open": counted(
        *ngettext_noop(
            "%(count)s path without a conversion was touched so recently that it may still convert.",
            "%(count)s paths without a conversion were touched so recently that they may still convert.",
        )
    ),
    "attribution.worthless": counted(
        *ngettext_noop(
            "%(count)s conversion has no value that can be counted.",
            "%(count)s conversions have no value that can be counted.",
        )
    ),
    "attribution.rarest_together": counted(
        *ngettext_noop(
            "%(count)s rare touch is counted among the others.",
            "The %(count)s rarest touches are put together as others.",
        )
    ),
    "attribution.no_interval": plainly(
        gettext_noop(
            "The model “Shapley of rates” has no intervals: rates of rare combinations are too uncertain."
        )
    ),
    "attribution.costs_elsewhere": counted(
        *ngettext_noop(
            "Costs are recorded for %(count)s touch that nobody had; they are not shown.",
            "Costs are recorded for %(count)s touches that nobody had; they are not shown.",
        )
    ),
    "attribution.costs_of_everybody": plainly(
        gettext_noop("Costs are those of everybody, although only some customers or events are asked about.")
    ),
    "compare.looked_at": counted(
        *ngettext_noop(
            "%(count)s share was looked at.",
            "%(count)s shares were looked at together: what is told as more than chance is corrected for that.",
        )
    ),
    "compare.too_few": counted(
        *ngettext_noop(
            "%(count)s share was not judged: too few customers are behind it.",
            "%(count)s shares were not judged: too few customers are behind them.",
        )
    ),
    "compare.one_sided": counted(
        *ngettext_noop(
            "%(count)s share is known of one side alone and is not compared.",
            "%(count)s shares are known of one side alone and are not compared.",
        )
    ),
    "conformance.few_customers": counted(
        *ngettext_noop(
            "%(count)s customer walked the journey: the intervals are rough.",
            "%(count)s customers walked the journey: the intervals are rough.",
        )
    ),
    "conformance.no_events": counted(
        *ngettext_noop(
            "Nothing was seen of %(count)s step of the journey.",
            "Nothing was seen of %(count)s steps of the journey.",
        )
    ),
    "conformance.no_pause": plainly(
        gettext_noop(
            "Without a pause no walk of the journey is over: those who ended somewhere may still come back."
        )
    ),
    "conformance.open": counted(
        *ngettext_noop(
            "%(count)s walk of the journey may still go on; it is not counted as ended.",
            "%(count)s walks of the journey may still go on; they are not counted as ended.",
        )
    ),
    "promise.open": counted(
        *ngettext_noop(
            "%(count)s promise is not due yet; it is left out.",
            "%(count)s promises are not due yet; they are left out.",
        )
    ),
    "promise.untold": counted(
        *ngettext_noop(
            "%(count)s beginning does not say which promise it belongs to; it is left out.",
            "%(count)s beginnings do not say which promise they belong to; they are left out.",
        )
    ),
    "thread.others_left_out": counted(
        *ngettext_noop(
            "%(count)s older event that belongs to no step is not shown.",
            "%(count)s older events that belong to no step are not shown.",
        )
    ),
    "goals.undecided": counted(
        *ngettext_noop(
            "%(count)s visit in which something was begun may still come to its end; it is not counted as lost.",
            "%(count)s visits in which something was begun may still come to their end; they are not counted as lost.",
        )
    ),
    "searches.results_unknown": counted(
        *ngettext_noop(
            "%(count)s search does not say how much it found; shares of searches without results leave it out.",
            "%(count)s searches do not say how much they found; shares of searches without results leave them out.",
        )
    ),
    "series.short": plainly(
        gettext_noop("There are too few periods to say what is out of the ordinary: nothing is marked.")
    ),
    "series.clustering_sampled": plainly(
        gettext_noop(
            "How far customers come again, which widens the intervals, was measured on one customer of every %(every)s."
        )
    ),
    "what_if.assumption": plainly(
        gettext_noop(
            "It is assumed that those who are moved go on like those who are already there. Whether they can be moved,"
            " and at what cost, this does not say."
        )
    ),
    "what_if.memory": plainly(
        gettext_noop(
            "What follows a step also depends on the step before it: knowing that one takes away %(percent)s percent of"
            " the uncertainty. The chain forgets it."
        )
    ),
    "what_if.disagrees": plainly(
        gettext_noop(
            "A chain that also knows the step before says that completion changes by %(points)s percentage points,"
            " which lies outside of the interval shown."
        )
    ),
    "what_if.unmeasured": counted(
        *ngettext_noop(
            "%(count)s edited move was made by nobody yet: how long it takes is not known and counted as nothing.",
            "%(count)s edited moves were made by nobody yet: how long they take is not known and counted as nothing.",
        )
    ),
}


def note_sentence(note: Note, locale: Locale) -> str:
    """Return a caveat as a sentence in the reader's language; its code where a later version made it."""
    found = NOTE_SENTENCES.get(note.code) or _of_others.get(note.code)
    return note.code if found is None else found(note, locale)
