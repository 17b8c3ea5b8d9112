"""The columns of the log, as Arrow types: in a write-ahead segment, in a Parquet part, in the SQL view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from safar.vocabulary.errors import Refusal
from safar.vocabulary.event import EVENT_ID_BYTES, Coded, EventColumns, Texts

INSTANT: Final = pa.timestamp("us", tz="UTC")

#: A frame of a segment: what the door or the importer handed over, validated, in order of arrival.
FRAME_SCHEMA: Final = pa.schema(
    [
        pa.field("event_id", pa.binary(EVENT_ID_BYTES), nullable=False),
        pa.field("customer_id", pa.string(), nullable=False),
        pa.field("event_name", pa.string(), nullable=False),
        pa.field("occurred_at", INSTANT, nullable=False),
        pa.field("received_at", INSTANT, nullable=False),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("amount", pa.int64()),
        pa.field("currency", pa.string()),
        pa.field("properties", pa.string(), nullable=False),
    ]
)

#: A row of a part: the same, and the place in the order of arrival over the whole log.
PART_SCHEMA: Final = pa.schema([*FRAME_SCHEMA, pa.field("sequence", pa.int64(), nullable=False)])


# not `pa.scalar`, which loads pandas wherever that is installed
_NO_AMOUNT: Final = pa.nulls(1, pa.int64())[0]
_NO_CURRENCY: Final = pa.nulls(1, pa.string())[0]


class TextRefused(Refusal, ValueError):
    """A text that has no UTF-8 form (a lone surrogate) cannot be kept."""

    code = "event.text_refused"


def batch_of(columns: EventColumns) -> pa.RecordBatch:
    """Return the events as one record batch of `FRAME_SCHEMA`."""
    count = len(columns)
    amount, currency = _money(columns)
    ids = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(EVENT_ID_BYTES), count, [None, pa.py_buffer(np.ascontiguousarray(columns.event_id))]
    )
    return pa.RecordBatch.from_arrays(
        [
            ids,
            _texts("customer_id", columns.customer_id),
            _texts("event_name", columns.event_name),
            pa.array(columns.occurred_at).view(INSTANT),
            pa.array(columns.received_at).view(INSTANT),
            _texts("channel", columns.channel),
            _texts("source", columns.source),
            amount,
            currency,
            _texts("properties", columns.properties),
        ],
        schema=FRAME_SCHEMA,
    )


def _money(columns: EventColumns) -> tuple[pa.Array, pa.Array]:
    """Return amounts and currencies, null where there is no amount."""
    count = len(columns)
    if isinstance(columns.currency, Coded) and list(columns.currency.values) == [""]:
        return pa.nulls(count, pa.int64()), pa.nulls(count, pa.string())
    currency = _texts("currency", columns.currency)
    has_no_amount = pc.equal(currency, "")
    return (
        pc.if_else(has_no_amount, _NO_AMOUNT, pa.array(columns.amount)),
        pc.if_else(has_no_amount, _NO_CURRENCY, currency),
    )


def _texts(name: str, column: Texts | Sequence[bytes]) -> pa.Array:
    try:
        if isinstance(column, Coded):
            if len(column.values) == 1:
                return pa.repeat(column.values[0], len(column))
            return pa.array(column.values, pa.string()).take(pa.array(column.codes))
        if column and isinstance(column[0], bytes):
            return pa.array(column, pa.string())
        return pa.array(column, pa.string())
    except (UnicodeEncodeError, pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise TextRefused(
            f"The column {name} holds a value that is not text in UTF-8: {error}.",
            hint="Send text as UTF-8, without lone surrogates.",
            column=name,
        ) from error


def columns_of(table: pa.Table) -> EventColumns:
    """Return rows of `FRAME_SCHEMA` (or `PART_SCHEMA`) as `EventColumns`: the way back from `batch_of`."""
    count = table.num_rows
    ids = table.column("event_id").combine_chunks()
    raw = ids.buffers()[1] if count else b""
    offset = ids.offset * EVENT_ID_BYTES if count else 0

    def instants(name: str) -> NDArray[np.int64]:
        return np.asarray(table.column(name).cast(pa.int64()).to_numpy(), dtype=np.int64)

    return EventColumns(
        event_id=np.frombuffer(raw, dtype=np.uint8, count=count * EVENT_ID_BYTES, offset=offset).reshape(
            -1, 16
        ),
        customer_id=table.column("customer_id").to_pylist(),
        event_name=table.column("event_name").to_pylist(),
        occurred_at=instants("occurred_at"),
        received_at=instants("received_at"),
        channel=table.column("channel").to_pylist(),
        source=table.column("source").to_pylist(),
        amount=pc.fill_null(table.column("amount"), 0).to_numpy(),
        currency=pc.fill_null(table.column("currency"), "").to_pylist(),
        properties=table.column("properties").to_pylist(),
    )
