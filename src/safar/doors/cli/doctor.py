"""`safar doctor`: is everything that was kept still there?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from .asked import Asked, home_option, pass_asked
from .output import Form, form_options, say, write_rows

if TYPE_CHECKING:
    from safar.store.findings import Finding

_NAMES: Final = ("severity", "code", "path", "message", "hint")


@click.command(short_help="Check the home and say what is wrong.")
@home_option
@form_options
@pass_asked
@click.pass_context
def doctor(ctx: click.Context, asked: Asked, form: Form) -> None:
    """Check the home – disk, rights, databases, every log to the last byte – and say what is wrong. Changes nothing.

    The exit code is 1 when something is lost, wrong or out of reach; warnings and notes leave it 0.
    """
    from safar.doors.web.database import look_at_server
    from safar.store.doctor import doctor as findings_of
    from safar.store.home import default_home

    home = asked.home or default_home()
    report(ctx, form, [*look_at_server(home), *findings_of(home)])


def report(ctx: click.Context, form: Form, findings: Sequence[Finding]) -> None:
    """Write what was found; end with 1 where there is an error."""
    write_rows(form, _NAMES, [[getattr(finding, name) for name in _NAMES] for finding in findings])
    errors = sum(finding.severity == "error" for finding in findings)
    others = len(findings) - errors
    say("Nothing is wrong." if not findings else f"Errors: {errors}. Warnings and notes: {others}.")
    if errors:
        ctx.exit(1)
