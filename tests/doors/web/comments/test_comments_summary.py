"""Comments are summed up by quoting them; a model is asked only where an owner named one, over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from later import Later
from safar.listen.text.central import central
from safar.store.registry import Workspace

from .said import a_comment

services = Later("safar.doors.web.comments.services")
summing = Later("safar.doors.web.comments.summing")
completing = Later("safar.doors.web.comments.completing")
queries = Later("safar.doors.web.comments.queries")
errors = Later("safar.doors.web.comments.errors")
models = Later("safar.doors.web.comments.models")
audit = Later("safar.doors.web.audit.models")


@dataclass
class Model:
    """A server that answers as chat/completions does, and keeps what it was asked."""

    address: str = ""
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    status: int = 200
    answer: bytes = b'{"choices": [{"message": {"content": "They complain about the courier."}}]}'
    moves_to: str = ""


@pytest.fixture
def model() -> Iterator[Model]:
    found = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.asked.append((self.path, dict(self.headers), body))
            self.send_response(302 if found.moves_to else found.status)
            if found.moves_to:
                self.send_header("Location", found.moves_to)
            self.end_headers()
            self.wfile.write(found.answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    found.address = f"http://127.0.0.1:{server.server_port}/v1"
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def comments(shop: Workspace, tell: Any) -> None:
    tell(
        a_comment("The courier came late with a broken box, call 0912 123 4567", 3, "a", value=1),
        a_comment("Nice colour, fits well", 2, "b", value=5),
        a_comment("Broken box, and the courier came very late", 1, "c", value=1),
    )
    services.catch_up(shop)


def at(shop: Workspace, path: str = "") -> str:
    return f"/w/{shop.workspace_id}/listen/comments/summary{path}"


def test_the_most_central_is_said_by_most_and_the_next_says_something_else() -> None:
    texts = [
        "late late",
        "courier late box",
        "courier box late broken",
        "colour price nice",
        "box courier late again",
    ]
    first, second = central(texts, most=2)
    assert first in {1, 2, 4}
    assert second == 3
    assert central([], most=2) == ()
    assert central(["", "!!"], most=2) == ()
    assert central(["پیک دیر"], most=2) == (0,)


@pytest.mark.usefixtures("comments")
def test_without_a_model_comments_are_quoted_and_nothing_leaves(shop: Workspace, let_in: Any) -> None:
    found = summing.summed_up(shop, queries.Filters())
    assert found.n == 3
    assert "courier" in found.quotes[0].text
    browser = let_in("en", "agent")
    page = browser.get(at(shop)).content.decode()
    assert "nothing leaves this machine" in page
    assert "Name a model" not in page
    browser.post(at(shop))
    assert not audit.Change.objects.filter(action="comments.sent_to_model").exists()
    assert browser.get(at(shop, "/model")).status_code == 403


@pytest.mark.usefixtures("comments")
def test_a_model_gets_texts_without_personal_data_and_its_words_are_shown(
    shop: Workspace, let_in: Any, model: Model
) -> None:
    browser = let_in("fa", "owner")
    given = {"url": model.address, "model": "small", "key": "sk-secret"}
    assert browser.post(at(shop, "/model"), given).status_code == 302
    page = browser.post(at(shop) + "?score=0").content.decode()
    assert "They complain about the courier." in page
    ((path, headers, body),) = model.asked
    assert (path, headers["Authorization"], body["model"]) == (
        "/v1/chat/completions",
        "Bearer sk-secret",
        "small",
    )
    assert "Persian" in body["messages"][0]["content"]
    sent = body["messages"][1]["content"]
    assert "call [phone]" in sent
    assert "0912" not in sent
    assert "Nice colour" not in sent
    # the key is told to nobody, and stays when it is left empty
    assert "sk-secret" not in browser.get(at(shop, "/model")).content.decode()
    browser.post(at(shop, "/model"), {**given, "model": "large", "key": ""})
    assert models.Endpoint.objects.values_list("model", "key").get() == ("large", "sk-secret")
    assert "sk-secret" not in str(list(audit.Change.objects.values()))
    browser.post(at(shop, "/model/remove"))
    assert models.Endpoint.objects.count() == 0


@pytest.mark.usefixtures("comments")
@pytest.mark.parametrize(
    ("status", "answer"), [(500, b"{}"), (200, b"no json"), (200, b'{"choices": []}'), (401, b"{}")]
)
def test_an_endpoint_that_gives_nothing_is_told(
    shop: Workspace, let_in: Any, model: Model, status: int, answer: bytes
) -> None:
    browser = let_in("en", "owner")
    browser.post(at(shop, "/model"), {"url": model.address, "model": "small"})
    model.status, model.answer = status, answer
    page = browser.post(at(shop))
    assert page.status_code == 502
    assert "The model gave no summary" in page.content.decode()


@pytest.mark.usefixtures("comments")
def test_a_redirect_is_not_followed(model: Model) -> None:
    model.moves_to = f"{model.address}/elsewhere"
    with pytest.raises(errors.EndpointFailed):
        completing.completed(model.address, "small", "", "Sum up", ["text"])
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.com",
        "http://user@example.com",
        "http://169.254.169.254/v1",
        "http://[fe80::1]/v1",
        "http://0.0.0.0/v1",
        "http://224.0.0.1/v1",
        "http://8.8.8.8/v1",
        "http://[::ffff:169.254.169.254]/v1",
        "http://[64:ff9b::a9fe:a9fe]/v1",
        "http://[2002:a9fe:a9fe::]/v1",
        "http://[64:ff9b::808:808]/v1",
    ],
)
@pytest.mark.usefixtures("web_home")
def test_addresses_that_no_model_runs_on_are_refused(url: str) -> None:
    with pytest.raises(errors.EndpointRefused):
        completing.completed(url, "small", "", "Sum up", ["text"])
