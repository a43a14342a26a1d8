"""An editor offers documents to download, and visitors download them safely."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from wagtail.documents.models import Document
from wagtail.models import Collection, CollectionViewRestriction

from tests.reading import parse, words

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\nJaarverslag"


def archive(*names: str) -> bytes:
    """An office document, as far as anyone can see."""
    content = BytesIO()
    with ZipFile(content, "w") as file:
        for name in names:
            file.writestr(name, "")
    return content.getvalue()


WORD = "word/document.xml"
GOOD = {
    "verslag.pdf": PDF,
    "verslag.PDF": PDF,
    "brief.docx": archive("[Content_Types].xml", WORD),
    "cijfers.xlsx": archive("xl/workbook.xml"),
    "dia.pptx": archive("ppt/presentation.xml"),
    "brief.odt": archive("mimetype", "content.xml"),
    "lijst.csv": "naam;plaats\nZoë;Assen\n".encode(),
    "lees.txt": b"Tekst.",
}
BAD = {
    "pagina.pdf": b"<html><script>alert(1)</script>",
    "programma.docx": b"MZ\x90\0",
    "cijfers.docx": archive("xl/workbook.xml"),
    "macro.docx": archive(WORD, "word/vbaProject.bin"),
    "macro.odt": archive("content.xml", "Basic/script-lc.xml"),
    "programma.txt": b"MZ\x90\0",
    "pagina.html": b"<script>alert(1)</script>",
    "tekening.svg": b"<svg onload='alert(1)'/>",
    "programma.exe": b"MZ\x90\0",
    "script.js": b"alert(1)",
    "macro.docm": archive(WORD),
}


def upload(client: Client, name: str, content: bytes) -> Any:
    """Send the form; what happens, and whether the file was taken."""
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("wagtaildocs:add"), {"title": "Stuk", "file": file})


def upload_among_others(client: Client, name: str, content: bytes) -> Any:
    """Send the file as the form for several at once does."""
    files = {"title": "Stuk", "files[]": SimpleUploadedFile(name, content)}
    headers = {"X-Requested-With": "XMLHttpRequest"}
    return client.post(reverse("wagtaildocs:add_multiple"), files, headers=headers)


@pytest.mark.parametrize("name", GOOD)
def test_a_document_that_is_what_it_says_is_taken(administrator: Client, name: str) -> None:
    assert upload(administrator, name, GOOD[name]).status_code == 302
    with Document.objects.get().open_file() as file:
        assert file.read() == GOOD[name]


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("send", [upload, upload_among_others])
def test_a_document_that_is_something_else_is_refused(
    administrator: Client, name: str, send: Any
) -> None:
    response = send(administrator, name, BAD[name])
    assert not Document.objects.exists()
    assert response.status_code == 200
    told = response.content.decode()
    assert "Open het in" in told or "niet toegestaan" in told


def test_a_document_that_is_too_large_is_refused_with_the_limit(
    administrator: Client, settings: Settings
) -> None:
    settings.WAGTAILDOCS_MAX_UPLOAD_SIZE = 10
    told = words(parse(upload(administrator, "groot.txt", b"x" * 11)).select_one(".error-message"))
    assert "te groot" in told
    assert "10" in told


# Visitors


@pytest.fixture(params=GOOD)
def document(request: pytest.FixtureRequest, db: None) -> Document:
    name = request.param
    return Document.objects.create(title="Stuk", file=ContentFile(GOOD[name], name=name))


def test_a_document_is_a_download_that_runs_nothing(client: Client, document: Document) -> None:
    response: Any = client.get(document.url)
    with document.open_file() as file:
        assert b"".join(response.streaming_content) == file.read()
    headers = response.headers
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "sandbox", "frame-ancestors 'self'"} <= {*policy}
    assert "html" not in headers["Content-Type"]


def test_the_file_behind_a_document_is_handed_out_in_no_other_way(client: Client) -> None:
    document = Document.objects.create(title="Stuk", file=ContentFile(PDF, name="stuk.pdf"))
    for path in (document.file.name, f"images/../{document.file.name}"):
        assert client.get(f"/media/{path}").status_code == 404


@pytest.mark.parametrize("kind", ["login", "password", "groups"])
def test_a_private_collection_opens_for_nobody_else(client: Client, kind: str) -> None:
    private = Collection.get_first_root_node().add_child(name="Besloten")
    CollectionViewRestriction.objects.create(
        collection=private, restriction_type=kind, password="geheim"
    )
    file = ContentFile(PDF, name="stuk.pdf")
    document = Document.objects.create(title="Stuk", file=file, collection=private)
    response: Any = client.get(document.url)
    assert response.status_code in {200, 302}
    assert PDF not in response.content
    if kind == "password":
        form = parse(response).form
        typed = {field["name"]: field["value"] for field in form.select("[name][value]")}
        client.post(form["action"], {**typed, "password": "geheim"})
        opened: Any = client.get(document.url)
        assert b"".join(opened.streaming_content) == PDF
        assert "no-store" in opened.headers["Cache-Control"]
