"""Forms of signing in, joining and of one's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.forms import EmailField, PageForm, TimeZoneField
from safar.doors.web.design.reader import CalendarChoice, DigitsChoice, LanguageChoice, Theme
from safar.show.locale import LANGUAGES, Locale
from safar.vocabulary.money import EXPONENTS

from .account import LONGEST_NAME
from .passwords import LONGEST

_CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "dir": "ltr", "spellcheck": "false"}
#: Some more than a password may have: the refusal says what is wrong, the field does not cut it off.
_MOST = LONGEST * 4
_PASSWORD_HELP = _(
    "At least 12 characters. Several words that are yours alone are easy to keep and hard to guess."
)


def password_field(label: Any, *, is_new: bool = False) -> forms.CharField:
    """Return a field for a password: nothing is stripped, pasting is welcome."""
    return forms.CharField(
        label=label,
        strip=False,
        max_length=_MOST,
        help_text=_PASSWORD_HELP if is_new else "",
        widget=forms.PasswordInput(
            attrs={
                "autocomplete": "new-password" if is_new else "current-password",
                "dir": "ltr",
                "spellcheck": "false",
                "autocapitalize": "off",
            }
        ),
    )


def _name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Your name"),
        max_length=LONGEST_NAME,
        help_text=_("As colleagues read it, in any script."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )


def currency_choices() -> list[tuple[str, str]]:
    """Return the currencies to choose from, those of our readers first."""
    near = (
        "IRR",
        "SAR",
        "AED",
        "IQD",
        "KWD",
        "QAR",
        "OMR",
        "BHD",
        "EGP",
        "JOD",
        "TRY",
        "AFN",
        "USD",
        "EUR",
        "GBP",
    )
    rest = sorted(set(EXPONENTS) - set(near))
    named = Locale(next((each for each in LANGUAGES if each == get_language()), "en")).currency_name
    return [(code, code if named(code) == code else f"{named(code)} ({code})") for code in (*near, *rest)]


class SignInForm(PageForm):
    """Address and password."""

    email = forms.CharField(
        label=_("E-mail"),
        max_length=320,
        widget=forms.EmailInput(
            attrs={"autocomplete": "username", "dir": "ltr", "spellcheck": "false", "autofocus": True}
        ),
    )
    password = password_field(_("Password"))
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class CodeForm(PageForm):
    """A code of the authenticator, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=64,
        help_text=_("The six digits that your authenticator shows, or one of your recovery codes."),
        widget=forms.TextInput(attrs=_CODE | {"autofocus": True}),
    )


class ConfirmKeyForm(PageForm):
    """The first code of a new authenticator."""

    code = forms.CharField(
        label=_("Code"),
        max_length=64,
        help_text=_("The six digits that your authenticator shows now."),
        widget=forms.TextInput(attrs=_CODE),
    )


class NewPasswordForm(PageForm):
    """A new password. It is typed once: it can be looked at."""

    password = password_field(_("New password"), is_new=True)


class ChangePasswordForm(PageForm):
    """The password one has, and a new one."""

    current = password_field(_("Current password"))
    password = password_field(_("New password"), is_new=True)


class OwnPasswordForm(PageForm):
    """The password once more."""

    password = password_field(_("Password"))
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class SwitchOffForm(PageForm):
    """Password and code, to take the second step away."""

    password = password_field(_("Password"))
    code = forms.CharField(label=_("Code"), max_length=64, widget=forms.TextInput(attrs=_CODE))


class ForgottenForm(PageForm):
    """The address that a link is sent to."""

    email = EmailField(label=_("E-mail"))


class NameForm(PageForm):
    """How colleagues read one's name."""

    name = _name_field()


class JoinForm(PageForm):
    """What a new member says of himself."""

    name = _name_field()
    password = password_field(_("Password"), is_new=True)
    language = forms.ChoiceField(label=_("Language"), choices=LanguageChoice)


class WelcomeForm(PageForm):
    """The first member and the first workspace."""

    email = EmailField(label=_("E-mail"))
    name = _name_field()
    password = password_field(_("Password"), is_new=True)
    language = forms.ChoiceField(label=_("Language"), choices=LanguageChoice)
    workspace_name = forms.CharField(
        label=_("Name of the workspace"),
        max_length=120,
        help_text=_("Your company or shop, in any script."),
        widget=forms.TextInput(attrs={"autocomplete": "organization", "dir": "auto"}),
    )
    calendar = forms.ChoiceField(label=_("Calendar of the workspace"), choices=CalendarChoice.choices[1:])
    time_zone = TimeZoneField(label=_("Time zone of the workspace"))
    currency = forms.ChoiceField(label=_("Currency of the workspace"), choices=currency_choices)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        usual = Locale(language)  # type: ignore[arg-type] # one of the three
        first = {
            "language": language,
            "calendar": usual.calendar,
            "time_zone": usual.time_zone,
            "currency": usual.currency,
        }
        super().__init__(*args, initial=first, **kwargs)


class ReadingPageForm(PageForm):
    """Everything a member chooses of how pages read."""

    language = forms.ChoiceField(label=_("Language"), choices=LanguageChoice)
    calendar = forms.ChoiceField(label=_("Calendar"), choices=CalendarChoice, required=False)
    digits = forms.ChoiceField(label=_("Digits"), choices=DigitsChoice, required=False)
    time_zone = TimeZoneField(
        label=_("Time zone"),
        required=False,
        help_text=_("Type a part of its name, such as Tehran. Empty: as the workspace."),
    )
    currency = forms.ChoiceField(
        label=_("Currency shown first"),
        required=False,
        choices=lambda: [("", _("As the workspace")), *currency_choices()],
    )
    theme = forms.ChoiceField(label=_("Light or dark"), choices=Theme, required=False)


class TokenForm(PageForm):
    """What a new token is for."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What it is for, such as the program that uses it."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    workspace_id = forms.ChoiceField(label=_("Workspace"))
    access = forms.ChoiceField(
        label=_("What it may do"),
        choices=[("read", _("Read only")), ("write", _("Read and change"))],
        initial="read",
        widget=forms.RadioSelect,
    )
    days = forms.ChoiceField(
        label=_("It ends"),
        choices=[
            ("30", _("After 30 days")),
            ("90", _("After 90 days")),
            ("365", _("After a year")),
            ("", _("Never")),
        ],
        initial="90",
        required=False,
    )

    def __init__(self, *args: Any, workspaces: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workspace_id"].choices = workspaces  # type: ignore[attr-defined]
