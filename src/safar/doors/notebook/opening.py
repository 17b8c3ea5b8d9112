"""How a notebook begins: a home, a log, published paths or a data frame is opened, and asked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

from safar.observe.executors import shared_executor
from safar.show.locale import Locale, weeks_of
from safar.store.far_folder import is_far
from safar.store.frame import FrameColumns, FramePaths
from safar.store.home import REGISTRY, Home
from safar.store.layout import Layout
from safar.store.log import Log, LogMissing
from safar.store.published import INDEX, Published
from safar.store.registry import UnknownWorkspace
from safar.vocabulary.time_names import CalendarName, Language

from .journeys import Journeys


def open(path: str | os.PathLike[str], workspace: str | None = None) -> Journeys:  # noqa: A001 - `safar.open`
    """Open lived paths to ask about them.

    Parameters
    ----------
    path
        A Safar home, the folder of a log, or where paths are published (`safar log publish`): a folder or an address
        such as ``s3://bucket/folder``.
    workspace
        Id of the workspace of a home; needed where it has several.

    Raises
    ------
    LogMissing, UnknownWorkspace, NothingPublished, AddressRefused
    """
    if is_far(os.fspath(path)) or (Path(path) / INDEX).is_file():
        return Journeys(Published(os.fspath(path)), executor=shared_executor())
    folder = Path(path)
    if (folder / REGISTRY).is_file():
        home = Home.open(folder)
        try:
            return of_home(home, workspace or _the_only_workspace(home))
        except BaseException:
            home.close()
            raise
    if not Layout(folder).manifest.is_file():
        raise LogMissing(
            f"There is no home, no log and no published path in {folder}.",
            hint="Name the folder of one of them.",
        )
    return Journeys(Log.open(folder), executor=shared_executor())


def from_dataframe(
    frame: object,
    *,
    customer: str,
    time: str,
    event: str,
    channel: str | None = None,
    amount: str | None = None,
    currency: str | None = None,
    time_zone: str | None = None,
) -> Journeys:
    """Return the paths of a table of events in memory, to ask about them.

    Parameters
    ----------
    frame
        Of pandas, polars or Arrow, one row an event, or whatever gives its columns as an Arrow stream.
    customer, time, event
        Names of the columns that say who, when and what. Rows without one of them are left out; a note says how many.
    channel
        Name of the column that says by which channel; none when None.
    amount, currency
        Names of the columns that rules call ``@amount`` (in whole units) and ``@currency``; none when None. All other
        columns are properties by their names.
    time_zone
        IANA name: in it are times without a zone (UTC, with a note, when None), and days begin (UTC when None).

    Raises
    ------
    FrameRefused, UnknownTimeZone

    Examples
    --------
    >>> import pandas, safar
    >>> log = safar.from_dataframe(
    ...     pandas.DataFrame(
    ...         {"who": [1, 1, 2], "at": pandas.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"], utc=True),
    ...          "what": ["visit", "pay", "visit"]}
    ...     ),
    ...     customer="who", time="at", event="what",
    ... )
    >>> log.funnel(["visit", "pay"], within="7d").table.column("count")
    [2, 1]
    """
    columns = FrameColumns(customer, time, event, channel, amount, currency)
    paths = FramePaths(frame, columns, time_zone=time_zone)
    locale = Locale("en", time_zone=time_zone or "UTC")
    return Journeys(paths, locale=locale, notes=paths.notes, executor=shared_executor())


def of_home(home: Home, workspace_id: str) -> Journeys:
    """Return the journeys of a workspace of an open home.

    Raises
    ------
    UnknownWorkspace
    """
    workspace = home.workspace(workspace_id)
    calendar = cast("CalendarName", workspace.calendar)
    locale = Locale(
        "en",
        calendar=calendar,
        time_zone=workspace.time_zone,
        currency=workspace.currency,
        week_starts=weeks_of(cast("Language", workspace.language), calendar),
    )
    return Journeys(home.log(workspace_id), locale=locale, executor=shared_executor(), closes=home.close)


def _the_only_workspace(home: Home) -> str:
    known = [each.workspace_id for each in home.workspaces()]
    if len(known) != 1:
        raise UnknownWorkspace(
            f"The home has {len(known)} workspaces.",
            hint=f"Say which one: {', '.join(known) or 'make one first'}.",
        )
    return known[0]
