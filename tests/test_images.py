"""An editor adds images to the library, and visitors see them."""

import re
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageCms
from pytest_django import Settings

from tests.reading import parse, read, words
from vitaleoverheid.models import HomePage, SiteImage, TextPage

pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves closing the files of the sizes it makes to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

GPS = 0x8825


def picture(width: int = 1600, height: int = 900, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height))


def file_of(image: Image.Image, name: str = "foto.jpg", **options: object) -> SimpleUploadedFile:
    """The image as a file, in the format that its name says."""
    kind = {"jpg": "JPEG"}.get(ending := name.rpartition(".")[2], ending)
    content = BytesIO()
    image.save(content, kind, **options)
    return SimpleUploadedFile(name, content.getvalue())


def upload(client: Client, file: SimpleUploadedFile) -> BeautifulSoup | None:
    """Send the upload form; the form again when the file is refused, none when it is taken."""
    response = client.post(reverse("wagtailimages:add"), {"title": "Foto", "file": file})
    return None if response.status_code == 302 else parse(response)


def refusal(client: Client, file: SimpleUploadedFile) -> str:
    """Why the file is refused, as the editor reads it."""
    form = upload(client, file)
    assert form, "the file was taken"
    assert not SiteImage.objects.exists()
    return words(form.select_one(".error-message"))


def test_a_photo_is_taken(administrator: Client) -> None:
    assert upload(administrator, file_of(picture())) is None
    assert (SiteImage.objects.get().width, SiteImage.objects.get().height) == (1600, 900)


def test_a_script_that_is_called_a_photo_is_refused(administrator: Client) -> None:
    script = SimpleUploadedFile("foto.jpg", b"#!/bin/sh\nrm -rf /\n", "image/jpeg")
    assert "geldige afbeelding" in refusal(administrator, script)


@pytest.mark.parametrize(
    "content", [b"<svg onload='alert(1)'/>", b"<html><script>alert(1)</script>", b"", b"GIF89a"]
)
def test_a_file_that_only_looks_like_an_image_is_refused(
    administrator: Client, content: bytes
) -> None:
    assert refusal(administrator, SimpleUploadedFile("foto.jpg", content, "image/jpeg"))


@pytest.mark.parametrize("name", ["tekening.svg", "foto.php", "foto.html"])
def test_a_file_of_another_kind_is_refused(administrator: Client, name: str) -> None:
    assert (
        "formaat"
        in refusal(administrator, SimpleUploadedFile(name, b"<svg/>", "image/jpeg")).lower()
    )


def test_a_png_that_is_called_a_jpg_is_refused(administrator: Client) -> None:
    png = file_of(picture(), "foto.png").read()
    told = refusal(administrator, SimpleUploadedFile("foto.jpg", png, "image/jpeg"))
    assert "geen geldige" in told.lower() or "extensie" in told.lower()


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_an_image_of_a_hundred_megapixels_is_refused(administrator: Client) -> None:
    enormous = file_of(picture(10_000, 10_000, mode="1"), "groot.png")
    assert 0 < (enormous.size or 0) < 100_000
    told = refusal(administrator, enormous)
    assert "pixels (100000000)" in told
    assert "Het maximum aantal toegestane pixels is 50000000." in told


@pytest.fixture
def page_with_a_photo(administrator: Client, home: HomePage) -> str:
    """The address of a page that shows a photo which knows where it was taken."""
    photo = picture()
    exif = photo.getexif()
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (52.0, 59.0, 50.0)
    assert upload(administrator, file_of(photo, exif=exif)) is None
    image = SiteImage.objects.get()
    with image.file.open() as original:
        assert Image.open(original).getexif().get_ifd(GPS)
    page = TextPage(title="Met foto", body=[("section", {"heading": "Kop", "content": []})])
    content = page.body.stream_block.child_blocks["section"].child_blocks["content"]
    block = content.child_blocks["picture"]
    prepared = block.normalize(
        {
            "image": block.child_blocks["image"].to_python(
                {"image": image.pk, "alt_text": "Twee mensen aan een tafel", "decorative": False}
            ),
            "caption": "Een gesprek",
        }
    )
    page.body = [("section", {"heading": "Kop", "content": [("picture", prepared)]})]
    home.add_child(instance=page)
    return "/met-foto/"


def test_a_photo_is_shown_in_the_smallest_format_a_browser_knows(
    client: Client, page_with_a_photo: str
) -> None:
    photo = read(client, page_with_a_photo).select_one("main picture")
    assert [source["type"] for source in photo.select("source")] == ["image/avif", "image/webp"]
    for source in photo.select("source"):
        widths = [candidate.split()[1] for candidate in source["srcset"].split(", ")]
        assert widths == ["400w", "800w", "1200w"]


def test_a_photo_has_a_text_for_who_cannot_see_it_and_a_size_that_keeps_the_page_still(
    client: Client, page_with_a_photo: str
) -> None:
    figure = read(client, page_with_a_photo).select_one("main figure")
    photo = figure.img
    assert photo["alt"] == "Twee mensen aan een tafel"
    assert int(photo["width"]) / int(photo["height"]) == pytest.approx(16 / 9, abs=0.02)
    assert photo["loading"] == "lazy"
    assert words(figure.figcaption) == "Een gesprek"


def test_every_size_of_a_photo_is_what_it_says_and_tells_nobody_where_it_was_taken(
    client: Client, page_with_a_photo: str
) -> None:
    photo = read(client, page_with_a_photo).select_one("main picture")
    files = {
        candidate.split()[0]: tag.get("type", "image/jpeg")
        for tag in [*photo.select("source"), photo.img]
        for candidate in tag["srcset"].split(", ")
    }
    assert len(files) == 9
    for address, kind in files.items():
        response = client.get(address)
        content = response.getvalue()
        assert (response.status_code, response.headers["Content-Type"]) == (200, kind)
        with Image.open(BytesIO(content)) as image:
            assert Image.MIME[str(image.format)] == kind
            assert not image.getexif().get_ifd(GPS)


def test_the_original_of_a_photo_is_not_handed_out(client: Client, page_with_a_photo: str) -> None:
    name = SiteImage.objects.get().file.name
    assert name.startswith("original_images/")
    assert client.get(f"/media/{name}").status_code == 404
    assert client.get(f"/media/images/../{name}").status_code == 404


PLACE = b"52,59N"


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "avif"])
@pytest.mark.parametrize("size", ["original", "width-400", "format-png", "format-jpeg"])
def test_no_size_in_any_format_tells_where_a_photo_was_taken(
    administrator: Client, kind: str, size: str
) -> None:
    photo = picture(800, 450)
    exif = photo.getexif()
    exif.get_ifd(GPS)[1] = "N"
    exif[0x010E] = PLACE.decode()  # what the photo is of
    written = {"exif": exif, "xmp": b"<x:xmpmeta>" + PLACE + b"</x:xmpmeta>", "comment": PLACE}
    file = file_of(photo, f"foto.{kind}", **written if kind != "png" else {"exif": exif})
    assert PLACE in file.read()
    file.seek(0)
    assert upload(administrator, file) is None
    with SiteImage.objects.get().get_rendition(size).file.open() as made:
        assert PLACE not in made.read()
        assert not Image.open(made).getexif()


def test_a_photo_keeps_its_colours_and_its_transparency(administrator: Client) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    upload(administrator, file_of(picture(800, 450, "RGBA"), "foto.png", icc_profile=profile))
    with SiteImage.objects.get().get_rendition("width-400").file.open() as made:
        shown = Image.open(made)
        assert shown.info["icc_profile"] == profile
        assert shown.getpixel((0, 0)) == (0, 0, 0, 0)


def test_an_image_that_is_too_large_is_refused_with_the_limit(
    administrator: Client, settings: Settings
) -> None:
    settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE = 100
    assert re.search(r"te groot .*100", refusal(administrator, file_of(picture())))
