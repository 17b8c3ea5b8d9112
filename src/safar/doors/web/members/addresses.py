"""Addresses of our own: where a reader stands, and where he may be sent."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def own_address(request: HttpRequest, address: str) -> str:
    """Return the address when it is one of ours, else nothing: no redirect leaves this host."""
    is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else ""


def page_address(request: HttpRequest) -> str:
    """Return the address of the page that the request was made on: its own where it asks for a page, else the one
    it was sent from."""
    if request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
        return request.get_full_path()
    sent_from = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if sent_from.netloc != request.get_host():
        return "/"
    path = sent_from.path + (f"?{sent_from.query}" if sent_from.query else "")
    return own_address(request, path) or "/"


def base_url(request: HttpRequest) -> str:
    """Return where the pages are, as the reader reached them."""
    return f"{request.scheme}://{request.get_host()}"
