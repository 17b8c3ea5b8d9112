"""The peer of the ingest door: the same events taken by Django, in the two ways a Django team would write it.

``PEER=sqlite`` keeps them with the ORM in SQLite (WAL), ``PEER=postgres`` with ``COPY`` in PostgreSQL. Both validate
with msgspec, both answer after the commit, both ignore an event whose id is there already. Run under granian's WSGI.
"""

from __future__ import annotations

import os
import uuid
from datetime import datetime

import django
import msgspec
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

PEER = os.environ["PEER"]
DATABASES = {
    "sqlite": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("PEER_DATABASE", ""),
        "OPTIONS": {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
            "transaction_mode": "IMMEDIATE",
            "timeout": 60,
        },
    },
    "postgres": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": "postgres",
        "HOST": os.environ.get("PEER_DATABASE", ""),
    },
}
settings.configure(
    DATABASES={"default": {**DATABASES[PEER], "CONN_MAX_AGE": None}},
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="benchmark",
    USE_TZ=True,
    INSTALLED_APPS=[],
    MIDDLEWARE=[],
)
django.setup()


class Event(models.Model):
    """One event, as a Django team would keep it."""

    event_id = models.UUIDField(unique=True)
    customer_id = models.TextField()
    event_name = models.TextField()
    occurred_at = models.DateTimeField()
    properties = models.TextField()

    class Meta:
        app_label = "peer"
        db_table = "event"


class Call(msgspec.Struct, rename="camel"):
    message_id: uuid.UUID
    user_id: str
    event: str
    timestamp: datetime
    properties: msgspec.Raw


class Batch(msgspec.Struct):
    batch: list[Call]


_batch = msgspec.json.Decoder(Batch)
_call = msgspec.json.Decoder(Call)


def prepare() -> None:
    """Make the table."""
    with connection.schema_editor() as editor:
        editor.create_model(Event)


def take_batch(request: HttpRequest) -> HttpResponse:
    """Keep a batch."""
    return _keep(_batch.decode(request.body).batch)


def take_one(request: HttpRequest) -> HttpResponse:
    """Keep one event."""
    return _keep([_call.decode(request.body)])


def _keep(calls: list[Call]) -> HttpResponse:
    if PEER == "sqlite":
        _with_orm(calls)
    else:
        _with_copy(calls)
    return HttpResponse(b"{}", status=202, content_type="application/json", headers={"Content-Length": "2"})


def _with_orm(calls: list[Call]) -> None:
    events = [
        Event(
            event_id=call.message_id,
            customer_id=call.user_id,
            event_name=call.event,
            occurred_at=call.timestamp,
            properties=bytes(call.properties).decode(),
        )
        for call in calls
    ]
    with transaction.atomic():
        Event.objects.bulk_create(events, ignore_conflicts=True)


def _with_copy(calls: list[Call]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS arriving (LIKE event) ON COMMIT DELETE ROWS")
        cursor.execute("ALTER TABLE arriving DROP COLUMN IF EXISTS id")
        columns = "(event_id, customer_id, event_name, occurred_at, properties)"
        with cursor.copy(f"COPY arriving {columns} FROM STDIN") as copy:
            for call in calls:
                row = (
                    call.message_id,
                    call.user_id,
                    call.event,
                    call.timestamp,
                    bytes(call.properties).decode(),
                )
                copy.write_row(row)
        cursor.execute(
            f"INSERT INTO event {columns} SELECT * FROM arriving ON CONFLICT (event_id) DO NOTHING"
        )


urlpatterns = [path("v1/batch", take_batch), path("v1/track", take_one)]
application = get_wsgi_application()
