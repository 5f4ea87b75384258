"""What the worker does for forms."""

from motcua.kernel.forms.actions.drafts import forget_expired


def forget_old() -> int:
    """Drafts that nobody went on with. Returns how many rows went."""
    return forget_expired()
