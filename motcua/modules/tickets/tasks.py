"""What the worker calls."""

from motcua.modules.tickets.actions.arranging import free_counters
from motcua.modules.tickets.actions.reminding import tell_near
from motcua.modules.tickets.actions.taking import end_days

__all__ = ["close_days", "tell_near"]


def close_days() -> int:
    """Numbers of past days end, and counters that somebody forgot to leave are free again."""
    return end_days() + free_counters()
