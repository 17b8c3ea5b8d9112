"""The kinds of questions that there is a page for, in the order of the navigation of their desks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from .attribution_page import ATTRIBUTION
from .compare_page import COMPARE
from .flow_page import FLOW
from .funnel_page import FUNNEL
from .goals_page import GOALS
from .kind import KindPage
from .pages_page import PAGES, SOURCES
from .paths_page import PATHS
from .patterns_page import PATTERNS
from .retention_page import RETENTION
from .searches_page import SEARCHES
from .sessions_page import SESSIONS
from .step_matrix_page import STEP_MATRIX
from .trends_page import TRENDS
from .variants_page import VARIANTS
from .what_if_page import WHAT_IF

#: A further kind is one line here: its form and its page stand in a module of its own.
KIND_PAGES: Final[tuple[KindPage, ...]] = (
    FLOW,
    PATHS,
    STEP_MATRIX,
    PATTERNS,
    FUNNEL,
    RETENTION,
    VARIANTS,
    SESSIONS,
    TRENDS,
    ATTRIBUTION,
    PAGES,
    SOURCES,
    SEARCHES,
    GOALS,
    COMPARE,
    WHAT_IF,
)

_by_key: Final = {kind.key: kind for kind in KIND_PAGES}
#: Those of every desk.
BY_KEY: Final[Mapping[str, KindPage]] = _by_key


def add_pages(pages: Iterable[KindPage]) -> None:
    """Add the pages of another desk; its app does so when it is ready."""
    _by_key.update({page.key: page for page in pages})


def pages_of(desk: str) -> tuple[KindPage, ...]:
    """Return the pages of a desk, in the order of its navigation."""
    return tuple(page for page in BY_KEY.values() if page.desk == desk)
