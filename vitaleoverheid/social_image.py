"""The picture that goes with a shared page: its title in the language of the design."""

import hashlib
import re
from datetime import timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

FOLDER = "images/social"
UNUSED_FOR = timedelta(days=1)
SIZE = (1200, 630)  # pixels: what Open Graph asks for
SCALE = 2  # drawn larger and then reduced, which smooths the slanted edges
FONT = Path(__file__).parent / "static/fonts/schibsted-grotesk.woff2"
EDITION = 2  # raise it when the drawing changes, so that every picture is made anew

PAPER, INK, HOT, SOFT = "#ffffff", "#071e22", "#f4511e", "#36494c"
MARGIN = 72
TITLE_BOX = (740, 330)
TITLE_SIZES = range(96, 43, -4)
LINE_HEIGHT = 1.04
SLANT = 0.4452  # the line stands 24° from vertical
WALL_TOP, WALL_HEIGHT = 486, 28
LINE_FOOT, LINE_WIDTH, GAP = 838, 60, 16
WORDMARK_SIZE = 36

Point = tuple[float, float]


def make(title: str, label: str) -> str:
    """Draw and keep the picture unless it is there; returns its name in the storage."""
    digest = hashlib.sha256(f"{EDITION}\n{label}\n{title}".encode()).hexdigest()[:16]
    name = f"{FOLDER}/{digest}.png"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(draw(title, label)))
    return name


def remove_all_but(used: set[str]) -> None:
    """Remove the pictures of titles that pages had before; one made just now is yet to be used."""
    names = default_storage.listdir(FOLDER)[1] if default_storage.exists(FOLDER) else []
    before = timezone.now() - UNUSED_FOR
    for name in {f"{FOLDER}/{name}" for name in names} - used:
        if default_storage.get_modified_time(name) < before:
            default_storage.delete(name)


def draw(title: str, label: str) -> bytes:
    """The picture as a PNG."""
    image = Image.new("RGB", (SIZE[0] * SCALE, SIZE[1] * SCALE), PAPER)
    canvas = ImageDraw.Draw(image)
    draw_wall(canvas)
    draw_title(canvas, title, label)
    draw_wordmark(canvas)
    buffer = BytesIO()
    image.resize(SIZE, Image.Resampling.LANCZOS).quantize(64).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def draw_wall(canvas: ImageDraw.ImageDraw) -> None:
    """The wall with its opening, and the line that goes through it."""
    bottom = WALL_TOP + WALL_HEIGHT
    opening = (bottom - WALL_TOP) * SLANT
    polygon(canvas, INK, box(MARGIN, WALL_TOP, LINE_FOOT - GAP, bottom))
    polygon(canvas, INK, box(LINE_FOOT + LINE_WIDTH + opening + GAP, WALL_TOP, SIZE[0], bottom))
    foot = bottom + 40
    left = LINE_FOOT - 40 * SLANT
    top = 60
    lean = (foot - top) * SLANT
    line: list[Point] = [
        (left, foot),
        (left + LINE_WIDTH, foot),
        (left + LINE_WIDTH + lean, top),
        (left + lean, top),
    ]
    polygon(canvas, HOT, line)


def draw_title(canvas: ImageDraw.ImageDraw, title: str, label: str) -> None:
    """The kind of page, and its title as large as it fits, standing on the wall."""
    canvas.text(scaled((MARGIN, 60)), label, font=font(28, 700), fill=SOFT)
    size, lines = fit(title)
    for number, text in enumerate(reversed(lines), start=1):
        top = WALL_TOP - 36 - number * size * LINE_HEIGHT
        canvas.text(scaled((MARGIN, top)), text, font=font(size, 800), fill=INK)


def draw_wordmark(canvas: ImageDraw.ImageDraw) -> None:
    """The symbol and the firm's name."""
    left, bottom, unit = MARGIN, 586, 0.9
    polygon(canvas, INK, box(left, bottom - 49 * unit, left + 12 * unit, bottom))
    foot = left + 12 * unit
    leg: list[Point] = [(foot, bottom), (foot + 12 * unit, bottom)]
    leg += [(foot + 36.93 * unit, bottom - 56 * unit), (foot + 24.93 * unit, bottom - 56 * unit)]
    polygon(canvas, HOT, leg)
    place = scaled((left + 66, bottom - 42))
    canvas.text(place, "Vitale Overheid", font=font(WORDMARK_SIZE, 800), fill=INK)


def fit(title: str) -> tuple[int, list[str]]:
    """The largest size at which the title fits its box, and its lines at that size."""
    for size in TITLE_SIZES:
        lines = wrap(title, size)
        if len(lines) * size * LINE_HEIGHT <= TITLE_BOX[1] and widest(lines, size) <= TITLE_BOX[0]:
            return size, balanced(title, size, len(lines))
    smallest = TITLE_SIZES[-1]
    most = int(TITLE_BOX[1] / (smallest * LINE_HEIGHT))
    return smallest, wrap(title, smallest)[:most]


def balanced(title: str, size: int, count: int) -> list[str]:
    """The title in as many lines, of about the same length."""
    widths = range(0, TITLE_BOX[0] + 1, 20)
    return next(lines for width in widths if len(lines := wrap(title, size, width)) <= count)


def wrap(title: str, size: int, width: int = TITLE_BOX[0]) -> list[str]:
    """The title in lines no wider than this, where words allow."""
    lines: list[str] = []
    for word in re.split(r"[ \n]+", title.strip()):  # a space that may not break stays
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and widest([longer], size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def widest(lines: list[str], size: int) -> float:
    """The width in pixels of the widest line."""
    return max(font(size, 800).getlength(line) / SCALE for line in lines)


@cache
def font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    """The site's own letter."""
    face = ImageFont.truetype(FONT, size * SCALE)
    face.set_variation_by_axes([weight])
    return face


def box(left: float, top: float, right: float, bottom: float) -> list[Point]:
    """The corners of an upright rectangle."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def polygon(canvas: ImageDraw.ImageDraw, colour: str, corners: list[Point]) -> None:
    """Fill a shape."""
    canvas.polygon([scaled(corner) for corner in corners], fill=colour)


def scaled(point: Point) -> Point:
    """A point of the picture on the larger canvas."""
    return point[0] * SCALE, point[1] * SCALE
