"""What the app of comments refuses."""

from __future__ import annotations

from safar.vocabulary.errors import Fault, Refusal


class UnknownComment(Refusal, LookupError):
    """There is no such comment in the workspace; it may have gone with its customer."""

    code = "comments.unknown"


class LabelRefused(Refusal, ValueError):
    """A comment cannot be labelled like this."""

    code = "comments.label_refused"


class TopicNotHere(Refusal, LookupError):
    """There is no such topic, or no such proposal of topics, in the workspace."""

    code = "comments.topic_unknown"


class EndpointRefused(Refusal, ValueError):
    """The address of an endpoint is none that may be asked, or no model is named."""

    code = "comments.endpoint_refused"


class EndpointFailed(Fault, ConnectionError):
    """The endpoint that the workspace named gave no summary."""

    code = "comments.endpoint_failed"
