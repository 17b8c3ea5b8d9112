"""What usual experiences are called."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy

#: By their names in `safar.explain.usual_experiences`.
EXPERIENCE_NAMES: Final = {
    "late_delivery": gettext_lazy("Late delivery"),
    "turned_to_support": gettext_lazy("Had to turn to support"),
    "handed_over": gettext_lazy("Handed over in support"),
    "returned": gettext_lazy("Sent something back"),
    "payment_error": gettext_lazy("Payment failed"),
    "nothing_found": gettext_lazy("Search found nothing"),
}
