"""How far something long is, drawn on a terminal."""

from typing import TextIO

WIDTH = 40


class Bar:
    """Draws nothing where nobody looks (a pipe, a log). A hundred drawings at the most, however many steps."""

    def __init__(self, total: int, out: TextIO) -> None:
        self.total, self.done, self.out = total, 0, out
        self.is_shown = total > 0 and out.isatty()
        self._drawn = -1

    def step(self, count: int = 1) -> None:
        self.done += count
        share = 100 * self.done // self.total if self.total else 100
        if self.is_shown and share != self._drawn:
            self._drawn = share
            full = min(WIDTH, WIDTH * self.done // self.total)
            self.out.write(f"\r{'█' * full}{'░' * (WIDTH - full)} {self.done}/{self.total}")
            self.out.flush()

    def end(self) -> None:
        if self.is_shown:
            self.out.write("\n")
