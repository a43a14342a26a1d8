"""``manage.py seed``: the first content of an empty site, in the firm's own words."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from wagtail.models import Page, Site

from contact.models import ContactPage, ContactSettings
from insights.models import InsightIndexPage
from services.models import ServiceIndexPage, ServicePage
from vitaleoverheid.models import AboutPage, HomePage, OrganisationSettings, TextPage

SERVICE = "Versterking interne samenwerking"

NETWORK_SOCIETY = "De samenleving wordt steeds meer een netwerksamenleving."
ISSUES = (
    "Maatschappelijke issues worden steeds vaker ‘aangekaart’ via netwerken, bijvoorbeeld op het "
    "internet. Daar komen buurtproblemen naar buiten en verenigen mensen zich rond "
    "maatschappelijke thema’s. Denk aan duurzaamheid of specifieke belangen van bijv. fietsers of "
    "ruiters."
)
TRANSITION = (
    "De overheid bevindt zich in een transitiefase die gelijke tred houdt (of zou moeten houden) "
    "met deze ontwikkelingen."
)
CHALLENGE = (
    "Voor de overheid ligt hier een uitdaging: aansluiting vinden en behouden bij deze netwerken."
)
DEMAND = (
    "De vragen vanuit de samenleving vragen om een flexibele meestal multidisciplinaire "
    "samenwerking binnen de overheid. De traditionele organisatiestructuur past daar niet meer bij."
)
NECESSITY = "Het is noodzakelijk om samen te werken over afdelings- en teamgrenzen heen."
QUESTIONS = (
    "Inhoud is niet meer leidend in de beantwoording van vragen. Het gaat steeds meer om "
    "samenwerkingsvragen met interne en externe partijen waarin inhoudelijke afwegingen in "
    "overleg worden gemaakt."
)
POLITICS = (
    "Deze ontwikkelingen beïnvloeden de werkwijze in de organisatie. En zeker ook in de relatie "
    "tussen organisatie en bestuur/politiek. Binnen organisaties gaat het vaak om taken, rollen en "
    "verantwoordelijkheden, maar voor politiek en bestuur speelt de ‘strijd’ tussen de "
    "traditionele representatieve en de participatieve democratie een grote rol. In projecten die "
    "in co-creatie tot stand zijn gekomen met belanghebbenden heeft een gemeenteraad (of "
    "provinciale staten, Algemeen Bestuur, etc.) niet echt meer ruimte om invulling te geven aan "
    "de eigen verantwoordelijkheid."
)
MORALLY = 'Formeel natuurlijk wel. Maar <em class="lean">moreel</em> ook?'
CONSEQUENCE = "Dit vraagt om andere manieren van werken en sturen."
FORCES = (
    "Samenwerking binnen de overheid betekent samenwerken binnen het krachtenveld politiek, "
    "bestuur, ambtelijke organisatie en samenleving. Vitale Overheid levert hierin dienstverlening "
    "op maat."
)
OFFER_LIST = "Onze inzet kan bestaan uit:"
OFFERS = [
    {"title": "Analyse en advies", "text": ""},
    {
        "title": "Procesbegeleiding",
        "text": ("(bijv. bij implementatie van opgave gestuurd werken en/of programmasturing)"),
    },
    {"title": "Training/coaching", "text": "bij implementatie van nieuwe werkwijzen"},
]
SPEED = (
    "De samenleving ontwikkelt zich met steeds meer snelheid. Hierdoor verandert ook het werken "
    "binnen de overheid."
)
MOTTO = 'Wie niet vitaal is, wie niet <em class="lean">(mee)beweegt,</em> staat stil.'
SUPPORT = (
    "Vanuit eigen kennis, ervaring en passie ondersteunt de Vitale Overheid overheidsinstanties "
    "bij deze ontwikkelingen."
)
HEADLINE = (
    "Wie niet vitaal is, wie\N{NO-BREAK SPACE}niet "
    '<em class="lean">(mee)beweegt,</em> staat\N{NO-BREAK SPACE}stil.'
)
REPORT = "/contact/?dienst=toegankelijkheid"
DIAGRAM = {
    "layers": ["politiek", "bestuur", "ambtelijke organisatie", "samenleving"],
    "description": (
        "Het krachtenveld: één lijn loopt van de samenleving door de ambtelijke organisatie en het "
        "bestuur naar de politiek."
    ),
}
PRIVACY_NOTE = "Wij geven uw gegevens niet door aan anderen."


def paragraphs(*texts: str) -> str:
    """Rich text, one paragraph for each text."""
    return "".join(f"<p>{text}</p>" for text in texts)


def listed(*texts: str) -> str:
    """Rich text, a list with one item for each text."""
    return "<ul>{}</ul>".format("".join(f"<li>{text}</li>" for text in texts))


def section(heading: str, *content: tuple[str, Any]) -> dict[str, Any]:
    """A section of a page: a heading and its blocks."""
    return {"heading": heading, "content": list(content)}


def article(*sections: dict[str, Any]) -> list[tuple[str, Any]]:
    """The body of a page that is read from top to bottom."""
    return [("section", part) for part in sections]


class Command(BaseCommand):
    """Fill an empty site."""

    help = "Makes the first content. Does nothing on a site that has content."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if HomePage.objects.exists():
            self.stdout.write("The site has content already; nothing changed.")
            return
        home = seed_home()
        service = seed_services(home)
        home.add_child(instance=about_page())
        insights = home.add_child(instance=insight_index_page())
        contact = home.add_child(instance=contact_page())
        privacy = home.add_child(instance=privacy_page())
        home.add_child(instance=accessibility_page())
        home.body, home.button_page = home_body(service), service
        home.save()
        for page in home.get_descendants(inclusive=True).exclude(pk=insights.pk).specific():
            page.save_revision().publish()
        seed_settings(contact, privacy)
        self.stdout.write("Made the first content.")


def seed_home() -> HomePage:
    """The home page, in the place of the page that Wagtail starts with."""
    root = Page.get_first_root_node()
    home = HomePage(
        title="Home",
        slug="vitale-overheid",
        seo_title="Vitale Overheid: samenwerken over afdelings- en teamgrenzen heen",
        search_description=(
            "Vitale Overheid ondersteunt gemeenten, provincies, waterschappen en andere overheden "
            "bij samenwerken in de netwerksamenleving."
        ),
        heading=paragraphs(HEADLINE),
        introduction=f"{SPEED} {SUPPORT}",
        button_text="Bekijk wat wij doen",
        diagram=[("diagram", DIAGRAM)],
    )
    root.add_child(instance=home)
    address = urlsplit(settings.SITE_URL)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname,
            "port": address.port or (443 if address.scheme == "https" else 80),
            "site_name": settings.WAGTAIL_SITE_NAME,
            "root_page": home,
        },
    )
    root.get_children().exclude(pk=home.pk).delete()
    return home


def home_body(service: ServicePage) -> list[tuple[str, Any]]:
    """The sections of the home page."""
    return [
        ("network_section", section(NETWORK_SOCIETY, ("text", paragraphs(ISSUES, TRANSITION)))),
        (
            "statement_section",
            section(NECESSITY, ("lead", CHALLENGE), ("text", paragraphs(DEMAND))),
        ),
        (
            "side_section",
            section(
                SERVICE,
                ("lead", "Voor gemeenten, provincies, waterschappen en andere overheden."),
                ("text", paragraphs(f"{FORCES} {OFFER_LIST}")),
                ("rows", OFFERS),
                ("button", {"text": "Lees meer over deze dienst", "page": service}),
            ),
        ),
    ]


def seed_services(home: HomePage) -> ServicePage:
    """The overview of services, and the service."""
    overview = home.add_child(
        instance=ServiceIndexPage(
            title="Diensten",
            slug="diensten",
            show_in_menus=True,
            introduction=(
                "Wij helpen overheden om samen te werken over afdelings- en teamgrenzen heen."
            ),
            search_description=(
                "Wat Vitale Overheid kan doen voor gemeenten, provincies, waterschappen en andere "
                "overheden."
            ),
        )
    )
    service: ServicePage = overview.add_child(
        instance=ServicePage(
            title=SERVICE,
            slug="versterking-interne-samenwerking",
            show_in_menus=True,
            search_description=(
                "Analyse en advies, procesbegeleiding en training of coaching voor overheden die "
                "over afdelings- en teamgrenzen heen willen samenwerken."
            ),
            summary=FORCES,
            body=service_body(),
            offer_introduction=FORCES,
            offer_diagram=[("diagram", DIAGRAM)],
            offer_list_heading=OFFER_LIST,
            offers=[("offer", offer) for offer in OFFERS],
        )
    )
    return service


def service_body() -> list[tuple[str, Any]]:
    """The firm's text about the service."""
    return article(
        section("Netwerksamenleving", ("lead", f"{NETWORK_SOCIETY} {ISSUES} {TRANSITION}")),
        section(
            "Aansluiting vinden en behouden",
            ("text", paragraphs(f"{CHALLENGE} {DEMAND} {NECESSITY} {QUESTIONS}")),
        ),
        section(
            "Organisatie, bestuur en politiek",
            ("text", paragraphs(POLITICS)),
            ("statement", paragraphs(MORALLY)),
            ("text", paragraphs(CONSEQUENCE)),
        ),
    )


def about_page() -> AboutPage:
    """Who the firm is."""
    return AboutPage(
        title="Over ons",
        slug="over-ons",
        show_in_menus=True,
        heading=paragraphs("Over Vitaleoverheid"),
        search_description=(
            "Vitale Overheid ondersteunt overheidsinstanties vanuit eigen kennis, ervaring en "
            "passie."
        ),
        manifest=paragraphs(f"{SPEED} {MOTTO} {SUPPORT}"),
    )


def insight_index_page() -> InsightIndexPage:
    """The overview of articles, ready for the first of them."""
    return InsightIndexPage(
        title="Inzichten",
        slug="inzichten",
        show_in_menus=True,
        live=False,
        introduction="Wat wij zien en leren in ons werk voor overheden.",
    )


def contact_page() -> ContactPage:
    """The page with the form."""
    return ContactPage(
        title="Contact",
        slug="contact",
        show_in_menus=True,
        heading=paragraphs("Neem contact op"),
        introduction="Kennismaken? Stuur ons een bericht.",
        search_description=("Maak kennis met Vitale Overheid. Stuur een bericht, mail of bel ons."),
        privacy_note=paragraphs(PRIVACY_NOTE),
        confirmation_steps=[
            ("step", {"title": title, "text": text})
            for title, text in (
                ("We lezen uw bericht", "En kijken wie u het beste kan helpen."),
                ("We mailen of bellen u", "Dan maken we een afspraak om kennis te maken."),
                (
                    "We maken kennis",
                    "Samen bespreken we wat er speelt en wat u nodig hebt.",
                ),
            )
        ],
    )


def privacy_page() -> TextPage:
    """What the site does with personal data: no more and no less than it really does."""
    return TextPage(
        title="Privacy",
        slug="privacy",
        show_in_menus=True,
        heading=paragraphs("Privacyverklaring"),
        introduction=(
            "Hier leest u welke gegevens wij van u krijgen via deze website, en wat wij daarmee "
            "doen."
        ),
        body=article(
            section(
                "Als u alleen leest",
                (
                    "text",
                    paragraphs(
                        "Deze website plaatst geen cookies als u haar bezoekt. Wij meten niet wat "
                        "u doet, en er gaan geen gegevens naar andere bedrijven."
                    ),
                ),
            ),
            section(
                "Als u het contactformulier invult",
                (
                    "text",
                    paragraphs(
                        "Wij bewaren wat u invult: uw naam, uw e-mailadres, uw bericht, en als u "
                        "ze invult uw organisatie, uw telefoonnummer en het onderwerp. Ook bewaren "
                        "wij wanneer u uw bericht stuurde.",
                        "Wij gebruiken deze gegevens alleen om uw bericht te beantwoorden. Dat mag "
                        "van de wet, omdat u ons zelf om een antwoord vraagt. Wij geven uw "
                        "gegevens niet door aan anderen.",
                    ),
                ),
                ("retention", None),
            ),
            section(
                "Uw rechten",
                (
                    "text",
                    paragraphs(
                        "U mag vragen welke gegevens wij van u hebben. U mag ons ook vragen om ze "
                        "te verbeteren of te verwijderen. Mail daarvoor naar "
                        '<a href="mailto:info@vitaleoverheid.nl">info@vitaleoverheid.nl</a>.',
                        "Bent u het niet eens met hoe wij met uw gegevens omgaan? Dan kunt u een "
                        "klacht indienen bij de Autoriteit Persoonsgegevens.",
                    ),
                ),
            ),
        ),
    )


def accessibility_page() -> TextPage:
    """What was done to let everyone use the site."""
    return TextPage(
        title="Toegankelijkheid",
        slug="toegankelijkheid",
        show_in_menus=True,
        introduction=(
            "Iedereen moet deze website kunnen gebruiken. Hier leest u wat wij daarvoor doen en "
            "wat u kunt doen als iets niet lukt."
        ),
        body=article(
            section(
                "Status",
                (
                    "text",
                    paragraphs(
                        "Vitale Overheid wil dat iedereen deze website kan gebruiken. Wij volgen "
                        "de internationale richtlijn WCAG 2.2, op niveau AA en waar het kan AAA.",
                        "De website is nog niet onderzocht door een onafhankelijke partij. Volgens "
                        "het model van de overheid is de status daarom: eerste maatregelen genomen "
                        "(status C).",
                    ),
                ),
            ),
            section(
                "Wat wij hebben getest",
                (
                    "text",
                    paragraphs(
                        "Bij elke wijziging van de website testen wij alle soorten pagina’s en "
                        "alle toestanden van het formulier in een echte browser:"
                    )
                    + listed(
                        "met een programma (axe) dat fouten in de toegankelijkheid zoekt, in "
                        "lichte en in donkere kleuren, op brede en op smalle schermen",
                        "met alleen het toetsenbord",
                        "zonder JavaScript",
                        "met meer ruimte tussen letters, woorden en regels",
                        "met de kleuren die een bezoeker zelf heeft ingesteld",
                    )
                    + paragraphs(
                        "Nog niet getest is of de website goed werkt met schermlezers die mensen "
                        "echt gebruiken."
                    ),
                ),
            ),
            section(
                "Lukt er iets niet?",
                (
                    "text",
                    paragraphs(
                        f'Laat het ons weten <a href="{REPORT}">met het formulier</a>, of mail '
                        'naar <a href="mailto:info@vitaleoverheid.nl">info@vitaleoverheid.nl</a>. '
                        "Vertel welke pagina u bekeek en wat er misging. Wij zoeken dan samen met "
                        "u een oplossing."
                    ),
                ),
            ),
        ),
    )


def seed_settings(contact: Page, privacy: Page) -> None:
    """The firm's own details, who hears of an enquiry, and where privacy is explained."""
    organisation = OrganisationSettings.load()
    organisation.contact_page = contact
    organisation.save()
    contact_settings = ContactSettings.load()
    contact_settings.recipients = [("email", organisation.email)]
    contact_settings.privacy_page = privacy
    contact_settings.save()
