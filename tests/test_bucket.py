"""Uploads live in an S3-compatible bucket, and nobody who visits or edits notices."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.crypto import get_random_string
from PIL import Image
from pytest_django import Settings
from wagtail.documents.models import Document

from tests.bucket import ENVIRONMENT, ObjectStore, object_store
from tests.test_images import file_of, picture, upload
from vitaleoverheid import backup, s3, social_image
from vitaleoverheid.models import SiteImage
from vitaleoverheid.settings import bucket

pytestmark = [
    pytest.mark.django_db,
    # Amazon's library leaves closing its connections to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with object_store() as running:
        yield running


@pytest.fixture
def media(store: ObjectStore, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The bucket that uploads go into."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return use(store, settings)


def use(store: ObjectStore, settings: Settings) -> Any:
    """Have the site keep its uploads in a bucket that is new."""
    made = store.make(get_random_string(12).lower())
    settings.STORAGES = settings.STORAGES | {"default": bucket(made.name, store.url)}
    return made


def names(media: Any) -> set[str]:
    return {item.key for item in media.objects.all()}


def test_an_image_and_its_sizes_are_kept_in_the_bucket_under_the_addresses_of_the_site(
    media: Any, administrator: Client
) -> None:
    assert upload(administrator, file_of(picture())) is None
    image = SiteImage.objects.get()
    rendition = image.get_rendition("width-400")
    assert {image.file.name, rendition.file.name} <= names(media)
    assert rendition.url == f"/media/{rendition.file.name}"
    with default_storage.open(rendition.file.name) as file, Image.open(file) as small:
        assert small.width == 400


def test_a_document_comes_from_the_site_itself(media: Any, administrator: Client) -> None:
    file = SimpleUploadedFile("plan.pdf", b"%PDF-1.4 plan")
    administrator.post(reverse("wagtaildocs:add"), {"title": "Plan", "file": file})
    document = Document.objects.get()
    assert document.file.name in names(media)
    response = Client().get(document.url)
    assert (response.status_code, response.getvalue()) == (200, b"%PDF-1.4 plan")


def test_the_picture_for_sharing_is_kept_in_the_bucket(media: Any) -> None:
    assert social_image.make("Samenwerken", "Diensten") in names(media)


def test_what_is_not_in_the_bucket_is_not_found(media: Any, rf: Any) -> None:
    default_storage.save("documents/besloten.pdf", ContentFile(b"geheim"))
    for path in ("images/weg.jpg", "images/..", "images/../documents/besloten.pdf"):
        with pytest.raises(s3.Http404):
            s3.serve(rf.get("/"), path)


def test_a_backup_of_a_bucket_fills_another(
    media: Any, store: ObjectStore, settings: Settings
) -> None:
    content = {f"images/{number}/é {number}.jpg": b"%d" % number for number in range(1, 4)}
    for name, body in content.items():
        default_storage.save(name, ContentFile(body))
    archive = BytesIO()
    with ZipFile(archive, "w") as target:
        backup.write_media(target, print)
    other = use(store, settings)
    with ZipFile(archive) as source:
        backup.read_media(source, print)
    assert {item.key: item.get()["Body"].read() for item in other.objects.all()} == content
