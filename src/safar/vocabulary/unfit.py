"""What is said of data that do not fit a type, taken apart."""

from __future__ import annotations

import msgspec


def unfit(wrong: msgspec.ValidationError) -> tuple[str, str]:
    """Return what is wrong with data, and where: a path from their root, empty for the root itself.

    Examples
    --------
    >>> try:
    ...     msgspec.convert({"pages": [1, "2"]}, dict[str, list[int]])
    ... except msgspec.ValidationError as wrong:
    ...     unfit(wrong)
    ('Expected `int`, got `str`', '[...][1]')
    """
    said, _, path = str(wrong).partition(" - at `")
    return said, path.rstrip("`").removeprefix("$")
