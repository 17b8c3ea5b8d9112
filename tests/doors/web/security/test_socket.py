"""Hostile requests over a real socket: foreign hosts, bodies too large or odd, paths that climb, words in logs."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from serving import Answered, Server, start

_SEED = """
import json, sys
from safar.doors.web.setup import prepare
prepare(sys.argv[1])
from safar.doors.web.homes import current_home
from safar.doors.web.members.services import add_member, create_sign_in_link
from safar.doors.web.members.tokens import create_token
home = current_home()
home.create_workspace("Shop", workspace_id="shop")
member = add_member("sara@example.com", "Sara", "en", "shop", "owner")
key, secret = home.create_key("shop", name="website")
print(json.dumps({
    "token": create_token(member, "shop", "script", can_write=True)[1],
    "link": create_sign_in_link("sara@example.com", ""),
    "second_link": create_sign_in_link("sara@example.com", ""),
    "key": secret,
}))
"""


@dataclass(frozen=True)
class Served:
    """A server, what opens it, and the session of a member who signed in by its pages."""

    server: Server
    secrets: dict[str, str]
    session: str
    csrf: str

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answered:
        """Send a request as the member's browser; a header of another name is given as ``Content_Type``."""
        sent = {"Cookie": self.session, "Content-Type": "application/x-www-form-urlencoded"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return send(self.server, method, path, body, sent)

    def api(self, method: str, path: str, body: object = None, **headers: str) -> Answered:
        sent = {"Authorization": f"Bearer {self.secrets['token']}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.server.ask(method, f"/api/v1/{path}", body, sent, secret="")

    def raw(self, request: bytes) -> bytes:
        """Send bytes as they are; return all that comes back."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65_536), b""))


def send(
    server: Server, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> Answered:
    """Send one request; several headers of one name come back as one, as cookies do."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        found: dict[str, str] = {}
        for name, value in answer.getheaders():
            key = name.lower()
            found[key] = f"{found[key]}, {value}" if key in found else value
        return Answered(answer.status, found, answer.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("hostile")
    seeded = subprocess.run(
        [sys.executable, "-c", _SEED, str(folder / "home")], capture_output=True, text=True, check=True
    )
    secrets = json.loads(seeded.stdout.splitlines()[-1])
    server = start(folder / "home", folder / "errors", ingest_only=False)
    page = send(
        server, "GET", secrets["link"], headers={"Cookie": "safar_session=chosenbyanother0000000000000000"}
    )
    csrf_cookie = _cookie(page, "safar_csrf")
    form = urlencode({"csrfmiddlewaretoken": _form_token(page)}).encode()
    signed_in = send(
        server,
        "POST",
        secrets["link"],
        form,
        {
            "Cookie": f"{csrf_cookie}; safar_session=chosenbyanother0000000000000000",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    assert signed_in.status == 302, signed_in.body
    session = f"{_cookie(signed_in, 'safar_session')}; {_cookie(signed_in, 'safar_csrf') or csrf_cookie}"
    front = send(server, "GET", "/w/shop/today", headers={"Cookie": session})
    assert front.status == 200
    yield Served(server, secrets | {"session": session}, session, _form_token(front))
    assert server.stop() == 0


def _cookie(answer: Answered, name: str) -> str:
    found = re.search(rf"{name}=[^;,\s]+", answer.headers.get("set-cookie", ""))
    return found[0] if found else ""


def _form_token(answer: Answered) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.body.decode())
    assert found is not None
    return found[1]


def test_a_session_chosen_by_another_is_not_the_members(served: Served) -> None:
    assert "chosenbyanother" not in served.session
    stolen = served.ask("GET", "/w/shop/today", Cookie="safar_session=chosenbyanother0000000000000000")
    assert stolen.status == 302


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(served: Served) -> None:
    page = send(served.server, "GET", served.secrets["second_link"])
    form = urlencode({"csrfmiddlewaretoken": _form_token(page)}).encode()
    cookie = _cookie(page, "safar_csrf")
    answer = served.ask("POST", served.secrets["second_link"], form, Cookie=cookie)
    said = answer.headers["set-cookie"]
    assert answer.status == 302
    assert "safar_session=" in said
    for one in re.split(r",\s*(?=safar_)", said):
        assert "HttpOnly" in one, one
        assert "SameSite=Lax" in one, one
        assert "Domain=" not in one, one


def test_pages_are_kept_by_no_cache_and_framed_by_nobody(served: Served) -> None:
    for path in ("/w/shop/today", "/sign-in", "/nothing", "/api/", "/api/openapi.json"):
        headers = served.ask("GET", path).headers
        assert headers["cache-control"] == "no-store", path
        assert "access-control-allow-origin" not in headers
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "*" not in policy
        assert "report" not in policy
        assert "server" not in headers


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1:80@evil.example", "127.0.0.1.evil.example", "[::1"]
)
@pytest.mark.parametrize("path", ["/sign-in", "/w/shop/today", "/api/v1/me"])
def test_a_foreign_host_name_is_answered_nothing(served: Served, host: str, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {served.session}\r\nConnection: close\r\n\r\n"
    answer = served.raw(request.encode())
    assert answer.startswith(b"HTTP/1.1 400 "), answer[:80]
    assert b"evil" not in answer


def test_a_forwarded_host_changes_no_link(served: Served) -> None:
    answer = served.ask(
        "GET", "/w/shop/today", X_Forwarded_Host="evil.example", Forwarded="host=evil.example"
    )
    assert answer.status == 200
    assert b"evil" not in answer.body


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "///evil.example",
        "/\\/evil.example",
        "http:evil.example",
        " //evil.example",
        "/\t/evil.example",
    ],
)
def test_no_redirect_leaves_this_host(served: Served, address: str) -> None:
    form = urlencode({"csrfmiddlewaretoken": served.csrf, "next": address, "language": "en"}).encode()
    answer = served.ask("POST", "/reading", form)
    assert answer.status == 302
    assert re.match(r"^/(?![/\\\t])", answer.headers["location"]), answer.headers["location"]
    page = served.server.ask("GET", f"/sign-in?next={quote(address)}", secret="")
    assert not re.search(rb'value="(?!/sign-in)[^"]*evil', page.body)
    again = served.ask("GET", f"/sign-in?next={quote(address)}")
    assert not again.headers.get("location", "/").lstrip("/\\").startswith("evil")


def test_a_form_without_its_token_changes_nothing(served: Served) -> None:
    for path in ("/reading", "/sign-out", "/w/shop/settings/workspace", "/w/shop/settings/keys"):
        answer = served.ask("POST", path, urlencode({"language": "fa", "name": "Taken"}).encode())
        assert answer.status == 403, path
        forged = urlencode({"language": "fa", "name": "Taken", "csrfmiddlewaretoken": "x" * 64}).encode()
        assert served.ask("POST", path, forged).status == 403, path
    assert served.api("GET", "workspace").json["name"] == "Shop"


def test_another_sites_page_cannot_send_a_form(served: Served) -> None:
    form = urlencode({"csrfmiddlewaretoken": served.csrf, "language": "fa"}).encode()
    assert served.ask("POST", "/reading", form, Origin="https://evil.example").status == 403
    assert served.ask("POST", "/reading", form, Origin="null").status == 403


@pytest.mark.parametrize("path", ["/reading", "/sign-out", "/w/shop/settings/workspace", "/sign-in"])
def test_a_form_of_many_megabytes_is_refused_unread(served: Served, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.server.port, timeout=30)
    connection.putrequest("POST", path)
    for name, value in {
        "Cookie": served.session,
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(100_000_000),
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(b"a=" + b"x" * 100_000)
    answer = connection.getresponse()
    assert answer.status == 413
    connection.close()


def test_a_large_body_of_the_api_is_refused_as_a_problem(served: Served) -> None:
    answer = served.api("POST", "query", b'{"sql": "' + b"x" * 3_000_000 + b'"}')
    assert answer.status == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["code"] == "api.body_too_large"


def test_a_chunked_form_is_read_as_any_other(served: Served) -> None:
    form = urlencode({"csrfmiddlewaretoken": served.csrf, "language": "en"})
    head = f"POST /reading HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {served.session}\r\nConnection: close\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = served.raw(f"{head}{len(form):x}\r\n{form}\r\n0\r\n\r\n".encode())
    assert re.match(rb"HTTP/1.1 (302|403|411) ", answer), answer[:60]


def test_of_two_lengths_of_a_request_none_hides_another_request(served: Served) -> None:
    hidden = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    for lengths in (
        f"Content-Length: {len(hidden) + 5}\r\nTransfer-Encoding: chunked",
        "Content-Length: 5\r\nContent-Length: 6",
    ):
        sent = f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{lengths}\r\n\r\n0\r\n\r\n{hidden}"
        assert served.raw(sent.encode()).count(b"HTTP/1.1 ") == 1


_ODD_PATHS = (
    "/%00",
    "/w/%00/today",
    "/w/shop%00/today",
    "/w/%ff%fe/today",
    "/w/shop/today?period=%ff",
    "/w/shop/today?period=%00",
    "/w/shop/today?" + "&".join(f"a{number}=1" for number in range(10_000))[:60_000],
    "/sign-in/%ff%fe%00",
    "/sign-in?next=%ff%00",
    "/%e2%80%ae/gnp.exe",
    "/w/../../etc/passwd",
    "/static/../../etc/passwd",
    "/static/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%2f..%2fsettings.py",
    "/static/css/..%5c..%5c..%5csettings.py",
    "/static//etc/passwd",
    "/static/%00",
    "/api/v1/%00",
    "/api/v1/%ff",
    "/api/v1/customers/%00/timeline",
    "/api/v1/customers/%ff%fe/timeline",
    "/api/v1/customers/..%2f..%2fetc/ids",
    "/api/v1/events?name=%00",
    "/api/v1/events?customer_id=%ff",
    "/api/v1/events?cursor=%00",
    "/api/v1/changes?cursor=WzFlOTk5XQ",
    "/api/v1/keys/..%2f..%2f",
)


@pytest.mark.parametrize("path", _ODD_PATHS, ids=lambda path: path[:40])
def test_odd_addresses_are_the_askers_mistake(served: Served, path: str) -> None:
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {served.session}\r\n"
    head += f"Authorization: Bearer {served.secrets['token']}\r\nConnection: close\r\n\r\n"
    answer = served.raw(head.encode("latin-1"))
    status = int(answer.split(b" ", 2)[1])
    assert 200 <= status < 500, answer[:200]
    assert b"root:" not in answer
    assert b"SECRET_KEY" not in answer


@pytest.mark.parametrize(
    "cookie",
    [
        b"safar_session=\xff\xfe",
        b"safar_session=\x01",
        b"safar_session=" + b"a" * 5_000,
        b"safar_theme=<script>",
        b"safar_language=../../etc",
        b"safar_csrf=\xf0\x9f\x98\x80; safar_session==;;;=",
    ],
)
def test_odd_cookies_are_the_askers_mistake(served: Served, cookie: bytes) -> None:
    answer = served.raw(
        b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: " + cookie + b"\r\nConnection: close\r\n\r\n"
    )
    assert 200 <= int(answer.split(b" ", 2)[1]) < 500
    assert b"<script>" not in answer.replace(b"<script src", b"")


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"{", b'{"sql": NaN}', b"[" * 100_000, b'{"sql": 1' + b"0" * 9_000 + b"}"]
)
def test_odd_bodies_of_the_api_are_problems(served: Served, body: bytes) -> None:
    answer = served.api("POST", "query", body, Content_Type="application/json")
    assert answer.status in {400, 422}, answer.body[:200]
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: stolen=1", "a\nb", "x" * 5_000, "\x00", "../../x"])
def test_no_word_of_a_request_becomes_a_header(served: Served, name: str) -> None:
    for path in (f"events/export?name={quote(name)}", f"customers/{quote(name, safe='')}/ids"):
        answer = served.api("GET", path)
        assert answer.status < 500
        assert "stolen" not in answer.headers.get("set-cookie", "")


_INJECTIONS = (
    "' OR 1=1 --",
    "'; DROP TABLE members_member; --",
    '" OR ""="',
    "1) UNION SELECT secret_digest FROM key --",
    "%' OR '1'='1",
)


@pytest.mark.parametrize("words", _INJECTIONS)
def test_words_of_a_search_are_never_sql(served: Served, words: str) -> None:
    for path in (
        "events?name={}",
        "events?channel={}",
        "events?customer_id={}",
        "events?property={}&value={}",
        "changes?action={}",
        "changes?actor={}",
        "customers/{}/timeline",
    ):
        answer = served.api("GET", path.replace("{}", quote(words, safe="")))
        assert answer.status == 200, path
        assert answer.json["items"] == [], path
    assert served.api("GET", f"changes?cursor={quote(words, safe='')}").json["code"] == "page.bad_cursor"
    assert served.api("GET", "me").status == 200


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from glob('/*')",
        "copy (select 1) to '/tmp/stolen'",
        "attach '/tmp/x.db'",
        "install httpfs",
        "set enable_external_access=true",
        "select 1; drop view events",
        "create table x as select 1",
        "pragma database_list",
        "select * from sqlite_scan('registry.sqlite', 'key')",
    ],
)
def test_sql_reads_events_and_nothing_else(served: Served, sql: str) -> None:
    answer = served.api("POST", "query", {"sql": sql})
    assert answer.status == 422, answer.body
    assert answer.json["code"] == "query.refused"
    assert b"root:" not in answer.body


def test_a_bomb_in_sql_leaves_the_server_alive(served: Served) -> None:
    bombs = ("select list_sum(range(2000000000))", "select length(repeat('x', 3000000000))")
    for bomb in bombs:
        answer = served.api("POST", "query", {"sql": bomb})
        assert (answer.status, answer.json["code"]) == (422, "query.too_large")
    with Path(f"/proc/{served.server.process.pid}/status").open() as file:
        (peak,) = (int(line.split()[1]) for line in file if line.startswith("VmHWM"))
    assert peak < 700_000  # kilobytes, of a server that was asked for 16 GB
    assert served.api("POST", "query", {"sql": "select 1"}).json["rows"] == [[1]]


def test_wrong_tokens_and_wrong_members_are_answered_alike(served: Served) -> None:
    answers = {
        served.server.ask("GET", "/api/v1/me", None, {"Authorization": value}, secret="").body
        for value in ("", "Bearer", "Bearer sft_wrong", f"Bearer {served.secrets['key']}", "Basic c2Fy")
    }
    assert len(answers) == 1


def test_secrets_stay_out_of_the_log(served: Served) -> None:
    served.server.ask("GET", "/sign-in/" + "t0ken" * 8, secret="")
    served.api("POST", "query", {"sql": "select 's3cretword' from nowhere"})
    served.server.ask("GET", "/api/v1/me", None, {"Authorization": "Bearer sft_shownbymistake"}, secret="")
    served.server.track("order_placed")
    said = served.server.said()
    for secret in (*served.secrets.values(), "t0ken" * 8, "s3cretword", "sft_shownbymistake"):
        for word in re.split(r"[;=/ ]+", secret):
            assert len(word) < 16 or word not in said, word


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "SAFAR"])
@pytest.mark.parametrize("path", ["/w/shop/today", "/api/v1/me", "/reading"])
def test_odd_methods_are_refused(served: Served, method: str, path: str) -> None:
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {served.session}\r\nX-Mine: echo-me\r\n"
    answer = served.raw(f"{head}Connection: close\r\n\r\n".encode())
    assert re.match(rb"HTTP/1.1 (400|403|405|501) ", answer), answer[:80]
    assert b"echo-me" not in answer
