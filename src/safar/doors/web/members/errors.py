"""What members' verbs refuse."""

from __future__ import annotations

from safar.vocabulary.errors import Refusal


class UnknownMember(Refusal, LookupError):
    """No active member has this address."""

    code = "member.unknown"


class InvalidMemberSetting(Refusal, ValueError):
    """A role, language, digits or name that Safar does not take."""

    code = "member.invalid_setting"


class LastOwner(Refusal, PermissionError):
    """Without this member the workspace would have no owner."""

    code = "member.last_owner"


class RoleOutOfReach(Refusal, PermissionError):
    """Who asks may not do this to a member of that role, or give that role."""

    code = "member.out_of_reach"


class AlreadyMember(Refusal, ValueError):
    """The address works in the workspace already."""

    code = "member.already_here"


class UnknownInvitation(Refusal, LookupError):
    """The workspace has no open invitation of this number."""

    code = "invitation.unknown"


class InvitationRefused(Refusal, PermissionError):
    """The link invites nobody: unknown, used, withdrawn or too old. Which of them is nobody's business but ours."""

    code = "invitation.refused"


class InvitationForAnother(Refusal, PermissionError):
    """The invited address has an account, and it is not the one that is signed in."""

    code = "invitation.for_another"


class SignInLinkRefused(Refusal, PermissionError):
    """The link does not sign anybody in: unknown, used or too old. Which of them is nobody's business but ours."""

    code = "sign_in.link_refused"


class SignInRefused(Refusal, PermissionError):
    """The address and the password do not belong together. Whether the address is known is not said."""

    code = "sign_in.refused"


class OwnPasswordRefused(Refusal, PermissionError):
    """A member who is signed in gave another password than his own."""

    code = "account.password_wrong"


class CodeRefused(Refusal, PermissionError):
    """The code is not the one the authenticator shows, was used before, or is no recovery code."""

    code = "two_factor.code_refused"


class TwoFactorUnchanged(Refusal, ValueError):
    """The second factor is on already, or there is none to confirm or switch off."""

    code = "two_factor.unchanged"


class AttemptsWait(Refusal, PermissionError):
    """Too many attempts failed; the next one is looked at only after a while."""

    code = "sign_in.wait"


class ResetLinkRefused(Refusal, PermissionError):
    """The link sets no password: unknown, used or too old."""

    code = "reset.link_refused"


class SetUpRefused(Refusal, PermissionError):
    """The home has its first member, or the link is not the newest one."""

    code = "set_up.refused"


class PasswordTooShort(Refusal, ValueError):
    """Fewer characters than a password needs."""

    code = "password.too_short"


class PasswordTooLong(Refusal, ValueError):
    """More characters than a password may have."""

    code = "password.too_long"


class PasswordCommon(Refusal, ValueError):
    """One of the passwords that are guessed first."""

    code = "password.common"


class PasswordPersonal(Refusal, ValueError):
    """The member's own name or address, or little more than that."""

    code = "password.personal"


class PasswordRepeated(Refusal, ValueError):
    """One character, or a few, over and over."""

    code = "password.repeated"


class UnknownToken(Refusal, LookupError):
    """The member has no such token."""

    code = "token.unknown"


class InvalidToken(Refusal, ValueError):
    """A token needs a name of its own and an end that lies ahead."""

    code = "token.invalid"
