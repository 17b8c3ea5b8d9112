"""`safar completion`: teach a shell the commands, options and workspaces."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command(short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash:  safar completion bash > ~/.local/share/bash-completion/completions/safar
    zsh:   safar completion zsh  > "${fpath[1]}/_safar"
    fish:  safar completion fish > ~/.config/fish/completions/safar.fish
    """
    script = get_completion_class(shell)
    assert script is not None, f"click knows no {shell}"
    click.echo(script(ctx.find_root().command, {}, "safar", "_SAFAR_COMPLETE").source())
