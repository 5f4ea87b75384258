"""Pictures for the demonstration, drawn rather than taken: nobody's street, nobody's face."""

import io
import math
import random

from PIL import Image, ImageDraw

SIZE = (960, 720)  # as it is drawn …
SHOWN = (720, 540)  # … and kept: made smaller, its edges are smooth; every copy of it costs as much less


def draw(category: str, dice: random.Random, *, mended: bool = False) -> bytes:
    """A JPEG of a street at some hour with the trouble that ``category`` names, or without it once mended."""
    night = category == "street-lighting"
    image = Image.new("RGB", SIZE, _sky(dice, night=night))
    paper = ImageDraw.Draw(image)
    _hills(paper, dice, night=night)
    _houses(paper, dice, night=night)
    paper.polygon([(0, 720), (330, 430), (620, 430), (960, 720)], fill=(58, 60, 66) if night else (118, 120, 124))
    for step in range(5):
        top = 440 + step * 58
        paper.polygon(
            [(474, top), (486, top), (490 + step * 2, top + 30), (470 - step * 2, top + 30)], fill=(222, 220, 200)
        )
    {
        "street-lighting": _lamp,
        "trees": _tree,
        "waste": _heap,
        "drainage": _water,
        "road-damage": _hole,
    }.get(category, _cones)(paper, dice, mended)
    out = io.BytesIO()
    image.resize(SHOWN, Image.Resampling.BOX).save(out, "JPEG", quality=82)
    return out.getvalue()


def _sky(dice: random.Random, *, night: bool) -> tuple[int, int, int]:
    shift = dice.randint(-14, 14)
    return (22, 28, 48 + shift) if night else (176 + shift, 206 + shift // 2, 228)


def _hills(paper: ImageDraw.ImageDraw, dice: random.Random, *, night: bool) -> None:
    for layer in range(3):
        base = 300 + layer * 45
        phase = dice.random() * 6
        points = [(x, base + 34 * math.sin(x / (130 + 40 * layer) + phase)) for x in range(0, 961, 16)]
        shade = (20 + layer * 6, 34 + layer * 6, 34) if night else (96 - layer * 16, 138 - layer * 18, 112 - layer * 16)
        paper.polygon([(0, 720), *points, (960, 720)], fill=shade)


def _houses(paper: ImageDraw.ImageDraw, dice: random.Random, *, night: bool) -> None:
    for side in (0, 1):
        x = 0 if side == 0 else 640
        while x < (300 if side == 0 else 960):
            width, height = dice.randint(70, 120), dice.randint(120, 230)
            tone = dice.choice([(214, 190, 160), (196, 176, 170), (176, 186, 178), (222, 210, 182)])
            colour = tuple(part // 3 for part in tone) if night else tone
            paper.rectangle([x, 480 - height, x + width, 520], fill=colour)
            for row in range(2):
                lit = night and dice.random() < 0.4
                paper.rectangle(
                    [x + 16, 500 - height + row * 54, x + 38, 530 - height + row * 54],
                    fill=(248, 214, 120) if lit else (70, 84, 96),
                )
            x += width + dice.randint(4, 18)


def _lamp(paper: ImageDraw.ImageDraw, dice: random.Random, mended: bool) -> None:
    x = dice.randint(640, 720)
    paper.rectangle([x, 180, x + 10, 620], fill=(150, 152, 158))
    paper.line([(x + 5, 186), (x - 90, 168)], fill=(150, 152, 158), width=8)
    paper.ellipse([x - 118, 156, x - 74, 184], fill=(255, 238, 170) if mended else (70, 74, 84))
    if mended:
        paper.polygon([(x - 96, 180), (x - 250, 640), (x + 60, 640)], fill=(120, 112, 78))


def _tree(paper: ImageDraw.ImageDraw, dice: random.Random, mended: bool) -> None:
    if mended:
        paper.ellipse([700, 560, 760, 590], fill=(150, 116, 78))
        return
    paper.line([(720, 600), (430 + dice.randint(-40, 40), 520)], fill=(96, 70, 46), width=26)
    for _ in range(40):
        x, y = dice.randint(380, 600), dice.randint(470, 570)
        paper.ellipse([x, y, x + 44, y + 26], fill=(50, 96 + dice.randint(-20, 20), 58))


def _heap(paper: ImageDraw.ImageDraw, dice: random.Random, mended: bool) -> None:
    if mended:
        return
    for _ in range(26):
        x, y = dice.randint(560, 760), dice.randint(560, 650)
        paper.ellipse(
            [x, y, x + dice.randint(30, 60), y + dice.randint(24, 44)],
            fill=dice.choice([(44, 48, 54), (206, 206, 200), (62, 96, 130), (170, 60, 54)]),
        )


def _water(paper: ImageDraw.ImageDraw, dice: random.Random, mended: bool) -> None:
    if mended:
        paper.rectangle([430, 600, 520, 616], fill=(52, 54, 58))
        return
    paper.ellipse([180 + dice.randint(-30, 30), 540, 820, 690], fill=(112, 124, 128))
    for ring in range(4):
        paper.arc([300 + ring * 40, 570 + ring * 10, 640 + ring * 20, 650], 0, 300, fill=(168, 180, 184), width=3)


def _hole(paper: ImageDraw.ImageDraw, dice: random.Random, mended: bool) -> None:
    x = dice.randint(380, 480)
    paper.ellipse([x, 570, x + 190, 640], fill=(84, 86, 90) if mended else (46, 42, 40))
    if not mended:
        paper.ellipse([x + 24, 584, x + 150, 630], fill=(92, 80, 66))


def _cones(paper: ImageDraw.ImageDraw, dice: random.Random, mended: bool) -> None:
    if mended:
        return
    for _ in range(3):
        x = dice.randint(380, 620)
        paper.polygon([(x, 640), (x + 20, 560), (x + 40, 640)], fill=(226, 96, 40))
        paper.rectangle([x + 8, 600, x + 32, 612], fill=(244, 240, 232))
