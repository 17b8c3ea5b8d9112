"""A sentence for each refusal of the app of comments."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "comments.endpoint_failed": _(
        "The model gave no summary. Check its address, name and key, or try again."
    ),
    "comments.endpoint_refused": _(
        "This is no address of a model that may be asked, or the model has no name."
    ),
    "comments.label_refused": _("A comment cannot be labelled like this. Choose one of the labels offered."),
    "comments.topic_unknown": _("There is no such topic here. It may have been merged into another one."),
    "comments.unknown": _("There is no such comment here. Its customer may have been erased."),
}
