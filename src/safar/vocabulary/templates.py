"""Templates to begin with: TOML files in the folder ``templates`` beside the modules that know what they hold."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from .errors import Refusal, nearest


def told_template(package: str, key: str, known: Sequence[str], unknown: type[Refusal]) -> dict[str, Any]:
    """Return what the file of a template says.

    Parameters
    ----------
    package
        In which the folder lies.
    key
        Of the template: the file's name without its ending.
    known
        The keys of all templates there.
    unknown
        Raised when it is none of them.
    """
    if key not in known:
        raise unknown(
            f"There is no template {key!r}.",
            hint=nearest(key, known) or f"Take one of {', '.join(known)}.",
            template=key,
        )
    text = (files(package) / "templates" / f"{key}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
