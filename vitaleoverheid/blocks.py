"""The StreamField blocks of the whole site; each has its template in ``templates/blocks/``.

A page consists of sections (``<h2>``), a section of content. That nesting is what keeps headings
in order: an editor cannot make one jump.
"""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock, ImageBlockComparison
from wagtail.rich_text import RichText
from wagtail.snippets.blocks import SnippetChooserBlock

from vitaleoverheid import phone

TEXT_FEATURES = ["h3", "bold", "italic", "link", "document-link", "ol", "ul"]
LINE_FEATURES = ["bold", "italic", "link"]
LEANING = ["lean"]
EXAMPLE_TEXT = (
    "<p>Samenwerking binnen de overheid betekent samenwerken binnen het krachtenveld "
    "politiek, bestuur, ambtelijke organisatie en samenleving.</p>"
)


class PhoneBlock(blocks.CharBlock):
    """A telephone number, kept as E.164."""

    def clean(self, value: str) -> str:
        return phone.cleaned(super().clean(value))


class ProfileBlock(blocks.StructBlock):
    """A page about the firm on another site."""

    name = blocks.CharBlock(label="naam", help_text="Bijvoorbeeld: LinkedIn")
    url = blocks.URLBlock(label="adres")

    class Meta:
        label = "Profiel"
        icon = "link-external"


EMPTY = re.compile(r"<(h3|a)\b[^>]*>(\s|&nbsp;|<br/?>)*</\1>")


class ProseBlock(blocks.RichTextBlock):
    """Text in which no heading and no link is empty."""

    def clean(self, value: RichText) -> RichText:
        cleaned = super().clean(value)
        if EMPTY.search(cleaned.source):
            raise ValidationError("Er staat een lege kop of een lege link in. Haal die weg.")
        return cleaned


class TextBlock(ProseBlock):
    """Running text."""

    class Meta:
        label = "Tekst"
        icon = "pilcrow"
        description = "Gewone tekst met kleine koppen, lijsten en links."
        template = "blocks/text.html"
        preview_value = EXAMPLE_TEXT

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(features=TEXT_FEATURES, **kwargs)


class LeadBlock(blocks.TextBlock):
    """One or two sentences in larger type."""

    class Meta:
        label = "Inleiding"
        icon = "openquote"
        description = "Een of twee zinnen in grotere letters, aan het begin van een onderdeel."
        template = "blocks/lead.html"
        preview_value = "Aansluiting vinden en behouden bij netwerken in de samenleving."


class StatementBlock(blocks.RichTextBlock):
    """A sentence that stands on its own, very large."""

    class Meta:
        label = "Uitspraak"
        icon = "bold"
        description = "Eén zin, heel groot. Eén woord mag schuin staan."
        template = "blocks/statement.html"
        preview_value = '<p>Samenwerken <em class="lean">over grenzen</em> heen</p>'

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(features=LEANING, **kwargs)


class QuoteBlock(blocks.StructBlock):
    """Somebody's words, with their source."""

    text = blocks.TextBlock(label="citaat", rows=3)
    source = blocks.CharBlock(label="bron", required=False, help_text="Wie zei of schreef dit?")

    class Meta:
        label = "Citaat"
        icon = "openquote"
        description = "Woorden van iemand anders, met de bron."
        template = "blocks/quote.html"
        preview_value = {
            "text": "Formeel natuurlijk wel. Maar moreel ook?",
            "source": "Naam van de bron, functie",
        }


class ImageComparison(ImageBlockComparison):
    """Wagtail's, which breaks on a draft in which no image was chosen yet."""

    def htmlvalue(self, val: Any) -> str:
        return super().htmlvalue(val) if val else ""


class DescribedImageBlock(ImageBlock):
    """Wagtail's, with a Dutch word where Wagtail has none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.child_blocks["image"].label = "Bestand"

    def get_comparison_class(self) -> type[ImageComparison]:
        return ImageComparison


class PictureBlock(blocks.StructBlock):
    """An image with an optional caption."""

    image = DescribedImageBlock(label="afbeelding")
    caption = blocks.CharBlock(label="bijschrift", required=False)

    class Meta:
        label = "Afbeelding"
        icon = "image"
        description = "Een afbeelding over de hele breedte van de tekst, met bijschrift."
        template = "blocks/picture.html"
        preview_template = "blocks/preview_picture.html"


class RowBlock(blocks.StructBlock):
    """One item of a list: a short title, and what there is to say about it."""

    title = blocks.CharBlock(label="titel")
    text = blocks.CharBlock(label="toelichting", required=False)

    class Meta:
        label = "Punt"
        icon = "list-ul"
        description = "Een korte titel met toelichting, onder een wand."
        template = "blocks/row.html"
        preview_value = {"title": "Procesbegeleiding", "text": "bij nieuwe werkwijzen"}


class RowsBlock(blocks.ListBlock):
    """A list of titles, each with an optional explanation."""

    class Meta:
        label = "Lijst met titels"
        icon = "list-ul"
        description = "Bijvoorbeeld: waaruit onze inzet kan bestaan."
        template = "blocks/rows.html"
        preview_value = [
            {"title": "Eerste punt", "text": ""},
            {"title": "Tweede", "text": "en meer"},
        ]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(RowBlock(), **kwargs)


class StepBlock(blocks.StructBlock):
    """One step of an approach."""

    title = blocks.CharBlock(label="titel")
    text = blocks.TextBlock(label="uitleg", rows=2)

    class Meta:
        label = "Stap"
        icon = "order"
        description = "Een genummerde stap met uitleg."
        template = "blocks/step.html"
        preview_value = {"title": "Kennismaken", "text": "Plaats voor uitleg van deze stap."}


class StepsBlock(blocks.ListBlock):
    """Numbered steps."""

    class Meta:
        label = "Stappen"
        icon = "order"
        description = "Genummerde stappen, ieder met een titel en uitleg."
        template = "blocks/steps.html"
        preview_value = [
            {"title": "Eerste stap", "text": "Plaats voor uitleg van deze stap."},
            {"title": "Tweede stap", "text": "Plaats voor uitleg van deze stap."},
        ]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(StepBlock(), **kwargs)


class QuestionBlock(blocks.StructBlock):
    """A question and its answer."""

    question = blocks.CharBlock(label="vraag")
    answer = ProseBlock(label="antwoord", features=LINE_FEATURES)

    class Meta:
        label = "Vraag en antwoord"
        icon = "help"
        template = "blocks/question.html"


class QuestionsBlock(blocks.ListBlock):
    """Questions that unfold their answers."""

    class Meta:
        label = "Vragen en antwoorden"
        icon = "help"
        description = "Vragen die de bezoeker openklapt om het antwoord te lezen."
        template = "blocks/questions.html"
        preview_value = [
            {"question": "Een vraag?", "answer": "<p>Plaats voor het antwoord.</p>"},
            {"question": "Nog een vraag?", "answer": "<p>Plaats voor het antwoord.</p>"},
        ]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(QuestionBlock(), **kwargs)


class NoticeBlock(blocks.StructBlock):
    """Something the reader must not miss."""

    title = blocks.CharBlock(label="kop")
    text = ProseBlock(label="tekst", features=LINE_FEATURES)

    class Meta:
        label = "Melding"
        icon = "warning"
        description = "Een opvallend blok voor iets wat de lezer niet mag missen."
        template = "blocks/notice.html"
        preview_value = {"title": "Let op", "text": "<p>Een melding met informatie.</p>"}


class TableBlock(TypedTableBlock):
    """A table whose first column holds the row headings."""

    class Meta:
        label = "Tabel"
        icon = "table"
        description = "Een tabel met een titel. De eerste kolom bevat de rijkoppen."
        template = "blocks/table.html"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            [
                ("text", blocks.CharBlock(label="tekst", required=False)),
                (
                    "rich_text",
                    ProseBlock(label="opgemaakte tekst", features=LINE_FEATURES, required=False),
                ),
            ],
            **kwargs,
        )

    def get_preview_value(self) -> Any:
        """A table of two columns."""
        columns = [{"type": "text", "heading": name} for name in ("Onderdeel", "Voor wie")]
        rows = [{"values": ["Training", "Medewerkers"]}, {"values": ["Advies", "Bestuurders"]}]
        return self.to_python({"columns": columns, "rows": rows, "caption": "Ons aanbod"})


class DiagramBlock(blocks.StructBlock):
    """The picture of the design: one line that runs through four layers."""

    layers = blocks.ListBlock(
        blocks.CharBlock(label="laag", max_length=40),
        label="lagen",
        min_num=4,
        max_num=4,
        help_text="Vier lagen, van boven naar beneden. De lijn begint in de onderste.",
    )
    description = blocks.CharBlock(
        label="beschrijving",
        help_text="Wat het beeld zegt, voor wie het niet ziet.",
    )

    class Meta:
        label = "Krachtenveld"
        icon = "site"
        description = "Het beeld van de huisstijl: één lijn door vier lagen."
        template = "blocks/diagram.html"
        preview_value = {
            "layers": ["politiek", "bestuur", "ambtelijke organisatie", "samenleving"],
            "description": "Eén lijn loopt van de samenleving naar de politiek.",
        }


class ButtonBlock(blocks.StructBlock):
    """A link to a page of this site, drawn as a button."""

    text = blocks.CharBlock(label="tekst", max_length=60)
    page = blocks.PageChooserBlock(label="pagina")

    class Meta:
        label = "Knop"
        icon = "link"
        description = "Een knop die naar een andere pagina gaat."
        template = "blocks/button.html"

    def get_preview_value(self) -> blocks.StructValue:
        """A button to a page of the site."""
        page = self.child_blocks["page"].model_class.objects.filter(depth=2).first()
        return self.normalize({"text": "Lees meer over deze dienst", "page": page})


class DocumentBlock(blocks.StructBlock):
    """A document to download, with what kind it is and how large."""

    document = DocumentChooserBlock(label="document")
    title = blocks.CharBlock(
        label="tekst van de link", required=False, help_text="Leeg: de titel van het document."
    )

    class Meta:
        label = "Document"
        icon = "doc-full"
        description = "Een document om te downloaden, met soort en grootte erbij."
        template = "blocks/document.html"

    def get_preview_value(self) -> blocks.StructValue:
        """The newest document of the site; an example when there is none yet."""
        model = self.child_blocks["document"].model_class
        example = model(title="Onze werkwijze", file="werkwijze.pdf", file_size=250_000, pk=0)
        return self.normalize({"document": model.objects.last() or example, "title": ""})


class PersonBlock(SnippetChooserBlock):
    """Somebody of the firm, with ways to reach them."""

    class Meta:
        label = "Medewerker"
        icon = "user"
        description = "Een medewerker met foto en contactgegevens, uit de lijst met medewerkers."
        template = "blocks/person.html"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("vitaleoverheid.Person", **kwargs)

    def get_preview_value(self) -> Any:
        """The first of the firm's people; nobody is made up."""
        return self.model_class.objects.first() or self.model_class(name="Naam", slug="naam")


class ServicesBlock(blocks.ListBlock):
    """Services that have to do with the text."""

    class Meta:
        label = "Diensten"
        icon = "link"
        description = "Diensten die bij deze tekst horen, met hun samenvatting."
        template = "blocks/services.html"

    def __init__(self, **kwargs: Any) -> None:
        service = blocks.PageChooserBlock("services.ServicePage", label="dienst")
        super().__init__(service, min_num=1, **kwargs)

    def get_preview_value(self) -> Any:
        """Two services of the site."""
        return self.normalize(list(self.child_block.model_class.objects.live()[:2]))


class ContactBlock(blocks.StructBlock):
    """A call to get in touch, in the middle of a text."""

    title = blocks.CharBlock(label="kop")
    text = blocks.TextBlock(label="tekst", rows=2, required=False)

    class Meta:
        label = "Contact"
        icon = "mail"
        description = "Een oproep om contact op te nemen, met de contactknop."
        template = "blocks/contact.html"
        preview_value = {
            "title": "Wilt u hierover doorpraten?",
            "text": "Wij denken graag met u mee.",
        }


class RetentionBlock(blocks.StaticBlock):
    """How long enquiries are kept, as the clean-up job does it."""

    class Meta:
        label = "Bewaartermijnen"
        icon = "history"
        admin_text = "Hoe lang wij aanvragen bewaren, zoals ingesteld bij Instellingen, Aanvragen."
        description = "Hoe lang wij aanvragen bewaren. Volgt vanzelf de instellingen."
        template = "blocks/retention.html"
        preview_value = None


class ContentBlock(blocks.StreamBlock):
    """What a section can hold."""

    text = TextBlock()
    lead = LeadBlock()
    statement = StatementBlock()
    rows = RowsBlock()
    steps = StepsBlock()
    questions = QuestionsBlock()
    quote = QuoteBlock()
    picture = PictureBlock()
    notice = NoticeBlock()
    table = TableBlock()
    diagram = DiagramBlock()
    button = ButtonBlock()
    document = DocumentBlock()
    person = PersonBlock()
    services = ServicesBlock()
    contact = ContactBlock()
    retention = RetentionBlock()


class SectionValue(blocks.StructValue):
    """A section as templates see it."""

    def anchor(self) -> str:
        """The section's ``id``: part of an address, so it follows the heading.

        It begins as no other ``id`` on a page does, whatever an editor calls the section.
        """
        return f"deel-{slugify(self['heading'], allow_unicode=True)}"


class SectionBlock(blocks.StructBlock):
    """A heading with the content below it; the parts of an article."""

    heading = blocks.CharBlock(label="kop")
    content = ContentBlock(label="inhoud")

    class Meta:
        label = "Onderdeel"
        icon = "title"
        description = "Een kop met daaronder tekst, lijsten en andere blokken."
        template = "blocks/section.html"
        value_class = SectionValue
        preview_value = {
            "heading": "Kop van het onderdeel",
            "content": [("text", EXAMPLE_TEXT)],
        }


class NetworkSectionBlock(SectionBlock):
    """A dark section in which the line begins, out of a net of points."""

    class Meta:
        label = "Donker onderdeel met netwerk"
        icon = "site"
        description = "Een donker vlak over de hele breedte. Past onder het krachtenveld."
        template = "blocks/network_section.html"


class StatementSectionBlock(SectionBlock):
    """A section whose heading is a very large sentence."""

    class Meta:
        label = "Onderdeel met uitspraak"
        icon = "bold"
        description = "Een hele zin als kop, heel groot, met daaronder de tekst."
        template = "blocks/statement_section.html"


class SideSectionBlock(SectionBlock):
    """A tinted section with its heading at the side."""

    class Meta:
        label = "Onderdeel met kop opzij"
        icon = "list-ul"
        description = "Een licht getint vlak, met de kop links en de inhoud rechts."
        template = "blocks/side_section.html"


class SectionsBlock(blocks.StreamBlock):
    """Sections, each with a heading of its own."""

    def clean(self, value: blocks.StreamValue) -> blocks.StreamValue:
        cleaned = super().clean(value)
        anchors = [section.value.anchor() for section in cleaned]
        same = {
            index: ValidationError("Deze kop staat al eerder op de pagina. Kies een andere.")
            for index, anchor in enumerate(anchors)
            if anchor in anchors[:index]
        }
        if same:
            raise blocks.StreamBlockValidationError(block_errors=same)
        return cleaned


class ArticleBlock(SectionsBlock):
    """The body of a page that is read from top to bottom."""

    section = SectionBlock()


class HomeBlock(SectionsBlock):
    """The body of the home page: sections that differ in look."""

    network_section = NetworkSectionBlock()
    statement_section = StatementSectionBlock()
    side_section = SideSectionBlock()
