"""Verbs about members, for other desks and the terminal. Each stands in the module that it is named after."""

from __future__ import annotations

from .account import change_name, change_password, change_reading
from .errors import (
    AlreadyMember,
    InvalidMemberSetting,
    InvitationForAnother,
    InvitationRefused,
    LastOwner,
    ResetLinkRefused,
    RoleOutOfReach,
    SetUpRefused,
    SignInLinkRefused,
    UnknownInvitation,
    UnknownMember,
)
from .invitations import Invited, accept_invitation, invite, resend_invitation, withdraw_invitation
from .links import SIGN_IN_LINK_LIVES, create_sign_in_link, redeem_sign_in_link
from .memberships import add_member, change_role, remove_member
from .resets import create_reset_link, may_reset, redeem_reset_link
from .rules import require_two_factor
from .sessions import end_sessions
from .set_up import create_set_up_link, set_up
from .two_factor import reset_two_factor

__all__ = [
    "SIGN_IN_LINK_LIVES",
    "AlreadyMember",
    "InvalidMemberSetting",
    "InvitationForAnother",
    "InvitationRefused",
    "Invited",
    "LastOwner",
    "ResetLinkRefused",
    "RoleOutOfReach",
    "SetUpRefused",
    "SignInLinkRefused",
    "UnknownInvitation",
    "UnknownMember",
    "accept_invitation",
    "add_member",
    "change_name",
    "change_password",
    "change_reading",
    "change_role",
    "create_reset_link",
    "create_set_up_link",
    "create_sign_in_link",
    "end_sessions",
    "invite",
    "may_reset",
    "redeem_reset_link",
    "redeem_sign_in_link",
    "remove_member",
    "require_two_factor",
    "resend_invitation",
    "reset_two_factor",
    "set_up",
    "withdraw_invitation",
]
