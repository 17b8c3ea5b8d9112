"""A real server with a member of each role, and their browsers."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from serving import Answered, Server, start

PASSWORD = "a caravan of 7 camels"

_SEED = """
import json, sys
from safar.doors.web.setup import prepare
prepare(sys.argv[1])
from safar.doors.web.homes import current_home
from safar.doors.web.members.services import add_member
from safar.doors.web.members.tokens import create_token
home = current_home()
home.create_workspace("Shop", workspace_id="shop", language="en", time_zone="UTC", currency="EUR")
tokens = {}
for role in ("owner", "manager", "analyst", "agent", "viewer"):
    member = add_member(f"{role}@example.com", role, "en", "shop", role)
    member.set_password(sys.argv[2])
    member.save()
    tokens[role] = create_token(member, "shop", "script", can_write=True)[1]
print(json.dumps(tokens))
"""


@dataclass
class Browser:
    """Keeps cookies and sends forms with their token, as a browser without JavaScript does."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answered:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, {"Cookie": self.cookie, **(headers or {})})
            answer = connection.getresponse()
            found: dict[str, str] = {}
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    key, _, rest = value.partition("=")
                    self.cookies[key] = rest.partition(";")[0]
                found[name.lower()] = value
            return Answered(answer.status, found, answer.read())
        finally:
            connection.close()

    def form_token(self, path: str = "/sign-in") -> str:
        found = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', self.ask("GET", path).body)
        assert found is not None, path
        return found[1].decode()

    def send(self, path: str, page: str = "", **fields: str) -> Answered:
        """Send the form of a page."""
        sent = urlencode({"csrfmiddlewaretoken": self.form_token(page or path), **fields}).encode()
        return self.ask("POST", path, sent, {"Content-Type": "application/x-www-form-urlencoded"})

    def sign_in(self, email: str, password: str = PASSWORD) -> Browser:
        assert self.send("/sign-in", email=email, password=password, next="").status == 302
        return self


@dataclass(frozen=True)
class Shop:
    """A running server, its home, and a token of a member of each role."""

    server: Server
    home: Path
    tokens: Mapping[str, str]

    def browser(self, role: str = "") -> Browser:
        """A stranger's browser, or that of a member who has signed in."""
        found = Browser(self.server.port)
        return found.sign_in(f"{role}@example.com") if role else found

    def api(
        self, role: str, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answered:
        shown = {"Authorization": f"Bearer {self.tokens[role]}", **(headers or {})}
        return self.server.ask(method, f"/api/v1/{path}", body, shown, secret="")


def a_shop_served(folder: Path, environment: Mapping[str, str] | None = None) -> Shop:
    """Make a home and serve it; whoever calls this stops the server."""
    home = folder / "home"
    seeded = subprocess.run(
        [sys.executable, "-c", _SEED, str(home), PASSWORD],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    server = start(home, folder / "errors", ingest_only=False, environment=environment)
    return Shop(server, home, json.loads(seeded.stdout.splitlines()[-1]))
