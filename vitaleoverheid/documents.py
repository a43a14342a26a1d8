"""What editors may offer visitors to download."""

from typing import Any
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from wagtail.documents.forms import BaseDocumentForm

PDF = b"%PDF-"
IN_ARCHIVE = {
    "docx": "word/document.xml",
    "pptx": "ppt/presentation.xml",
    "xlsx": "xl/workbook.xml",
    "odp": "content.xml",
    "ods": "content.xml",
    "odt": "content.xml",
}
"""Office documents are ZIP files in which this stands."""
MACROS = ("vbaProject.bin", "Basic/script-lc.xml")


class DocumentForm(BaseDocumentForm):
    """Wagtail's form, which goes by the name of a file; this one looks inside."""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        kind = file.name.rpartition(".")[2].lower()
        if "file" in self.changed_data and not holds(file, kind):
            raise ValidationError(
                f"Wat in dit bestand staat, is geen .{kind}, of er staan macro’s in. Open het in"
                f" het programma waarmee het gemaakt is en bewaar het opnieuw als .{kind}."
            )
        return file


def holds(file: UploadedFile, kind: str) -> bool:
    """Whether the file is what its name says, and runs nothing when somebody opens it."""
    file.seek(0)
    if kind == "pdf":
        return file.read(len(PDF)) == PDF
    if kind in IN_ARCHIVE:
        return has_part(file, IN_ARCHIVE[kind])
    return not any(b"\0" in chunk for chunk in file.chunks())  # text


def has_part(file: UploadedFile, part: str) -> bool:
    """Whether the file is an archive with this part, and without macros."""
    try:
        names = ZipFile(file).namelist()
    except BadZipFile:
        return False
    return part in names and not any(name.endswith(MACROS) for name in names)
