"""One request to an address that somebody named: looked up once, looked at, with no redirect followed, and with an end.

Whoever may name an address could else make Safar ask machines that only Safar reaches: its own, its neighbours', the
cloud's. So a name is resolved first, every address it has is looked at, and the connection goes to that very address: a
second answer of the name server changes nothing. Who may be asked, each desk decides.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import SplitResult, urlsplit

Number = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Prefixes of addresses that a gateway translates. Source: RFC 6052, 2.1; RFC 2765, 2.1.
_TRANSLATED: Final = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::ffff:0:0:0/96"))
#: Addresses of one site's own, which older Pythons take for the internet's. Source: RFC 8215; RFC 3879.
_OF_A_SITE: Final = (ipaddress.IPv6Network("64:ff9b:1::/48"), ipaddress.IPv6Network("fec0::/10"))


def web_address(url: str, *, longest: int) -> SplitResult | None:
    """Return the parts of an address of the web; None where it is none, is too long, or names a user."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    is_web = parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0
    is_plain = len(url) <= longest and "@" not in parts.netloc and not any(each <= " " for each in url)
    return parts if is_web and is_plain else None


def number_of(address: str) -> Number:
    """Return the number of an address, without its zone; of an IPv6 one that stands for an IPv4 one, that one's.

    Mapped, compatible, 6to4 (RFC 3056) and NAT64 (RFC 6052) addresses lead to IPv4 machines, private ones too.

    Raises
    ------
    ValueError
        It is a name.

    Examples
    --------
    >>> [str(number_of(each)) for each in ("::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2606:4700::1")]
    ['10.0.0.1', '127.0.0.1', '127.0.0.1', '2606:4700::1']
    """
    number = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(number, ipaddress.IPv4Address):
        return number
    if number.ipv4_mapped or number.sixtofour:
        return number.ipv4_mapped or number.sixtofour or number
    is_compatible = int(number) >> 32 == 0 and int(number) > 1
    is_translated = any(number in network for network in _TRANSLATED)
    return ipaddress.IPv4Address(int(number) & 0xFFFF_FFFF) if is_compatible or is_translated else number


def is_public(number: Number) -> bool:
    """Return whether it is an address of the internet, which no private network has for itself."""
    return number.is_global and not any(number in network for network in _OF_A_SITE)


def is_nobodys(number: Number) -> bool:
    """Return whether no program of others answers there: addresses of groups and of the link, and none."""
    return number.is_multicast or number.is_unspecified or number.is_link_local


def post(
    parts: SplitResult,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
    check: Callable[[str, Number], None],
    *,
    timeout: float,
    longest: float,
    most: int,
) -> tuple[int, bytes]:
    """Send a body by POST; return the status and the beginning of the answer.

    Parameters
    ----------
    check
        Given each address of the name and its number, before any is connected to; raises where one may not be asked.
    timeout, longest
        Seconds without anything said, and in all: who sends a letter a second would hold us for hours.
    most
        Bytes of the answer that are read.

    Raises
    ------
    OSError, http.client.HTTPException, UnicodeError
        What the network does.
    """
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found:
        check(address, number_of(address))
    connection = _connection(parts.scheme, host, port, found[0], timeout)
    late = threading.Timer(longest, _cut, (connection,))
    late.daemon = True
    late.start()
    try:
        connection.request("POST", path, body, dict(headers))
        held = connection.sock  # an answer takes the socket along
        answer = connection.getresponse()
        connection.sock = connection.sock or held
        return answer.status, answer.read(most)
    finally:
        late.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection) -> None:
    """End a connection that lasts too long: whoever reads from it is told that it is broken."""
    reached = connection.sock
    if reached is not None:
        with contextlib.suppress(OSError):  # it has ended by itself meanwhile
            reached.shutdown(socket.SHUT_RDWR)


def _connection(
    scheme: str, host: str, port: int, address: str, timeout: float
) -> http.client.HTTPConnection:
    """Return a connection that goes to an address, and speaks to the host of a name."""
    connection: http.client.HTTPConnection
    if scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=timeout)

    def reached(_place: object, _timeout: object = None, _source: object = None) -> socket.socket:
        return socket.create_connection((address, port), timeout)

    # http.client's own way to reach a host: it takes no address beside the name.
    connection._create_connection = reached  # type: ignore[attr-defined]
    return connection
