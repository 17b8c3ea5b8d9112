"""What would give a person away: their ids and the texts of their events, in every form in which they may be kept."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safar.vocabulary.email import EmailUnreadable, fold_email
from safar.vocabulary.event import ANONYMOUS_ID, PREVIOUS_ID
from safar.vocabulary.phone import PhoneImpossible, PhoneUnreadable, e164

from .needles import SHORTEST

#: What stands where an id of an erased person stood in somebody else's event.
ERASED: Final = "erased"
#: A text of a property gives a person away when it has at least so many letters.
_VALUE_LETTERS: Final = 6
#: In bytes that are packed, short texts appear by chance: a value must have so many bytes there, an id `SHORTEST`.
_RAW_VALUE_BYTES: Final = 8
_RAW_DIGITS: Final = 11
_ID_DIGITS: Final = 9
_LONGEST_PHONE: Final = 40
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*')
#: A number of so many digits may be a telephone number or an id.
_NUMBER_DIGITS: Final = 9


def forms_of(text: str) -> set[bytes]:
    """Return a text as it may stand in a file: plain, escaped for JSON, folded if it is an address or a number."""
    texts = {text}
    if "@" in text:
        with suppress(EmailUnreadable):
            texts.add(fold_email(text))
    elif len(text) <= _LONGEST_PHONE:
        try:
            number = e164(text)
        except (PhoneUnreadable, PhoneImpossible):
            pass
        else:
            texts |= {number, number.removeprefix("+")}
    for each in list(texts):
        texts |= {json.dumps(each)[1:-1], json.dumps(each, ensure_ascii=False)[1:-1]}
    return {each.encode("utf-8", "surrogatepass") for each in texts}


def id_forms(ids: Iterable[str]) -> set[bytes]:
    """Return the forms of ids that are long enough to be looked for in bytes."""
    return {form for text in ids for form in forms_of(text) if len(form) >= SHORTEST}


def value_forms(properties: str) -> Iterator[bytes]:
    """Yield the forms of every text, and every long number, that may give away whose event had these properties."""
    for token in _TOKEN.findall(properties):
        if token[0] != '"':
            if len(token) >= _NUMBER_DIGITS and token.isdigit():
                yield from forms_of(token)
            continue
        try:
            text = json.loads(token)
        except ValueError:
            text = token[1:-1]
        if len(text) >= _VALUE_LETTERS:
            yield token[1:-1].encode()
            yield from forms_of(text)


def is_plain_in_bytes(form: bytes, *, is_id: bool) -> bool:
    """Tell whether finding this in bytes that may be packed or numbers means something, and is not chance."""
    if form.isdigit():
        return len(form) >= _RAW_DIGITS
    return len(form) >= (SHORTEST if is_id else _RAW_VALUE_BYTES)


def names_one(customer_id: str) -> bool:
    """Tell whether an id names its customer wherever it stands: it is no plain word and no short number."""
    if len(customer_id) < SHORTEST or not any(letter.isdigit() or letter == "@" for letter in customer_id):
        return False
    return not customer_id.isdigit() or len(customer_id) >= _ID_DIGITS


class Mentions:
    """Finds ids in the properties of somebody else's event, and takes them out.

    An id that names one customer wherever it stands is taken out of every text, but not out of a longer word; any other
    only where the event says that it is an id (``$anonymous_id``, ``$previous_id``).
    """

    def __init__(self, ids: Collection[str]) -> None:
        forms = {
            form.decode("utf-8", "surrogatepass")
            for text in ids
            if names_one(text)
            for form in forms_of(text)
        }
        said = {json.dumps(text, ensure_ascii=plain) for text in ids for plain in (True, False)}
        said |= {text for text in ids if text.isdigit()}
        keys = [json.dumps(key) for key in (ANONYMOUS_ID, PREVIOUS_ID)]
        as_id = rf"((?:{_either(keys)})\s*:\s*)(?:{_either(said)})"
        self._as_id = re.compile(rf"{as_id}(?=\s*[,}}])")
        self._anywhere = re.compile(rf"(?<![\w@+-])(?:{_either(forms)})(?![\w@-]|\.\w)") if forms else None
        self._numbers = frozenset(form for form in forms if form.isdigit())
        #: Properties that match none of it mention none of the ids. A pattern for RE2.
        self.pattern = "|".join(filter(None, [as_id, _either(forms)]))
        #: One of these stands in whatever matches `pattern`.
        self.hints = frozenset(text.encode("utf-8", "surrogatepass") for text in [*forms, *keys])

    def taken_out_of(self, properties: str) -> str:
        """Return the properties without the ids, as JSON still."""
        without = self._as_id.sub(r"\1null", properties)
        return _TOKEN.sub(self._token, without) if self._anywhere is not None else without

    def amended_texts(self, properties: pa.ChunkedArray) -> tuple[pa.ChunkedArray, int]:
        """Return a column of properties without the ids, and in how many rows there were any."""
        rows = np.flatnonzero(pc.match_substring_regex(properties, self.pattern).to_numpy())
        texts = properties.take(pa.array(rows)).to_pylist()
        without = [self.taken_out_of(text) for text in texts]
        count = sum(before != after for before, after in zip(texts, without, strict=True))
        if not count:
            return properties, 0
        mask = np.zeros(len(properties), dtype=np.bool_)
        mask[rows] = True
        return pc.replace_with_mask(properties, pa.array(mask), pa.array(without, pa.string())), count

    def amended(self, rows: pa.Table) -> pa.Table:
        """Return rows of the log whose properties mention none of the ids."""
        properties, _ = self.amended_texts(rows.column("properties"))
        return rows.set_column(rows.schema.get_field_index("properties"), "properties", properties)

    def _token(self, found: re.Match[str]) -> str:
        token = found[0]
        if token[0] != '"':
            return "null" if token in self._numbers else token
        assert self._anywhere is not None
        return f'"{self._anywhere.sub(ERASED, token[1:-1])}"'


def _either(texts: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(texts, key=len, reverse=True)))
