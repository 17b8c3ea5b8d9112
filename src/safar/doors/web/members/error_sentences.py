"""A sentence for each code that members' verbs refuse with."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "invitation.for_another": _(
        "This invitation is for somebody who has an account here. Sign in with that account, then open it again."
    ),
    "invitation.refused": _(
        "This invitation was used or withdrawn, or it is too old. Ask whoever invited you for a new one."
    ),
    "invitation.unknown": _("There is no such open invitation. It may have been accepted or withdrawn."),
    "mail.setting_unreadable": _("The address of the mail server in the settings of Safar cannot be read."),
    "member.already_here": _("This member works in the workspace already."),
    "member.out_of_reach": _(
        "Your role does not allow this: nobody gives, changes or removes a role above his own. Ask an owner."
    ),
    "password.common": _(
        "This password is one of those that are tried first. Use several words that are yours alone."
    ),
    "password.personal": _("This password is little more than your name or address. Use other words."),
    "password.repeated": _("This password repeats a few characters. Use several words."),
    "password.too_long": _("This password is too long. Use at most 256 characters."),
    "password.too_short": _("This password is too short. Use at least 12 characters, such as several words."),
    "reset.link_refused": _("This link was used already, or it is too old. Ask for a new one."),
    "set_up.refused": _(
        "Nothing can be set up here any more: Safar has its first member, or a newer address was made. Sign in, or "
        "start Safar again for a new address."
    ),
    "account.password_wrong": _("This is not your password."),
    "sign_in.refused": _("The e-mail address and the password do not belong together."),
    "sign_in.wait": _("Too many attempts failed. Wait a while, then try again."),
    "token.invalid": _(
        "A token needs a name of its own, a workspace where you work, and an end that lies ahead."
    ),
    "token.unknown": _("There is no such token. It may be revoked already."),
    "two_factor.code_refused": _(
        "This code is not the right one, or it was used before. Wait for the next one."
    ),
    "two_factor.unchanged": _("The second step is already as you ask."),
}
