"""Faces from sad to glad, drawn: no font need have them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Face:
    """A face in a square of 48: the path of its mouth, and which of three moods it has."""

    mouth: str
    mood: str


def face(share: float) -> Face:
    """Return the face of a point of a scale.

    Parameters
    ----------
    share
        0 for the saddest, 1 for the gladdest.

    >>> face(0).mouth, face(0.5).mouth, face(1).mood
    ('M15 36Q24 24 33 36', 'M15 32Q24 32 33 32', 'glad')
    """
    bend = 2 * share - 1
    ends, middle = 32 - 4 * bend, 32 + 8 * bend
    mood = "sad" if share < 1 / 3 else "glad" if share > 2 / 3 else "calm"
    return Face(f"M15 {ends:g}Q24 {middle:g} 33 {ends:g}", mood)
