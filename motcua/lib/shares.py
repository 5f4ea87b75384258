"""How sure a share is that was counted among few."""

from math import sqrt

Z_95 = 1.959963984540054  # of the normal distribution: nineteen times in twenty


def wilson(hits: int, of: int, z: float = Z_95) -> tuple[float, float]:
    """The interval in which the true share lies (Wilson's score): wide for few, never outside 0 to 1.

    (0, 1) when nothing was counted. Newcombe, Statistics in Medicine 17 (1998), method 3.
    """
    if not 0 <= hits <= of:
        raise ValueError(f"{hits} of {of}")
    if of == 0:
        return 0.0, 1.0
    share = hits / of
    middle = share + z * z / (2 * of)
    reach = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    whole = 1 + z * z / of
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)
