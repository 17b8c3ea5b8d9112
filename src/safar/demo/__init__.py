"""A simulated company whose truth is known."""

from .company import fill, simulate
from .effects import Difference, Effect, Truth, truth
from .parameters import EXPERIENCES
from .summary import Summary, summarise

__all__ = [
    "EXPERIENCES",
    "Difference",
    "Effect",
    "Summary",
    "Truth",
    "fill",
    "simulate",
    "summarise",
    "truth",
]
