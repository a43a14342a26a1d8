"""The words of the contact form and of its confirmation, which editors may change."""

from django.db import models
from wagtail.fields import RichTextField, StreamField

from vitaleoverheid.blocks import LINE_FEATURES, StepBlock
from vitaleoverheid.models import BasePage, group, line


class ContactTexts(BasePage):
    """A page with those texts, each with what it says until an editor changes it."""

    privacy_note = RichTextField("tekst onder het formulier", features=LINE_FEATURES, blank=True)
    retention_text = models.TextField(
        "hoe wij met gegevens omgaan",
        default=(
            "[organisatie] gebruikt uw gegevens alleen om uw bericht te beantwoorden, en "
            "verwijdert ze [termijn] daarna. U mag uw gegevens altijd inzien, verbeteren of laten "
            "wissen."
        ),
        help_text="[organisatie] en [termijn] volgen de instellingen.",
    )
    privacy_link = line("link naar de privacyverklaring", "Lees onze privacyverklaring")
    details_link = line("link naar de contactgegevens", "Mailen of bellen kan ook.")
    copy_button = line("knop bij het adres", "Kopieer het adres")
    copy_done = line("als het adres gekopieerd is", "Adres gekopieerd")
    people_heading = line("kop boven de medewerkers", "Met wie u werkt")

    optional_label = line("achter een veld dat leeg mag blijven", "(niet verplicht)")
    too_long = line(
        "als iets te lang is",
        "[veld] is te lang: [nu] tekens. Er passen er [aantal] in.",
        help_text="[veld], [nu] en [aantal] worden ingevuld.",
    )
    submit_button = line("knop", "Verstuur bericht")
    name_label = line("label", "Uw naam")
    name_help = line("uitleg", "", blank=True)
    name_required = line("als het leeg is", "Vul uw naam in")
    organisation_label = line("label", "Organisatie")
    organisation_help = line(
        "uitleg", "Bijvoorbeeld uw gemeente, provincie of waterschap.", blank=True
    )
    email_label = line("label", "E-mailadres")
    email_help = line("uitleg", "Op dit adres krijgt u antwoord.", blank=True)
    email_required = line("als het leeg is", "Vul uw e-mailadres in")
    email_invalid = line("als het niet klopt", "Vul een e-mailadres in zoals naam@voorbeeld.nl")
    phone_label = line("label", "Telefoonnummer")
    phone_help = line("uitleg", "Als u liever gebeld wordt.", blank=True)
    phone_invalid = line(
        "als het niet klopt", "Vul een telefoonnummer in zoals 06-12 34 56 78 of 0592-12 34 56"
    )
    service_label = line("label", "Onderwerp")
    service_help = line("uitleg", "", blank=True)
    service_empty = line("als er niets gekozen is", "Kies een onderwerp")
    service_other = line("keuze voor iets anders", "Een andere vraag")
    service_accessibility = line(
        "keuze voor toegankelijkheid", "Iets op deze website werkt niet voor mij"
    )
    message_label = line("label", "Uw bericht")
    message_help = line("uitleg", "Vertel kort wat er speelt of wat u wilt weten.", blank=True)
    message_required = line("als het leeg is", "Schrijf een bericht")

    problem_title = line("kop", "Uw bericht is nog niet verstuurd")
    problem_invalid = line("als er iets niet klopt", "Verbeter eerst deze punten:")
    problem_too_many = models.TextField(
        "als er te veel berichten komen",
        default=(
            "Vanaf uw netwerk zijn het afgelopen uur erg veel berichten verstuurd. Daarom nemen "
            "wij er nu even geen meer aan. Alles wat u hebt ingevuld, staat hieronder nog. Probeer "
            "het over een uur opnieuw."
        ),
    )
    problem_cross_site = models.TextField(
        "als het formulier op een andere website stond",
        default=(
            "Uw browser zegt dat dit formulier vanaf een andere website is verstuurd. Voor uw "
            "veiligheid nemen wij dat niet aan. Alles wat u hebt ingevuld, staat hieronder nog. "
            "Verstuur het nog eens vanaf deze pagina."
        ),
    )
    problem_alternative = line("vóór de contactgegevens", "Mailen of bellen kan ook:")

    confirmation_title = line("titel", "Bedankt voor uw bericht")
    confirmation_introduction = models.TextField(
        "inleiding",
        default="Uw bericht is goed aangekomen. We nemen zo snel mogelijk contact met u op.",
    )
    confirmation_steps_heading = line("kop boven de stappen", "Hoe gaat het verder?")
    confirmation_steps = StreamField([("step", StepBlock())], verbose_name="stappen", blank=True)
    confirmation_hurry = line("vóór de telefoonnummers", "Hebt u haast? Bel ons:")
    copy_heading = line("kop boven de kopie", "Dit hebt u gestuurd")
    reference_label = line("label bij het kenmerk", "Kenmerk")
    copy_expired = line(
        "als de kopie niet meer te zien is",
        "De kopie van uw bericht is hier een uur te zien, en dat uur is voorbij. Uw bericht zelf "
        "hebben wij gewoon.",
    )

    form_panels = [
        group("Naam", "name_label name_help name_required"),
        group("Organisatie", "organisation_label organisation_help"),
        group("E-mailadres", "email_label email_help email_required email_invalid"),
        group("Telefoonnummer", "phone_label phone_help phone_invalid"),
        group("Onderwerp", "service_label service_help"),
        group("Keuzes bij onderwerp", "service_empty service_other service_accessibility"),
        group("Bericht", "message_label message_help message_required"),
        group("Bij elk veld", "optional_label too_long"),
        group("Onder de velden", "privacy_note retention_text privacy_link submit_button"),
        group("Als versturen niet lukt", "problem_title problem_invalid problem_alternative"),
        group("Zeldzame problemen", "problem_too_many problem_cross_site"),
    ]
    confirmation_panels = [
        group("Kop", "confirmation_title confirmation_introduction"),
        group("Stappen", "confirmation_steps_heading confirmation_steps confirmation_hurry"),
        group("Kopie van het bericht", "copy_heading reference_label copy_expired"),
    ]

    class Meta:
        abstract = True
