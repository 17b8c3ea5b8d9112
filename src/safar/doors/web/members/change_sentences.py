"""What changes of members are called in the log of changes."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Role

SENTENCES: Final[dict[str, Promise | str]] = {
    "installation.set_up": _("Safar was set up by %(target)s"),
    "member.added": _("%(target)s was added"),
    "member.administrator_ended": _("%(target)s no longer looks after the installation"),
    "member.administrator_made": _("%(target)s was made administrator of the installation"),
    "member.invited": _("%(target)s was invited"),
    "member.invitation_withdrawn": _("The invitation of %(target)s was withdrawn"),
    "member.joined": _("%(target)s accepted the invitation"),
    "member.left": _("%(target)s left the workspace"),
    "member.password_changed": _("%(target)s changed the password"),
    "member.password_reset": _("%(target)s chose a new password by link"),
    "member.recovery_codes_made": _("%(target)s made new recovery codes"),
    "member.recovery_code_used": _("%(target)s signed in with a recovery code"),
    "member.removed": _("%(target)s was removed"),
    "member.renamed": _("%(target)s changed the name"),
    "member.reset_link_made": _("A link to a new password was made for %(target)s"),
    "member.role_changed": _("The role of %(target)s was changed"),
    "member.sessions_ended": _("Sessions of %(target)s were ended"),
    "member.sign_in_link_made": _("A sign-in link was made for %(target)s"),
    "member.signed_in": _("%(target)s signed in"),
    "member.two_factor_off": _("%(target)s switched the second step of signing in off"),
    "member.two_factor_on": _("%(target)s switched the second step of signing in on"),
    "member.two_factor_reset": _("The second step of %(target)s was taken away"),
    "token.created": _("The API token %(target)s was created"),
    "token.revoked": _("The API token %(target)s was revoked"),
    "workspace.two_factor_rule_changed": _("What the workspace %(target)s asks at sign-in was changed"),
}
#: What the values before and after are called.
FIELDS: Final[dict[str, Promise | str]] = {
    "role": _("Role"),
    "needs_two_factor": _("Second step required"),
    "can_write": _("May change data"),
    "expires_at": _("Ends"),
}
VALUES: Final[dict[str, dict[str, Promise | str]]] = {"role": {role.value: role.label for role in Role}}
