"""What a mapping means, said in sentences: which columns become which events of whom."""

from __future__ import annotations

from django.utils.translation import gettext as _

from safar.collect.mapping import EventRule, Mapping, property_rules
from safar.collect.template import Template
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import in_words
from safar.show.locale import Locale

from .words import currency_unit, listed, quoted


def mapping_in_words(mapping: Mapping, locale: Locale) -> list[str]:
    """Return what becomes of the rows of a file, a sentence a line."""
    customer = listed(column.column for column in mapping.customer.id_columns())
    rules = mapping.event
    lines = []
    if len(rules) == 1:
        lines.append(_one(rules[0], customer))
    else:
        lines.append(
            filled(
                _("Each row becomes one or several events of the customer in column %(customer)s:"),
                customer=customer,
            )
        )
        lines += [_of_several(rule) for rule in rules]
    lines += dict.fromkeys(filter(None, (_amount(rule, mapping, locale) for rule in rules)))
    traits = [rule.column for rule in property_rules(mapping.customer.traits).values() if rule.column]
    if traits:
        lines.append(filled(_("Of the customer it says: %(columns)s."), columns=listed(traits)))
    if mapping.channel:
        lines.append(filled(_("The channel: %(channel)s."), channel=_text(mapping.channel)))
    lines += [
        filled(_("Rows are left out on purpose: %(reason)s."), reason=skip.reason) for skip in mapping.skip
    ]
    lines.append(_repeated(mapping))
    return lines


def _one(rule: EventRule, customer: str) -> str:
    facts = {
        "event": _happening(rule.name),
        "customer": customer,
        "time": listed(rule.time_columns()),
    }
    if rule.per:
        sentence = _(
            "Neighbouring rows with the same %(group)s become one event %(event)s of the customer in column "
            "%(customer)s, at the time in %(time)s."
        )
        return filled(sentence, group=listed(rule.per), **facts)
    sentence = _(
        "Each row becomes an event %(event)s of the customer in column %(customer)s, at the time in %(time)s."
    )
    return filled(sentence, **facts)


def _of_several(rule: EventRule) -> str:
    facts = {"event": _happening(rule.name), "time": listed(rule.time_columns())}
    if rule.when:
        conditions = listed(dict.fromkeys(each.column for each in rule.when))
        return filled(
            _("%(event)s at the time in %(time)s, depending on %(conditions)s"),
            conditions=conditions,
            **facts,
        )
    return filled(_("%(event)s at the time in %(time)s"), **facts)


def _amount(rule: EventRule, mapping: Mapping, locale: Locale) -> str:
    amount = rule.amount_rule()
    if amount is None:
        return ""
    columns = " × ".join(
        quoted(each) for each in ([amount.column] if amount.column else []) + list(amount.columns)
    )
    return filled(
        _("The amount is %(columns)s, in %(unit)s."),
        columns=columns,
        unit=_unit(rule.currency or mapping.currency or "", amount.times, locale),
    )


def _unit(currency: str, times: float, locale: Locale) -> str:
    template = Template.of(currency)
    if template.columns:
        return filled(_("the currency in column %(column)s"), column=listed(template.columns))
    if currency == "IRR" and times == 10:
        return _("toman (10 rials)")
    unit = currency_unit(currency, locale) if currency else _("the workspace's currency")
    return unit if times == 1 else f"{locale.number(times)} × {unit}"


def _repeated(mapping: Mapping) -> str:
    keys = [mapping.event_id] if mapping.event_id else mapping.key
    keys = keys or list(dict.fromkeys(name for rule in mapping.event for name in (rule.key or rule.per)))
    if keys:
        return filled(
            _("A row with the same %(columns)s in a later file is the same row: nothing is counted twice."),
            columns=listed(keys),
        )
    return _("A row that stands unchanged in a later file is the same row: nothing is counted twice.")


def _happening(template: str) -> str:
    """Return what happens in words, with the name that the event gets beside them."""
    return _text(template) if Template.of(template).columns else in_words(template)


def _text(template: str) -> str:
    """Return a text of the mapping, columns in it named as such."""
    found = Template.of(template)
    if not found.columns:
        return template
    return filled(_("as column %(column)s says"), column=listed(found.columns))
