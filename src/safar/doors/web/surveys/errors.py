"""What the app of surveys refuses."""

from __future__ import annotations

from collections.abc import Sequence

from safar.vocabulary.errors import Refusal

from .merging import Conflict


class UnknownSurvey(Refusal, LookupError):
    """There is no such survey, version or picture in the workspace."""

    code = "surveys.unknown"


class SurveyArchived(Refusal, ValueError):
    """The survey is archived: it is read, not changed."""

    code = "surveys.archived"


class SurveyConflict(Refusal, ValueError):
    """Somebody else has changed the same meanwhile. Nothing was changed; both texts are in ``conflicts``.

    Parameters
    ----------
    conflicts
        What both changed, with what each wrote.
    revision
        The newest: base what is sent again on it, and it stands.
    """

    code = "surveys.conflict"

    def __init__(self, conflicts: Sequence[Conflict], *, revision: int) -> None:
        places = ", ".join(each.path for each in conflicts)
        super().__init__(
            f"Somebody else has changed the same meanwhile: {places}.",
            hint=f"Look at what stands there now, then send yours again based on revision {revision}.",
            revision=revision,
            conflicts=[each.told() for each in conflicts],
        )
        self.conflicts = tuple(conflicts)
        self.revision = revision


class BaseUnknown(Refusal, ValueError):
    """The change is based on a revision that the survey never had, or that is no longer kept."""

    code = "surveys.base_unknown"


class NothingToUndo(Refusal, LookupError):
    """The member has made no change that could be undone, or undone none that could be done again."""

    code = "surveys.nothing_to_undo"


class SurveyNotReady(Refusal, ValueError):
    """The static check finds faults, or a question key is asked on another scale than before; nothing was published."""

    code = "surveys.not_ready"


class KeyStays(Refusal, ValueError):
    """The key of a survey cannot change once it was published, or names another survey."""

    code = "surveys.key_stays"


class NotPublished(Refusal, ValueError):
    """Only a published survey can be opened or closed."""

    code = "surveys.not_published"


class TooManyPictures(Refusal, ValueError):
    """The survey has as many pictures as are kept."""

    code = "surveys.too_many_pictures"
