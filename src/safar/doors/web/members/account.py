"""What a member changes of himself: what he reads, his name, his password."""

from __future__ import annotations

from django.db import transaction

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.design.reader import CalendarChoice, DigitsChoice, LanguageChoice
from safar.vocabulary.calendar import calendar as checked_calendar
from safar.vocabulary.money import exponent as checked_currency
from safar.vocabulary.time_zone import time_zone as checked_time_zone

from .errors import InvalidMemberSetting
from .models import Member
from .passwords import checked_password
from .roles import check_setting

LONGEST_NAME = 120


def change_reading(
    member: Member,
    *,
    language: str,
    calendar: str = "",
    digits: str = "",
    time_zone: str = "",
    currency: str = "",
) -> Member:
    """Set what a member reads: language, calendar, digits, time zone, the currency shown first; empty follows the
    browser, language or workspace.

    Raises
    ------
    InvalidMemberSetting, UnknownCalendar, UnknownTimeZone, UnknownCurrency
        Nothing was changed.
    """
    check_setting("language", language, ["", *LanguageChoice.values])
    check_setting("digits", digits, DigitsChoice.values)
    if calendar != CalendarChoice.OF_LANGUAGE:
        checked_calendar(calendar)
    if time_zone:
        checked_time_zone(time_zone)
    if currency:
        checked_currency(currency)
    member.language, member.calendar = language, calendar
    member.digits, member.time_zone, member.currency = digits, time_zone, currency
    member.save(update_fields=["language", "calendar", "digits", "time_zone", "currency"])
    return member


@transaction.atomic
def change_name(member: Member, name: str, *, by: Actor) -> Member:
    """Set how colleagues read a member's name.

    Raises
    ------
    InvalidMemberSetting
        It is empty or longer than 120 characters.
    """
    told = " ".join(name.split())
    if not told or len(told) > LONGEST_NAME:
        raise InvalidMemberSetting(
            "A name has 1 to 120 characters.", hint="Write it as colleagues know it.", setting="name"
        )
    before, member.name = member.name, told
    member.save(update_fields=["name"])
    if before != told:
        record(by, "member.renamed", target=member.email, before={"name": before}, after={"name": told})
    return member


@transaction.atomic
def change_password(member: Member, password: str, *, by: Actor) -> Member:
    """Set a member's password. Whoever calls this ends the other sessions (`sessions.keep_this_session`).

    Raises
    ------
    PasswordTooShort, PasswordTooLong, PasswordCommon, PasswordPersonal, PasswordRepeated
        Nothing was changed.
    """
    member.set_password(checked_password(password, email=member.email, name=member.name))
    member.save(update_fields=["password"])
    record(by, "member.password_changed", target=member.email)
    return member
