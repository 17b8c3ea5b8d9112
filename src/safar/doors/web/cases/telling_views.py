"""“You said, we did”: the messages, a new one, and one with whom it is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.design.export import export
from safar.doors.web.design.forms import PageForm
from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.reader import LANGUAGE_NAMES
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.events.page import customer_href
from safar.doors.web.events.words import cut, visible
from safar.doors.web.inviting.services import can_write
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.show.locale import LANGUAGES, Locale
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from . import queries, tellings
from .models import Told
from .page import frame
from .rule_words import own_topic_names, usual_topic_names
from .tellings import Audience
from .words import cause_name

_SHOWN = 50
_MESSAGES = {
    "fa": gettext_lazy("Message in Persian"),
    "ar": gettext_lazy("Message in Arabic"),
    "en": gettext_lazy("Message in English"),
}


class TellingForm(PageForm):
    """Whom a message is for, and what it says in each language."""

    cause = forms.ChoiceField(label=gettext_lazy("Behind their cases was"), required=False)
    topic = forms.ChoiceField(label=gettext_lazy("They wrote about"), required=False)
    days = forms.ChoiceField(
        label=gettext_lazy("Cases of the last"),
        choices=[
            ("30", gettext_lazy("30 days")),
            ("90", gettext_lazy("90 days")),
            ("365", gettext_lazy("a year")),
        ],
        initial="90",
    )
    title = forms.CharField(
        label=pgettext_lazy("of a message", "Title"), max_length=160, widget=forms.TextInput({"dir": "auto"})
    )

    def __init__(
        self, *args: Any, workspace: Workspace, causes: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        language = self.locale.language
        anything = ("", pgettext_lazy("filter", "Anything"))
        self.fields["cause"].choices = [anything, *causes]  # type: ignore[attr-defined]
        self.fields["topic"].choices = [  # type: ignore[attr-defined]
            anything,
            *(
                (name, sorted(found.items(), key=lambda pair: pair[1]))
                for name, found in (
                    (_("Topics of this workspace"), own_topic_names(workspace, language)),
                    (_("Aspects"), usual_topic_names(language)),
                )
                if found
            ),
        ]
        for each in (language, *(other for other in LANGUAGES if other != language)):
            self.fields[f"text_{each}"] = forms.CharField(
                label=_MESSAGES[each],
                required=False,
                max_length=2_000,
                widget=forms.Textarea({"rows": 3, "lang": each, "dir": "ltr" if each == "en" else "rtl"}),
            )

    @property
    def audience(self) -> Audience:
        """Whom it is for."""
        found = self.cleaned_data
        return Audience(found["cause"], found["topic"], "", int(found["days"]))

    @property
    def texts(self) -> dict[str, str]:
        """What it says, by language."""
        return {each: self.cleaned_data[f"text_{each}"] for each in LANGUAGES}


@require_safe
@desk(Capability.SEE_CUSTOMERS)
def messages(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """List the messages."""
    locale = request.reader.locale(workspace)
    may = Capability.SEND_SURVEYS in request.capabilities
    found = tellings.tellings_of(workspace)
    context = {
        "frame": frame(workspace, frozenset(request.capabilities), "case-tellings"),
        "lines": [
            (
                each.public_id,
                cut(visible(each.title), 120),
                filled(
                    ngettext("%(count)s customer was told", "%(count)s customers were told", each.count),
                    count=locale.number(each.count),
                ),
                locale.date(each.made_at),
                each.made_by,
            )
            for each in found
        ],
        "may_tell": may,
        "empty": EmptyState(
            _("Nobody was told yet"),
            _("Whoever said what was wrong hears what was done about it, in his own language."),
        ),
        "desk": "listen",
    }
    return render(request, "cases/tellings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.SEND_SURVEYS)
def new(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Write a message: see first how many it is for, then tell them."""
    locale = request.reader.locale(workspace)
    causes = [
        (each.public_id, cause_name(dict(each.names), locale.language))
        for each in queries.causes_of(workspace)
    ]
    begun = {"cause": request.GET.get("cause", "")[:16], "topic": request.GET.get("topic", "")[:60]}
    form = TellingForm(request.POST or None, initial=begun, workspace=workspace, causes=causes, locale=locale)
    counted = unreached = ""
    is_telling = request.POST.get("do") == "tell"
    if request.method == "POST" and not is_telling:
        form.fields["title"].required = False
    if request.method == "POST" and form.is_valid():
        if is_telling:
            try:
                given = form.cleaned_data
                made = tellings.tell(
                    workspace, given["title"], form.texts, form.audience, by=Actor.of(request)
                )
            except Refusal as refusal:
                form.add_error(None, sentence_of(refusal.code))
            else:
                toast(
                    request,
                    _("It is in their timelines, and is mailed to everybody whose address is known.")
                    if can_write()
                    else _("It is in their timelines. Take the list to your channel of messages."),
                )
                return redirect("case-telling", workspace_id=workspace.workspace_id, telling_id=made)
        else:
            audience = tellings.audience_of(workspace, form.audience)
            shares = tellings.languages_of(audience, workspace)
            counted = " · ".join(
                f"{LANGUAGE_NAMES[language]}: {locale.number(count)}"
                for language, count in shares.most_common()
            )
            counted = counted or _("Nobody: no closed case fits.")
            unreached = _unreached(workspace, audience, locale) if can_write() else ""
    context = {
        "frame": frame(workspace, frozenset(request.capabilities), "case-tellings"),
        "form": form,
        "counted": counted,
        "unreached": unreached,
        "is_mailed": can_write(),
        "desk": "listen",
    }
    return render(request, "cases/telling_new.html", context, status=422 if form.errors else 200)


def _unreached(workspace: Workspace, audience: Mapping[str, str], locale: Locale) -> str:
    """Return how many of an audience cannot be mailed, and why; empty where all can."""
    found = tellings.unreached(workspace, audience)
    if not found:
        return ""
    count = ngettext(
        "%(count)s of %(all)s cannot be mailed", "%(count)s of %(all)s cannot be mailed", found.total()
    )
    told = filled(count, count=locale.number(found.total()), all=locale.number(len(audience)))
    reasons = (f"{Told.Status(status).label}: {locale.number(n)}" for status, n in found.items())
    return " · ".join((told, *reasons))


@require_safe
@desk(Capability.SEE_CUSTOMERS)
def message(request: DeskRequest, workspace: Workspace, telling_id: str) -> HttpResponseBase:
    """Show a message and whom it is for; the list can be taken away, each customer with his text."""
    found = tellings.telling_of(workspace, telling_id)
    if found is None:
        raise Http404
    locale, may_export = request.reader.locale(workspace), Capability.EXPORT in request.capabilities
    columns = (
        Column("customer", _("Customer"), "code"),
        Column("language", _("Language")),
        Column("text", _("Message")),
        Column("status", _("Mail")),
    )
    form = request.GET.get("export", "")
    if form:
        if not may_export:
            raise Http404
        record(Actor.of(request), "cases.exported", workspace_id=workspace.workspace_id, after={"form": form})
        return export(found.title, columns, found.told, form, locale, request.reader.direction)
    rows = [
        Row(
            (
                Cell(cut(visible(customer), 60), customer_href(workspace, customer)),
                Cell(LANGUAGE_NAMES.get(language, language)),
                Cell(cut(visible(text), 120)),
                Cell(status),
            )
        )
        for customer, language, text, status in found.told[:_SHOWN]
    ]
    context = {
        "frame": frame(workspace, frozenset(request.capabilities), "case-tellings"),
        "telling": found,
        "made_at": locale.datetime(found.made_at),
        "texts": [
            (each, LANGUAGE_NAMES[each], "ltr" if each == "en" else "rtl", found.texts[each])
            for each in LANGUAGES
            if found.texts.get(each)
        ],
        "table": Table(_("Who was told"), columns, tuple(rows), can_export=may_export),
        "desk": "listen",
    }
    return render(request, "cases/telling.html", context)
