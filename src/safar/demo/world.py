"""What every block of customers shares: parameters, places, goods, the clock, chance, and hands that reach in."""

from __future__ import annotations

from dataclasses import dataclass

from .catalogue import Catalogue
from .chance import Chance
from .clock import Clock
from .parameters import Parameters
from .places import Places


@dataclass(frozen=True)
class Intervention:
    """A hand that reaches into the company: an experience never happens, or always.

    Parameters
    ----------
    experience
        One of `EXPERIENCES`.
    happens
        False: to nobody. True: to everybody who can have it.
    first_order_only
        Only in the first attempt to order; later ones are left alone.
    """

    experience: str
    happens: bool = False
    first_order_only: bool = False


@dataclass(frozen=True)
class World:
    """What every block of customers shares."""

    truth: Parameters
    where: Places
    goods: Catalogue
    clock: Clock
    chance: Chance
    interventions: tuple[Intervention, ...] = ()
