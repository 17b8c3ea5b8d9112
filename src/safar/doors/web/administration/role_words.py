"""What each role may do, in words made of what the policies allow it."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from safar.doors.web.members.policies import ALLOWED, Capability, Role
from safar.doors.web.members.roles import RANK

#: What somebody with a capability may do, to stand in a list.
PHRASES: Final[dict[Capability, Promise | str]] = {
    Capability.SEE_NUMBERS: gettext_lazy("see numbers about all customers together"),
    Capability.SEE_CUSTOMERS: gettext_lazy("see single customers and their events"),
    Capability.EXPORT: gettext_lazy("take rows away as files"),
    Capability.QUERY: gettext_lazy("ask the log in SQL"),
    Capability.SAVE_QUESTIONS: gettext_lazy("save questions about journeys, put them on Today, watch them"),
    Capability.COMMENT_MAPS: gettext_lazy("comment journey maps"),
    Capability.EDIT_MAPS: gettext_lazy("draw journey maps, define segments and personas"),
    Capability.SHARE_MAPS: gettext_lazy("share maps by a link"),
    Capability.EDIT_SURVEYS: gettext_lazy("write surveys"),
    Capability.SEND_SURVEYS: gettext_lazy("publish surveys and ask customers"),
    Capability.LABEL_COMMENTS: gettext_lazy("correct what comments are about"),
    Capability.HANDLE_CASES: gettext_lazy("work on cases"),
    Capability.CHANGE_RULES: gettext_lazy("say what opens a case, and where webhooks go"),
    Capability.IMPORT: gettext_lazy("import files and take imports back"),
    Capability.CHANGE_CUSTOMERS: gettext_lazy("join ids of one person, part them, erase a person"),
    Capability.MANAGE_WORK: gettext_lazy("cancel and retry everybody's background work"),
    Capability.MANAGE_MEMBERS: gettext_lazy("invite and remove members and change their roles"),
    Capability.SEE_CHANGES: gettext_lazy("see who changed what"),
    Capability.SEE_HEALTH: gettext_lazy("see the health of log and disk"),
    Capability.MANAGE_KEYS: gettext_lazy("make and revoke keys"),
    Capability.CHANGE_WORKSPACE: gettext_lazy("change the settings of the workspace"),
}


def role_sentence(role: str) -> str:
    """Return what a role may do: what the next lesser one may, and what comes to it."""
    lesser = [each for each in RANK if RANK[each] < RANK[role] and ALLOWED[each] < ALLOWED[role]]
    nearest = max(lesser, key=RANK.__getitem__, default=None)
    more = ALLOWED[role] - (ALLOWED[nearest] if nearest else frozenset())
    phrases = [str(words) for capability, words in PHRASES.items() if capability in more]
    listed = pgettext("between things in a list", ", ").join(phrases)
    if nearest is None:
        return _("May %(things)s.") % {"things": listed}
    return _("What the role %(role)s may, and also: %(things)s.") % {
        "role": Role(nearest).label,
        "things": listed,
    }


def roles_to_give(own: str) -> list[tuple[str, str]]:
    """Return the roles that somebody of a role may give, the least first, each with what it may do."""
    return [
        (role, f"{Role(role).label} – {role_sentence(role)}")
        for role in sorted(RANK, key=RANK.__getitem__)
        if RANK[role] <= RANK[own]
    ]
