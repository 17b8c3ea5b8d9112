"""A change of a draft as the builder sends it: a part saved, made, moved, copied or taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import Http404
from django.utils.translation import gettext as _
from msgspec.structs import replace

from safar.doors.web.audit.actor import Actor
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.members.guard import DeskRequest
from safar.listen.questionnaire.anatomy import (
    Calculation,
    Ending,
    Hidden,
    Jump,
    Quota,
    Survey,
    Variable,
)
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from . import editing, queries, services
from .condition_form import pressed
from .kinds import new_question
from .opened import builder_of, language_asked
from .part_sent import part_sent, parts_pressed
from .queries import OpenSurvey
from .shown import known_languages

_MOST_PICTURE_BYTES: Final = 1 << 20
#: Buttons that change the order of a part's own lists, or its condition.
_PART_VERBS: Final = frozenset({"more", "up", "down", "less"})
_CONDITION_VERBS: Final = frozenset({"add", "group", "remove"})


class Change:
    """One change of the draft, as a form sends it: called with the draft that the form was made from.

    Attributes
    ----------
    part
        What the form made of its part, whether it was kept or not.
    errors
        What could not be taken, by field.
    then
        The place that is open afterwards.
    """

    def __init__(
        self, request: DeskRequest, workspace: Workspace, opened: OpenSurvey, at: str, do: str
    ) -> None:
        self.request, self.workspace, self.opened = request, workspace, opened
        self.at, self.do, self.then = at, do, at
        self.language = language_asked(request, opened)
        self.part: Any = None
        self.errors: dict[str, str] = {}
        self.is_removed = False

    def __call__(self, draft: Survey) -> Survey:
        """Return the draft after the change; as it was where ``errors`` say why not."""
        verb, _colon, rest = self.do.partition(":")
        if verb == "put":
            return self._put(draft)
        if verb == "new":
            return self._new(draft, rest)
        if verb == "order":  # buttons of the outline, which belong to no form
            at, _colon, by = rest.rpartition(":")
            return self._moved(draft, at, 1 if by == "1" else -1)
        draft = self._saved(draft)
        return draft if self.errors else self._turned(draft, verb, rest)

    def _turned(self, draft: Survey, verb: str, rest: str) -> Survey:
        """Return the draft after a button beneath a form was pressed, which saves the form as well."""
        if verb == "delete":
            return self._deleted(draft)
        if verb == "duplicate":
            return self._duplicated(draft)
        return self._moved(draft, self.at, 1 if rest == "1" else -1) if verb == "move" else draft

    def _saved(self, draft: Survey) -> Survey:
        """Return the draft with what the form says of its part, after the button of it that was pressed."""
        builder = builder_of(self.workspace, self.opened, draft, self.language)
        part, context = builder.part_at(self.at), builder.context
        if part is None:
            raise Http404
        found, self.errors = part_sent(
            part, self.request.POST, self.request.FILES, context, self._keep_picture
        )
        verb, _colon, rest = self.do.partition(":")
        if verb in _PART_VERBS:
            found = parts_pressed(found, self.do)
        if verb in _CONDITION_VERBS and context.looked:
            name = rest.partition(".")[0]
            if name in {"show_when", "when"} and hasattr(found, name):
                changed = pressed(getattr(found, name), self.do, name, context.looked)
                found = replace(found, **{name: changed})
        self.part = found
        if isinstance(found, Survey):
            found = self._with_languages(found)
        return self._kept(draft, found)

    def _kept(self, draft: Survey, found: Any) -> Survey:
        kind, _slash, name = self.at.partition("/")
        if kind == "settings":
            return found  # type: ignore[no-any-return]
        if kind == "question":
            return editing.with_question_changed(draft, name, lambda _was: found)
        if kind == "page":
            return editing.with_page_changed(draft, name, lambda _was: found)
        place = editing.list_part(draft, kind, name)
        changed = editing.with_list_part(draft, kind, place, found)
        id_field = editing.LISTS[kind]
        if id_field == "name" and found.name != name:
            if not _is_id(found.name) or [each.name for each in getattr(changed, kind)].count(found.name) > 1:
                self.errors["name"] = _("Use Latin letters, digits, - and _; each name once.")
                return draft
            self.then = f"{kind}/{found.name}"
        return changed

    def _with_languages(self, found: Survey) -> Survey:
        if "languages" not in self.request.POST.getlist("has"):
            return found
        known = {code for code, _name in known_languages()} | set(found.languages)
        chosen = [each for each in self.request.POST.getlist("languages") if each in known]
        kept = [each for each in found.languages if each in chosen]
        languages = tuple(dict.fromkeys([*kept, *chosen]))
        first = self.request.POST.get("first", "")
        if first in languages:
            languages = (first, *(each for each in languages if each != first))
        if not languages:
            self.errors["languages"] = _("Choose one language at least.")
            return found
        if self.language not in languages:
            self.language = languages[0]
        return replace(found, languages=languages)

    def _new(self, draft: Survey, rest: str) -> Survey:
        what, _colon, kind = rest.partition(":")
        post = self.request.POST
        if what == "page":
            changed, page_id = editing.with_page(draft, after=post.get("after", ""))
            self.then = f"add/{page_id}"
            return changed
        if what == "question":
            taken = [each.question_id for each in _ever_asked(self.workspace, self.opened)]
            question_id = editing.free_name(kind, [*taken, *(each.question_id for each in draft.questions)])
            key = f"{draft.key}-{question_id}"[:60]
            made = new_question(kind, question_id, key, draft.languages)
            if made is None:
                raise Http404
            self.then = f"question/{question_id}"
            return editing.with_question(draft, made, post.get("into", "")[:40], after=post.get("after", ""))
        part = _new_part(draft, what)
        if part is None:
            raise Http404
        id_field = editing.LISTS[what]
        self.then = f"{what}/{getattr(part, id_field) if id_field else len(getattr(draft, what))}"
        return editing.with_list_part(draft, what, None, part)

    def _put(self, draft: Survey) -> Survey:
        post, place = self.request.POST, self.request.POST.get("place", "")
        number = int(place) if place.isdecimal() and len(place) < 5 else 0
        return editing.question_put(draft, post.get("question", ""), post.get("page", ""), number)

    def _moved(self, draft: Survey, at: str, by: int) -> Survey:
        kind, _slash, name = at.partition("/")
        if kind == "question":
            return editing.question_moved(draft, name, by)
        if kind == "page":
            return editing.page_moved(draft, name, by)
        if kind not in editing.LISTS:
            return draft
        place = editing.list_part(draft, kind, name)
        if place is None:
            return draft
        if not editing.LISTS[kind]:
            count = len(getattr(draft, kind))
            self.then = f"{kind}/{min(max(place + by, 0), count - 1)}"
        return replace(draft, **{kind: editing.shifted(getattr(draft, kind), place, by)})

    def _deleted(self, draft: Survey) -> Survey:
        kind, _slash, name = self.at.partition("/")
        self.is_removed = True
        if kind == "question":
            names = [each.question_id for each in draft.questions]
            place = names.index(name)
            others = names[:place][-1:] or names[place + 1 :][:1]
            self.then = f"question/{others[0]}" if others else "add"
            return editing.without_question(draft, name)
        if kind == "page":
            self.then = ""
            return replace(draft, pages=tuple(each for each in draft.pages if each.page_id != name))
        self.then = "logic" if kind != "endings" else ""
        place_in_list = editing.list_part(draft, kind, name)
        return editing.with_list_part(draft, kind, place_in_list, None)

    def _duplicated(self, draft: Survey) -> Survey:
        name = self.at.partition("/")[2]
        question = draft.question(name)
        page = next((each for each in draft.pages if question in each.questions), None)
        if question is None or page is None:
            raise Http404
        taken = [each.question_id for each in (*draft.questions, *_ever_asked(self.workspace, self.opened))]
        new_id = editing.free_name(name, taken)
        key = f"{draft.key}-{new_id}"[:60] if question.metric else ""
        self.then = f"question/{new_id}"
        copy = replace(question, question_id=new_id, key=key)
        return editing.with_question(draft, copy, page.page_id, after=name)

    def _keep_picture(self, sent: Any) -> str:
        data = sent.read(_MOST_PICTURE_BYTES + 1)
        try:
            return services.keep_picture(
                self.workspace, self.opened.public_id, data, by=Actor.of(self.request)
            )
        except Refusal as error:
            raise ValueError(sentence_of(error.code)) from error


def _new_part(draft: Survey, what: str) -> Any:
    """Return a new part of a list of the survey; None where there is no such list, or nothing to begin it with."""
    pages = [page.page_id for page in draft.pages]
    variables = [each.name for each in draft.variables]
    made: dict[str, Callable[[], Any]] = {
        "endings": lambda: Ending(ending_id=editing.free_name("ending", editing.page_names(draft))),
        "quotas": lambda: Quota(
            quota_id=editing.free_name("quota", [each.quota_id for each in draft.quotas]), limit=100
        ),
        "variables": lambda: Variable(name=editing.free_name("points", variables)),
        "hidden": lambda: Hidden(name=editing.free_name("field", [each.name for each in draft.hidden])),
    }
    if pages:
        made["jumps"] = lambda: Jump(after=pages[0], to=pages[-1])
    if pages and variables:
        made["calculations"] = lambda: Calculation(
            after=pages[0], variable=variables[0], does="add", value=1.0
        )
    return made[what]() if what in made else None


def _is_id(name: str) -> bool:
    return 0 < len(name) <= 40 and name.isascii() and name.replace("-", "").replace("_", "").isalnum()


def _ever_asked(workspace: Workspace, opened: OpenSurvey) -> list[Any]:
    """Return the questions of all published versions: their ids are known to answers, and are given to no other."""
    versions = queries.versions_of(workspace, opened.public_id)
    return [question for version in versions for question in version.survey.questions]
