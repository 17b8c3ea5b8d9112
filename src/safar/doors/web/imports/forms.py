"""Forms of the wizard: how a file is written, what its columns stand for, a mapping as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.collect.encoding import checked_encoding
from safar.collect.mapping_file import parse_mapping
from safar.doors.web.design.forms import NumberField, PageForm
from safar.doors.web.error_sentences import sentence_of
from safar.show.locale import Locale
from safar.vocabulary.errors import Refusal
from safar.vocabulary.money import EXPONENTS
from safar.vocabulary.time_zone import time_zone as checked_time_zone

from .reading import Reading
from .words import currency_unit

Choices = Sequence[tuple[str, Promise | str]]
_AS_TOLD: Final = ("", _("As the file tells"))
_ENCODINGS: Final[Choices] = (
    _AS_TOLD,
    ("utf-8", "UTF-8"),
    ("windows-1256", _("windows-1256 (Persian and Arabic)")),
    ("windows-1252", _("windows-1252 (Western)")),
    ("utf-16", "UTF-16"),
    ("iso-8859-6", _("ISO 8859-6 (Arabic)")),
)
_DELIMITERS: Final[Choices] = (
    _AS_TOLD,
    (",", pgettext_lazy("mark between columns", "comma ,")),
    (";", pgettext_lazy("mark between columns", "semicolon ;")),
    ("tab", pgettext_lazy("mark between columns", "tab")),
    ("|", pgettext_lazy("mark between columns", "bar |")),
    ("whitespace", pgettext_lazy("mark between columns", "blanks")),
)
_HEADERS: Final[Choices] = (
    _AS_TOLD,
    ("yes", _("The first row names the columns")),
    ("no", _("The first row is data")),
)
_LAYOUTS: Final[Choices] = (
    _AS_TOLD,
    ("ymd", _("year, month, day")),
    ("dmy", _("day, month, year")),
    ("mdy", _("month, day, year")),
    ("compact", _("digits in a row: 20260321")),
    ("epoch_s", _("seconds since 1970")),
    ("epoch_ms", _("milliseconds since 1970")),
    ("epoch_us", _("microseconds since 1970")),
)
_CALENDARS: Final[Choices] = (
    _AS_TOLD,
    ("gregorian", _("Gregorian")),
    ("jalali", _("Solar Hijri (Jalali)")),
    ("hijri", _("Lunar Hijri (Umm al-Qura)")),
)
_DECIMALS: Final[Choices] = (
    _AS_TOLD,
    (".", _("a point: 1,250.50")),
    (",", _("a comma: 1.250,50")),
)
_HEADER_SAID: Final = {"yes": True, "no": False}
#: Units that are offered first, besides the workspace's own.
_UNITS: Final = (
    "IRR",
    "IRR*10",
    "USD",
    "EUR",
    "GBP",
    "AED",
    "SAR",
    "QAR",
    "KWD",
    "IQD",
    "OMR",
    "BHD",
    "EGP",
    "TRY",
)


class ReadingForm(PageForm):
    """How the file is written."""

    encoding = forms.ChoiceField(label=_("Encoding"), choices=_ENCODINGS, required=False)
    delimiter = forms.ChoiceField(label=_("Columns are parted by"), choices=_DELIMITERS, required=False)
    sheet = forms.CharField(label=_("Sheet of the workbook"), max_length=200, required=False)
    header = forms.ChoiceField(label=_("First row"), choices=_HEADERS, required=False)
    skip_rows = NumberField(
        label=_("Rows before the table"), least=0, most=10_000, whole=True, required=False
    )
    layout = forms.ChoiceField(label=_("Order in its dates"), choices=_LAYOUTS, required=False)
    calendar = forms.ChoiceField(label=_("Calendar of its dates"), choices=_CALENDARS, required=False)
    time_zone = forms.CharField(
        label=_("Clock that wrote it"),
        max_length=64,
        required=False,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )
    decimal = forms.ChoiceField(label=_("Decimal mark of its numbers"), choices=_DECIMALS, required=False)

    #: Fields that count only for some formats.
    ONLY_FOR: Final = {
        "encoding": ("delimited", "jsonl"),
        "delimiter": ("delimited",),
        "sheet": ("excel",),
        "header": ("delimited", "excel"),
        "skip_rows": ("delimited", "excel"),
    }

    def __init__(self, *args: Any, format_: str = "delimited", zone: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, formats in self.ONLY_FOR.items():
            if format_ not in formats:
                del self.fields[name]
        self.fields["time_zone"].widget.attrs["placeholder"] = zone

    @classmethod
    def shown(cls, reading: Reading, **kwargs: Any) -> ReadingForm:
        """Return the form filled with what is said."""
        said: dict[str, Any] = reading.as_json()
        if "header" in said:
            said["header"] = "yes" if said["header"] else "no"
        if said.get("delimiter") == "\t":
            said["delimiter"] = "tab"
        return cls(initial=said, **kwargs)

    def clean_encoding(self) -> str:
        """Return the encoding, one that can be read."""
        name: str = self.cleaned_data["encoding"]
        return checked_encoding(name) if name else ""

    def clean_delimiter(self) -> str:
        """Return the mark itself."""
        name: str = self.cleaned_data["delimiter"]
        return "\t" if name == "tab" else name

    def clean_header(self) -> bool | None:
        """Return whether the first row names the columns."""
        return _HEADER_SAID.get(self.cleaned_data["header"])

    def clean_time_zone(self) -> str:
        """Return a zone that exists."""
        name: str = self.cleaned_data["time_zone"].strip()
        try:
            return checked_time_zone(name).key if name else ""
        except Refusal as error:
            raise forms.ValidationError(sentence_of(error.code), code=error.code) from error

    def reading(self) -> Reading:
        """Return what is said."""
        return Reading.of(self.cleaned_data)


class EventForm(PageForm):
    """What happened, and what amounts count, where no column says it."""

    event_name = forms.CharField(
        label=_("What happened"),
        help_text=_("The name of the event, for example order_placed. Empty: as proposed."),
        max_length=100,
        required=False,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off", "spellcheck": "false"}),
    )
    unit = forms.ChoiceField(
        label=_("Unit of the amounts"),
        help_text=_("One toman is ten rials: a wrong unit makes revenue ten times too large or too small."),
        required=False,
    )

    def __init__(self, *args: Any, locale: Locale, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, locale=locale, **kwargs)
        units = dict.fromkeys([currency, *(["IRR*10"] if currency == "IRR" else []), *_UNITS])
        self.fields["unit"].choices = [  # type: ignore[attr-defined]
            _AS_TOLD,
            *((unit, unit_name(unit, locale)) for unit in units),
        ]

    def clean_event_name(self) -> str:
        """Return a name that is no template: braces would name columns."""
        name: str = self.cleaned_data["event_name"].strip()
        if "{" in name or "}" in name:
            raise forms.ValidationError(_("A name has no braces."), code="braces")
        return name


def unit_name(unit: str, locale: Locale) -> str:
    """Return a unit of money as people call it."""
    return str(_("toman (10 rials)")) if unit == "IRR*10" else currency_unit(unit, locale)


def known_unit(unit: str) -> bool:
    """Whether a unit is a currency, or one that counts ten of it."""
    return unit.partition("*")[0] in EXPONENTS


def roles_posted(posted: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Return what a form says that columns stand for; columns are numbered in it, for names may be anything."""
    return {name: posted[key] for place, name in enumerate(names) if (key := f"role-{place}") in posted}


class MappingForm(PageForm):
    """A mapping as text."""

    toml = forms.CharField(
        label=_("The mapping as TOML"),
        max_length=200_000,
        strip=False,
        widget=forms.Textarea({"dir": "ltr", "rows": 28, "spellcheck": "false", "class": "mono"}),
    )

    def clean_toml(self) -> str:
        """Return a mapping that can be read; what is wrong is said with its line."""
        toml: str = self.cleaned_data["toml"].replace("\r\n", "\n")
        try:
            parse_mapping(toml)
        except Refusal as error:
            raise forms.ValidationError([sentence_of(error.code), str(error)], code=error.code) from error
        return toml


class SaveForm(PageForm):
    """Under which name a mapping is kept."""

    name = forms.CharField(
        label=_("Keep this reading for the next file, as"),
        max_length=80,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )
