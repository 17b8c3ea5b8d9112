"""What the app of personas refuses."""

from __future__ import annotations

from safar.vocabulary.errors import Refusal


class UnknownPersona(Refusal, LookupError):
    """The workspace has no such persona."""

    code = "personas.unknown"


class PictureRefused(Refusal, ValueError):
    """What was sent is no picture that pages show, or too large."""

    code = "personas.picture_refused"


class PersonaNameless(Refusal, ValueError):
    """Nothing of a persona's name is seen in any language."""

    code = "personas.nameless"


class QuoteEmpty(Refusal, ValueError):
    """Nothing of a quote is seen."""

    code = "personas.quote_empty"


class WordsUnkeepable(Refusal, ValueError):
    """A text of a persona holds a null character, which databases do not keep."""

    code = "personas.words_unkeepable"
