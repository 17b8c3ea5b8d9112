"""What can go wrong with imports on the pages."""

from __future__ import annotations

from safar.vocabulary.errors import Fault, Refusal


class UploadMissing(Refusal, ValueError):
    """The form came without a file."""

    code = "upload.missing"


class UploadTooLarge(Refusal, ValueError):
    """The file is larger than pages take."""

    code = "upload.too_large"


class UploadCutOff(Refusal, ValueError):
    """The file did not arrive whole."""

    code = "upload.cut_off"


class TooManyUploads(Refusal, RuntimeError):
    """As many files arrive at this moment as pages can take beside their other work."""

    code = "upload.too_many"


class UploadDiskFull(Fault, OSError):
    """The disk has no room for the file."""

    code = "upload.disk_full"


class TooManyColumns(Refusal, ValueError):
    """The file has more columns than a person can look through."""

    code = "upload.too_many_columns"


class ChangedMeanwhile(Refusal, RuntimeError):
    """Somebody else changed the same import since the page was shown."""

    code = "imports.changed_meanwhile"


class ImportGoesOn(Refusal, RuntimeError):
    """The import is under way, or over; what was asked for needs it otherwise."""

    code = "imports.goes_on"


class FileGone(Refusal, LookupError):
    """The uploaded file is not there any more."""

    code = "imports.file_gone"


class ChoiceUnknown(Refusal, ValueError):
    """A choice that the page does not offer."""

    code = "imports.choice_unknown"
