"""Where the amounts of a file stand, what currency they are of, and in which unit they are told."""

from __future__ import annotations

from safar.vocabulary.money import EXPONENTS

from .amounts import unit_of
from .column_words import unit_in_name, unit_meant
from .draft import Choice, Draft
from .look import ColumnLook, FileLook
from .mapping import Amount


def money_of(draft: Draft, currency: str) -> tuple[Amount, str | None] | None:
    """Return where the amount stands and its currency, when both are known; None for one that the mapping says."""
    total = draft.find("amount", "number")
    quantity, price = draft.find("quantity", "number"), draft.find("price", "number")
    chosen = total or price
    if chosen is None:
        return None
    code, times = _currency(draft, chosen, currency)
    if not (code or draft.currency):
        draft.doubt(
            "event[0].amount",
            chosen.name,
            f"Nothing says the currency of {chosen.name!r}: it stays a plain number.",
        )
        return None
    if total or not quantity:
        taken = draft.take(chosen, "event[0].amount", "Its name says that it is the amount.")
        return Amount(column=taken, times=times), code
    draft.roles |= {quantity.name: "quantity", chosen.name: "price"}
    draft.choices.append(
        Choice("event[0].amount", chosen.name, f"The amount is {quantity.name} × {chosen.name}.")
    )
    return Amount(columns=[quantity.name, chosen.name], times=times), code


def signed_column(look: FileLook, amount: Amount) -> ColumnLook | None:
    """Return the first column of an amount that has negative numbers."""
    columns = [look.column(name) for name in ([amount.column] if amount.column else amount.columns)]
    return next((column for column in columns if column.number and column.number.negative), None)


def _currency(draft: Draft, amount: ColumnLook, currency: str) -> tuple[str | None, int]:
    """Return the currency of a rule and what its amounts are multiplied with; a column of units goes to the draft."""
    if draft.unit:
        code, times = unit_of(draft.unit)
        return code, int(times)
    column = draft.find("currency", "currency")
    if column:
        return f"{{{draft.take(column, 'event[0].currency', 'It holds codes of currencies.')}}}", 1
    if _units(draft, currency):
        return None, 1
    unit = unit_in_name(amount.name, currency)[0]
    if unit:
        code, times = unit_of(unit)
        worth = f"1 is {times} {code}" if times != 1 else f"it counts {code}"
        draft.choices.append(Choice("event[0].amount", amount.name, f"Its name says the unit: {worth}."))
        return code, int(times)
    if currency:
        draft.doubt(
            "event[0].currency",
            "",
            f"No column says the currency of {amount.name!r}: {currency} is taken for all of it, the usual one here."
            + (" Are they toman? Then say times = 10 with the amount." if currency == "IRR" else ""),
        )
    return currency or None, 1


def _units(draft: Draft, currency: str) -> bool:
    """Take the column that says the unit of each amount, if there is one, and what its words mean."""
    named = draft.find("currency", "text")
    columns = ([named] if named else []) + [
        each
        for each in draft.left()
        if each.kind == "text" and each is not named and each.name not in draft.said
    ]
    for column in columns:
        known = {value: unit for value in column.values if (unit := _unit_of_value(value, currency))}
        if (not known and column.name not in draft.said) or (
            column is not named and len(known) < len(column.values)
        ):
            continue
        meant = "; ".join(f"{value} is {unit.replace('*', ' × ')}" for value, unit in known.items())
        draft.currency = f"{{{draft.take(column, 'currency', f'It says the unit of each amount: {meant}.')}}}"
        draft.units = known
        unknown = [value for value in column.values if value not in known]
        if unknown:
            draft.doubt(
                "units",
                column.name,
                f"What {', '.join(map(repr, unknown))} means is not known; rows with it are rejected until [units] "
                "says it.",
            )
        return True
    return False


def _unit_of_value(value: str, currency: str) -> str:
    return unit_meant(value, currency) or (value.upper() if value.upper() in EXPONENTS else "")
