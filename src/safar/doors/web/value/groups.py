"""The names in the second navigation under which pages of the desk stand together, one after the other."""

from __future__ import annotations

from typing import Final

from django.utils.translation import pgettext_lazy

#: What customers are worth.
WORTH: Final = pgettext_lazy("kind of question", "Customer value")
#: Who stays and who leaves, in customers and in money.
KEEPING: Final = pgettext_lazy("kind of question", "Staying and leaving")
#: How well they are served, and what that costs.
SERVED: Final = pgettext_lazy("kind of question", "Service")
#: What satisfaction and coming back hang on.
REASONS: Final = pgettext_lazy("kind of question", "Why")
#: What mending a step would bring.
FIXING: Final = pgettext_lazy("kind of question", "What fixing brings")
#: What changes brought that were made.
TRYING: Final = pgettext_lazy("kind of question", "Trying things out")
#: What customers are shown and sent.
OFFERING: Final = pgettext_lazy("kind of question", "Offering")
