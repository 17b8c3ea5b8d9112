"""A process that sends the invitations of a workspace and is killed at a letter.

    python asking_process.py HOME WORKSPACE MAIL_PORT LETTER before|after

It dies before the mail server has that letter, or right after.
"""

from __future__ import annotations

import os
import signal
import sys


def main(home: str, workspace_id: str, port: str, letter: str, when: str) -> None:
    from safar.doors.web.setup import configure

    configure(home)
    from django.core.mail import EmailMultiAlternatives
    from django.test import override_settings

    from safar.doors.web.inviting.jobs import tick_one
    from safar.doors.web.mail import mail_settings
    from safar.doors.web.work.jobs import Progress

    send, left = EmailMultiAlternatives.send, int(letter)

    def dying(message: EmailMultiAlternatives, **how: bool) -> int:
        nonlocal left
        left -= 1
        if not left and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        taken = send(message, **how)
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return taken

    EmailMultiAlternatives.send = dying  # type: ignore[method-assign]
    mails = mail_settings(f"smtp://127.0.0.1:{port}", "", "cx.example")
    with override_settings(**mails, PUBLIC_URL="https://cx.example"):
        tick_one.call(Progress(), workspace_id=workspace_id)


if __name__ == "__main__":
    main(*sys.argv[1:6])
