"""Who does not want to be recommended to by what he did: who said no to ``recommendations``, or to everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from safar.observe.consents import CONSENT_TRAITS, EVERYTHING, standing
from safar.store.extracts import Extract, Field
from safar.vocabulary.event import IDENTIFY
from safar.vocabulary.window import Window

if TYPE_CHECKING:
    from safar.store.log import Log

#: Purposes of which a no means: by what many buy, never by what I did.
PURPOSES: Final = ("recommendations", "personalization", "personalisation")
_DECODER: Final = msgspec.json.Decoder()
_TOLD: Final = "told"
_ANY: Final = ", ".join(f"properties->'{name}'" for name in CONSENT_TRAITS)
_MEMBERS: Final = ", ".join(f"'{name}', properties->'{name}'" for name in CONSENT_TRAITS)
_CONSENTS: Final = Extract(
    frozenset({IDENTIFY}),
    (
        Field(
            _TOLD,
            f"CASE WHEN coalesce({_ANY}) IS NOT NULL THEN json_object({_MEMBERS})::VARCHAR END",
            "text",
        ),
    ),
)
_ALWAYS: Final = Window.from_us(-62_104_060_800_000_000, 253_370_764_800_000_000)


def refusing(log: Log) -> frozenset[int]:
    """Return the keys of the persons who do not want it."""
    rows = log.rows(_CONSENTS, _ALWAYS)
    column = rows.fields[_TOLD]
    told: dict[int, list[str]] = {}
    for person, code in zip(rows.person.tolist(), column.values.tolist(), strict=True):
        if column.texts[code]:
            told.setdefault(person, []).append(column.texts[code])
    return frozenset(person for person, texts in told.items() if _refuses(texts))


def _refuses(texts: list[str]) -> bool:
    stands = standing(_traits(text) for text in texts)
    named = [stands[each] for each in PURPOSES if each in stands]
    return not all(named) if named else not stands.get(EVERYTHING, True)


def _traits(text: str) -> dict[str, object]:
    """Return the traits that were told, without those that were not; none where a number cannot be read."""
    try:
        found = _DECODER.decode(text)
    except msgspec.DecodeError:
        return {}
    return {name: value for name, value in found.items() if value is not None}
