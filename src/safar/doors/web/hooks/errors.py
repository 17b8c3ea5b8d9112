"""What the app of webhooks refuses."""

from __future__ import annotations

from safar.vocabulary.errors import Refusal


class WebhookRefused(Refusal, ValueError):
    """The address is none that Safar sends to, or nothing is to be sent there."""

    code = "hooks.refused"


class AddressPrivate(Refusal, PermissionError):
    """The address leads into a private network, and no owner has consented to that."""

    code = "hooks.address_private"


class UnknownWebhook(Refusal, LookupError):
    """There is no such webhook, or no such delivery, in the workspace."""

    code = "hooks.unknown"


class TooManyWebhooks(Refusal, ValueError):
    """The workspace has as many webhooks as it may have."""

    code = "hooks.too_many"
