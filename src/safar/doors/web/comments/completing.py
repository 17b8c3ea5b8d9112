"""One question to an endpoint that speaks as OpenAI's ``chat/completions`` does, which the owner of a workspace named.

The address may be one of a private network: models often run there, and only an owner may name it. What no model runs
on is refused: addresses of the link (where clouds tell their secrets), of groups, and none.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Sequence
from functools import partial
from typing import Final
from urllib.parse import SplitResult

from safar.doors.web.outward import Number, is_nobodys, is_public, post, web_address

from .errors import EndpointFailed, EndpointRefused

TIMEOUT_SECONDS: Final = 45.0
#: From the first byte to the last.
MOST_SECONDS: Final = 60.0
MOST_BYTES: Final = 1_000_000
MOST_TOKENS: Final = 700
#: So many threads wait for a model at a time.
_AT_ONCE: Final = 2
_LONGEST: Final = 400
_waiting = threading.BoundedSemaphore(_AT_ONCE)


def checked_url(url: str) -> SplitResult:
    """Return the parts of an address that may be asked, as far as can be told without a name server.

    Raises
    ------
    EndpointRefused
    """
    parts = web_address(url, longest=_LONGEST)
    if parts is None:
        raise EndpointRefused(
            f"{url[:80]!r} is no address of an endpoint.", hint="Write it as https://example.com/v1."
        )
    return parts


def completed(url: str, model: str, key: str, asked: str, texts: Sequence[str]) -> str:
    """Return what a model says when it is asked something about texts.

    Parameters
    ----------
    url
        Of the endpoint; ``/chat/completions`` is added where it is not there.
    model, key
        Which model; the key of the endpoint, or nothing.
    asked
        What it is asked to do.
    texts
        Without personal data.

    Raises
    ------
    EndpointRefused
        The address may not be asked.
    EndpointFailed
        It did not answer in time, or not as such an endpoint does.
    """
    parts = checked_url(url)
    path = parts.path.rstrip("/")
    path = path if path.endswith("/chat/completions") else f"{path}/chat/completions"
    body = {
        "model": model,
        "max_tokens": MOST_TOKENS,
        "messages": [
            {"role": "system", "content": asked},
            {"role": "user", "content": "\n".join(f"- {text}" for text in texts)},
        ],
    }
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    if not _waiting.acquire(blocking=False):
        raise EndpointFailed("Two questions are being answered.", hint="Try again in a minute.")
    try:
        status, answer = post(
            parts,
            path,
            json.dumps(body).encode(),
            headers,
            partial(_check, is_encrypted=parts.scheme == "https"),
            timeout=TIMEOUT_SECONDS,
            longest=MOST_SECONDS,
            most=MOST_BYTES,
        )
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise EndpointFailed(f"The endpoint does not answer: {type(error).__name__}.") from None
    finally:
        _waiting.release()
    return _said(status, answer)


def _said(status: int, answer: bytes) -> str:
    if status != http.client.OK:
        raise EndpointFailed(f"The endpoint answers {status}.", hint="Check its address, model and key.")
    try:
        text = json.loads(answer)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError):
        text = None
    if not isinstance(text, str) or not text.strip():
        raise EndpointFailed("The endpoint does not answer as chat/completions does.")
    return text.replace("\x00", "").strip()


def _check(address: str, number: Number, *, is_encrypted: bool) -> None:
    """Refuse an address that no model runs on, and one of the internet that is asked in the open.

    Raises
    ------
    EndpointRefused
    """
    if is_nobodys(number):
        raise EndpointRefused(f"{address} is no address of an endpoint.", hint="Name another one.")
    if is_public(number) and not is_encrypted:
        raise EndpointRefused(
            "An address on the internet must begin with https://.",
            hint="Only a private network may do without.",
        )
