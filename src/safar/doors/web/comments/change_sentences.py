"""A sentence for each change that this app notes."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "comment.confirmed": _("Confirmed the labels of comment %(target)s."),
    "comment.corrected": _("Corrected the labels of comment %(target)s."),
    "comment.correction_undone": _("Took back a correction of comment %(target)s."),
    "comments.learning_changed": _("Switched learning from corrections on or off."),
    "comments.second_reading_changed": _("Switched the second reading of comments on or off."),
    "comments.endpoint_removed": _("Took away the model that sums up comments."),
    "comments.endpoint_set": _("Named a model that sums up comments: %(target)s."),
    "comments.sent_to_model": _("Sent comments without personal data to a model: %(target)s."),
    "comments.exported": _("Took away comments as a file."),
    "topic.added": _("Added the topic “%(target)s”."),
    "topic.archived": _("Put the topic “%(target)s” away."),
    "topic.mapped": _("Put the topic “%(target)s” on a map as an opportunity."),
    "topic.merged": _("Merged topics into “%(target)s”."),
    "topic.renamed": _("Renamed the topic “%(target)s”."),
    "topic.restored": _("Brought the topic “%(target)s” back."),
    "topic.split": _("Split a topic off “%(target)s”."),
    "topic.words_added": _("Added words to the topic “%(target)s”."),
    "topic.words_removed": _("Removed words from the topic “%(target)s”."),
    "topics.discovery_asked": _("Had topics discovered anew."),
    "topics.proposal_put_aside": _("Put discovered topics aside."),
    "topics.taken": _("Took discovered topics."),
}
#: What the values before and after are called.
FIELDS: Final[dict[str, Promise | str]] = {
    "sentiment": _("Sentiment"),
    "kind": _("Kind"),
    "topics": _("Topics"),
    "words": _("Words"),
    "names": _("Names"),
    "replaces": _("Instead of the topics before"),
    "form": _("Form"),
    "comments": _("Comments"),
    "model": _("Model"),
    "learns": _("Learning from corrections"),
    "reads_twice": _("Second reading by the larger model"),
    "filters": _("Filters"),
}
