"""Imported by every Python process of the scenario: writes each address that is not of this machine to a file."""

import os
import sys
from pathlib import Path

_MARKS = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}
_LOCAL = {"", "127.0.0.1", "::1", "localhost", "0.0.0.0", "::", None}


def _host(event, arguments):
    """Return the host that the call names; None for a Unix socket or none."""
    named = arguments[0] if event in {"socket.getaddrinfo", "socket.gethostbyname"} else arguments[1]
    named = named[0] if isinstance(named, tuple) else named
    return None if isinstance(named, bytes) and event != "socket.getaddrinfo" else named


def _watch(event, arguments):
    if event in _MARKS:
        host = _host(event, arguments)
        host = host.decode() if isinstance(host, bytes) else host
        if host not in _LOCAL and not str(host).startswith(("127.", "/")):
            with Path(os.environ["OUTBOUND_CALLS"]).open("a", encoding="utf-8") as calls:
                calls.write(f"{event} {host} by {sys.orig_argv[:8]!r}\n")


sys.addaudithook(_watch)
