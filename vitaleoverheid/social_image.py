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
SCALE = 2  # drawn larger and then reduced, which smooths the edges
BACKGROUND = Path(__file__).with_name("social_image.png")
"""The wall with its opening, the line that goes through it, and the wordmark; on that scale."""
FONT = Path(__file__).parent / "static/fonts/schibsted-grotesk.woff2"
EDITION = 2  # raise it when the drawing changes, so that every picture is made anew

INK, SOFT = "#071e22", "#36494c"
MARGIN = 72
TITLE_BOX = (740, 330)
TITLE_SIZES = range(96, 43, -4)
LINE_HEIGHT = 1.04
WALL_TOP = 486


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
    with Image.open(BACKGROUND) as background:
        image = background.convert("RGB")
    draw_title(ImageDraw.Draw(image), title, label)
    buffer = BytesIO()
    image.resize(SIZE, Image.Resampling.LANCZOS).quantize(64).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def draw_title(canvas: ImageDraw.ImageDraw, title: str, label: str) -> None:
    """The kind of page, and its title as large as it fits, standing on the wall."""
    canvas.text((MARGIN * SCALE, 60 * SCALE), label, font=font(28, 700), fill=SOFT)
    size, lines = fit(title)
    for number, text in enumerate(reversed(lines), start=1):
        top = WALL_TOP - 36 - number * size * LINE_HEIGHT
        canvas.text((MARGIN * SCALE, top * SCALE), text, font=font(size, 800), fill=INK)


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
