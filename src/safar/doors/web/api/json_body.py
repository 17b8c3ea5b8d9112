"""Bodies as JSON by the letter."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.http import HttpRequest


def json_of(request: HttpRequest) -> Any:
    """Return the body of a request, as JSON that can be said in UTF-8 again.

    NaN and Infinity are no JSON; half a surrogate, a number of thousands of digits and nesting without end cannot be
    read.

    Raises
    ------
    json.JSONDecodeError
    """
    try:
        said = json.loads(request.body.decode("utf-8"), parse_constant=_no_json)
        json.dumps(said, ensure_ascii=False).encode()
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError) as error:
        raise json.JSONDecodeError("This is no JSON that can be read", "", 0) from error
    return said


def _no_json(name: str) -> NoReturn:
    raise json.JSONDecodeError(f"{name} is no JSON", name, 0)
