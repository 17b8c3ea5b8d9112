"""No secret reaches a log."""

from __future__ import annotations

import logging

import pytest

TOKEN = "qX7-_aB3dEfGh1jKlMnOpQrStUvWxYz0123456789AB"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"failure 12ab at /sign-in/{TOKEN}", "failure 12ab at /sign-in/…"),
        (f"GET /reset/{TOKEN}?x=1", "GET /reset/…?x=1"),
        (f'"https://cx.example/invitation/{TOKEN}"', '"https://cx.example/invitation/…"'),
        (f"/welcome/{TOKEN} and /welcome/{TOKEN}", "/welcome/… and /welcome/…"),
        (f"/x?token={TOKEN}&after=7", "/x?token=…&after=7"),
        (f"Authorization: Bearer sft_{TOKEN}", "Authorization: …"),
        (f"the token sft_{TOKEN} of Sara", "the token sft_… of Sara"),
        (f"the key sfr_{TOKEN}", "the key sfr_…"),
        (f"{{'HTTP_COOKIE': 'safar_session={TOKEN}'}}", "{'HTTP_COOKIE': '…"),
        (f"postgresql://safar:{TOKEN}@db:5432/safar", "postgresql://…@db:5432/safar"),
        ("/sign-in/code was not found", "/sign-in/code was not found"),
        ("work.defect in /w/shop/work", "work.defect in /w/shop/work"),
    ],
)
def test_what_opens_doors_is_left_out(web_home, said: str, kept: str) -> None:
    from safar.doors.web.logs import without_secrets

    assert without_secrets(said) == kept


def test_arguments_and_tracebacks_are_looked_through(web_home) -> None:
    from safar.doors.web.logs import SafeFormatter

    try:
        raise ValueError(f"/sign-in/{TOKEN}")
    except ValueError as error:
        record = logging.LogRecord(
            "safar",
            logging.ERROR,
            "x.py",
            1,
            "at %s",
            (f"/reset/{TOKEN}",),
            (ValueError, error, error.__traceback__),
        )
    written = SafeFormatter("%(message)s").format(record)
    assert TOKEN not in written
    assert written.startswith("at /reset/…\nTraceback")
    assert "ValueError: /sign-in/…" in written


def test_a_word_of_a_request_cannot_pretend_to_be_a_record(web_home) -> None:
    from safar.doors.web.logs import SafeFormatter

    record = logging.LogRecord(
        "safar", logging.ERROR, "x.py", 1, "failure at %s", ("/x\r\nERROR safar: \x1b[2Jstolen\u2028",), None
    )
    written = SafeFormatter("%(levelname)s %(message)s").format(record)
    assert written == "ERROR failure at /x\\r\\nERROR safar: \\x1b[2Jstolen\\u2028"


def test_every_handler_writes_without_secrets(web_home) -> None:
    from django.conf import settings

    from safar.doors.web.logs import SafeFormatter

    configured = settings.LOGGING
    assert {each["formatter"] for each in configured["handlers"].values()} == {"safe"}
    assert configured["formatters"]["safe"]["()"].endswith(SafeFormatter.__name__)
    for name in ("", "django", "django.request", "safar"):
        loggers = configured["loggers"] | {"": configured["root"]}
        assert loggers[name]["handlers"] == ["stderr"]
