"""What a refused act of review raises."""

from __future__ import annotations

from sites.messages import SaidError


class ReviewError(SaidError):
    """Raised when an act of review is refused: nothing was changed. str() is English, say(gettext) the translation."""
