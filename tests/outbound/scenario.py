"""A day with Safar on a machine that has a loopback and nothing else. Run inside `unshare -rnm`; prints JSON.

Two watchers: the audit hook of `sitecustomize.py` in every Python process, and the kernel's count of packets that had
nowhere to go, whichever program and language sent them.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import socket
import struct
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
SAFAR = [sys.executable, "-m", "safar.doors.cli"]
_SET_FLAGS, _UP_AND_RUNNING = 0x8914, 0x41
CONTROL = """
import socket
for call in (lambda: socket.create_connection(("192.0.2.1", 443), 1), lambda: socket.getaddrinfo("shop.example", 443)):
    try:
        call()
    except OSError:
        pass
"""


def isolate(folder: Path) -> None:
    """Bring the loopback up, and send names to a server that no route leads to."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh", b"lo", _UP_AND_RUNNING))
    resolver = folder / "resolv.conf"
    resolver.write_text("nameserver 192.0.2.53\noptions attempts:1 timeout:1\n")
    subprocess.run(["mount", "--bind", resolver, "/etc/resolv.conf"], check=True)


def packets_without_a_way() -> int:
    """Return how many packets of this namespace had no route, in both families."""
    names, values = [line.split() for line in Path("/proc/net/snmp").read_text().splitlines()[:2]]
    four = int(dict(zip(names, values, strict=True))["OutNoRoutes"])
    six = re.search(r"^Ip6OutNoRoutes\s+(\d+)", Path("/proc/net/snmp6").read_text(), re.MULTILINE)
    return four + int(six[1])


def safar(*arguments: str, stdin: str = "") -> str:
    """Run a command to its end and return its data."""
    ran = subprocess.run(
        [*SAFAR, *arguments], input=stdin, capture_output=True, text=True, check=False, timeout=300
    )
    if ran.returncode:
        raise SystemExit(f"safar {' '.join(arguments)}: exit {ran.returncode}\n{ran.stderr}")
    return ran.stdout


def fetch(
    address: str, *, opener: urllib.request.OpenerDirector, data: bytes | None = None
) -> tuple[str, str]:
    """Return the text of a page and its content security policy."""
    request = urllib.request.Request(
        address, data, headers={"Content-Type": "application/json"} if data else {}
    )
    with opener.open(request, timeout=60) as answer:
        return answer.read().decode("utf-8", "replace"), answer.headers.get("Content-Security-Policy", "")


def sign_in(link: str, token: str, *, opener: urllib.request.OpenerDirector) -> tuple[str, str]:
    """Press the button behind the link; return the page that it leads to, and its policy."""
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": token}).encode()
    request = urllib.request.Request(link, form, headers={"Referer": link})
    with opener.open(request, timeout=60) as answer:
        return answer.read().decode(), answer.headers.get("Content-Security-Policy", "")


def a_day(home: str) -> dict[str, object]:
    """Use Safar: fill, serve, look, send, ask, import, compact, back up, check."""
    pages: dict[str, str] = {}
    policies: dict[str, str] = {}
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor()
    )
    serving = subprocess.Popen(
        [*SAFAR, "demo", "--home", home, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        link = serving.stdout.readline().strip()
        if not link:
            raise SystemExit(f"safar demo: {serving.stderr.read()}")
        address = link.split("/sign-in")[0]
        pages["link"], policies["link"] = fetch(link, opener=opener)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', pages["link"])
        pages["today"], policies["today"] = sign_in(link, token[1], opener=opener)
        found = re.findall(r'(?:src|href)="(/static/[^"]+)"', pages["link"] + pages["today"])
        for part in sorted(set(found)):
            pages[part], _ = fetch(address + part, opener=opener)
        secret = json.loads(safar("keys", "create", "day", "--home", home, "--json"))["secret"]
        call = json.dumps(
            {"writeKey": secret, "batch": [{"type": "track", "userId": "sara", "event": "pay"}]}
        )
        fetch(f"{address}/v1/batch", opener=opener, data=call.encode())
        count = "select count(*) as n from events where customer_id = 'sara'"
        found = json.loads(safar("sql", count, "--json", "--home", home))[0]["n"]
        backup = json.loads(safar("backup", f"{home}-safe", "--home", home, "--json"))["folder"]
    finally:
        serving.terminate()
        serving.wait(timeout=60)
    safar("log", "compact", "--home", home)
    safar("doctor", "--home", home)
    safar("restore", backup, "--home", f"{home}-restored")
    restored = json.loads(safar("sql", count, "--json", "--home", f"{home}-restored"))[0]["n"]
    return {"pages": pages, "policies": policies, "found": found, "restored": restored}


def main() -> None:
    """Live the day, then make an outbound call on purpose: the watchers must see that one."""
    folder = Path(sys.argv[1])
    calls = folder / "calls.txt"
    calls.touch()
    os.environ["OUTBOUND_CALLS"] = str(calls)
    os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE), os.environ["PYTHONPATH"]])
    isolate(folder)
    day = a_day(str(folder / "home"))
    seen = {"calls": calls.read_text().splitlines(), "packets": packets_without_a_way()}
    subprocess.run([sys.executable, "-c", CONTROL], check=True)
    control = {"calls": calls.read_text().splitlines(), "packets": packets_without_a_way()}
    sys.stdout.write(json.dumps({"day": day, "seen": seen, "control": control}))


if __name__ == "__main__":
    main()
