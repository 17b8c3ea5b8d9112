"""Verbs of results that other desks use."""

from __future__ import annotations

from safar.store.registry import Workspace

from . import made_files
from .counting import sweep


def forget_gone(workspace: Workspace) -> None:
    """Remove what was counted of responses that are gone, and files that may hold them."""
    made_files.forget(workspace)
    sweep(workspace)
