"""The form in which a segment is defined: its name, and the definition in the builder or as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from django.utils.translation import gettext as _

from safar.doors.web.error_sentences import sentence_of
from safar.observe.among import Segment
from safar.observe.segment_text import segment_of, segment_text_of
from safar.vocabulary.errors import Refusal

from .building import Builder, Built
from .draft import Draft, Path, done, from_fields, walked

#: Letters of a name, and of a definition as text.
LONGEST_NAME: Final = 120
LONGEST_TEXT: Final = 8_000

View = Literal["visual", "text"]


@dataclass(frozen=True, slots=True)
class TextFault:
    """What is wrong with a definition as text.

    Attributes
    ----------
    sentence, hint
        In the reader's words; the hint, which names what the language expects, in English. Either may be empty.
    before, at, after
        The text up to the fault, what stands there, and the rest.
    """

    sentence: str
    hint: str
    before: str
    at: str
    after: str


@dataclass(frozen=True, slots=True)
class Editing:
    """A definition while it is being written.

    Attributes
    ----------
    name
        As it was typed.
    view
        Where it is written: in the builder or as text.
    draft, text
        What stands there.
    segment
        What it says; None while it says nothing that can be.
    errors
        Of the builder, by part and field.
    fault
        Of the text.
    name_error
        Of the name.
    focus
        The part where the reader goes on.
    news
        What was done, for those who hear the page.
    """

    name: str
    view: View
    draft: Draft
    text: str
    segment: Segment | None = None
    errors: Mapping[tuple[Path, str], str] = field(default_factory=dict)
    fault: TextFault | None = None
    name_error: str = ""
    focus: Path | None = None
    news: str = ""

    @property
    def body(self) -> str:
        """The definition as text, without a name; empty where there is none."""
        return "" if self.segment is None else body_of(self.segment)


def body_of(segment: Segment) -> str:
    """Return the text of a segment without its name."""
    return segment_text_of(replace(segment, name=""))


def begun(builder: Builder, name: str = "", text: str = "") -> Editing:
    """Return the form of a definition that is there, or of a new one: in the builder where that can say all of it."""
    if not text:
        return Editing(name, "visual", Draft("all", {}, (Draft("did"),)), "")
    try:
        segment = segment_of(text)
    except Refusal:
        return _of_text(name, text)
    if segment.now is not None:
        return _of_text(name, text)
    return Editing(name, "visual", builder.draft(segment), text, segment)


def sent(builder: Builder, fields: Mapping[str, str]) -> Editing:
    """Return the form as it was sent, after what its button asks."""
    name = " ".join(fields.get("name", "").split())[:LONGEST_NAME]
    act = fields.get("do", "")
    if fields.get("view") == "text":
        found = _of_text(name, fields.get("text", "")[:LONGEST_TEXT])
        return _to_visual(builder, found) if act == "view.visual" else found
    draft, focus, news = from_fields(fields), None, ""
    verb = act.partition(".")[0]
    if verb in _NEWS:
        found_done = done(draft, act)
        draft, focus = found_done.draft, found_done.focus
        news = _NEWS[verb]() if focus is not None else _("Nothing was changed.")
    built = builder.built(name, draft)
    # A part that was just added has nothing in it yet: that is no error.
    is_told = verb not in _NEWS
    editing = _of_built(name, draft, built, is_told=is_told)
    editing = replace(editing, focus=focus, news=news)
    if act == "view.text":
        if editing.segment is None and not _is_blank(draft):
            return replace(editing, news=_to_text_news())
        return _of_text(name, editing.body)
    return editing


def named(editing: Editing) -> Editing:
    """Return the form with what is wrong with its name."""
    return editing if editing.name else replace(editing, name_error=_("Give the segment a name."))


def _of_built(name: str, draft: Draft, built: Built, *, is_told: bool) -> Editing:
    text = "" if built.segment is None else body_of(built.segment)
    return Editing(name, "visual", draft, text, built.segment, built.errors if is_told else {})


def _of_text(name: str, text: str) -> Editing:
    draft = Draft("all", {}, (Draft("did"),))
    if not text.strip():
        return Editing(
            name, "text", draft, text, fault=TextFault(_("Write who belongs to it."), "", "", "", "")
        )
    try:
        segment = segment_of(text)
    except Refusal as refusal:
        return Editing(name, "text", draft, text, fault=fault_of(text, refusal))
    # A name in the text is as good as one in the field.
    own = segment.name if segment.name != body_of(segment) else ""
    return Editing(name or own[:LONGEST_NAME], "text", draft, text, segment)


def _is_blank(draft: Draft) -> bool:
    """Whether nothing was typed yet that would be lost."""
    typed = ("what", "of", "text", "step", "amount", "count")
    return not any(part.values.get(name, "").strip() for _path, part in walked(draft) for name in typed)


def _to_visual(builder: Builder, editing: Editing) -> Editing:
    segment = editing.segment
    if not editing.text.strip():
        return begun(builder, editing.name)
    if segment is None:
        return editing
    if segment.now is not None:
        return replace(editing, news=_("Only text can say “as of” an instant."))
    return replace(editing, view="visual", draft=builder.draft(segment))


def fault_of(text: str, refusal: Refusal) -> TextFault:
    """Return what is wrong with a text, and where."""
    told = refusal.context.get("position")
    place = min(max(told, 0), len(text)) if isinstance(told, int) else len(text)
    end = place
    while end < len(text) and not text[end].isspace() and text[end] not in ";؛()":
        end += 1
    end = max(end, min(place + 1, len(text)))
    return TextFault(sentence_of(refusal.code), refusal.hint or "", text[:place], text[place:end], text[end:])


def _to_text_news() -> str:
    return _("Mend what is marked first; then it can be shown as text.")


_NEWS: Final = {
    "add": lambda: _("A condition was added."),
    "remove": lambda: _("The condition was taken away."),
    "up": lambda: _("The condition stands further up."),
    "down": lambda: _("The condition stands further down."),
    "out": lambda: _("The condition stands behind its group."),
    "in": lambda: _("The condition stands in the group before it."),
    "wrap": lambda: _("The condition stands in a group of its own."),
}
