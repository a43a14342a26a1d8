"""What a colleague can do with several enquiries at once."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.shortcuts import get_list_or_404
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.bulk_action import BulkAction

from contact import actions, digest
from contact.inbox import listed
from contact.models import Enquiry
from contact.screen import HandlersOnly


class EnquiryBulkAction(HandlersOnly, BulkAction):
    """An action on each of the chosen enquiries, for those who may handle them."""

    models = [Enquiry]
    template_name = "contact/inbox/bulk_action.html"
    verb = ""

    def get_all_objects_in_listing_query(self, parent_id: str | None) -> Any:
        """All that the list holds, with the filters and the search it has, shown or not."""
        return listed(self.request).values_list("pk", flat=True)

    @classmethod
    def get_queryset(cls, model: type, object_ids: Any) -> list[Enquiry]:
        """The chosen enquiries; 404 for what is none."""
        pks = [pk for pk in object_ids if str(pk).isdecimal()]
        return get_list_or_404(Enquiry.objects.real(), pk__in=pks)

    def get_execution_context(self) -> dict[str, Any]:
        return {"user": self.request.user, "form": self.cleaned_form}

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        noun = "aanvraag" if num_parent_objects == 1 else "aanvragen"
        return f"{num_parent_objects} {noun} {self.verb}."

    @classmethod
    def execute_action(cls, objects: list[Enquiry], **context: Any) -> tuple[int, int]:
        for enquiry in objects:
            cls.act(enquiry, **context)
        return len(objects), 0

    act: ClassVar[Callable[..., None]]
    """What is done to one enquiry, by a user who has filled in the form."""


class CloseAction(EnquiryBulkAction):
    """Close enquiries."""

    display_name = "Afsluiten"
    action_type = "close"
    aria_label = "Gekozen aanvragen afsluiten"
    action_priority = 10
    verb = "afgesloten"

    def check_perm(self, obj: Enquiry) -> bool:
        """Whoever closes a list of spam does not mean to send all of it a confirmation."""
        return not obj.is_suspect

    @classmethod
    def act(cls, enquiry: Enquiry, user: Any, form: forms.Form) -> None:
        actions.set_status(enquiry, Enquiry.Status.CLOSED, user)


class OwnerForm(forms.Form):
    """Who answers the chosen enquiries."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = forms.ModelChoiceField(
            digest.handlers(), label="Behandelaar", required=False, empty_label="niemand"
        )
        owner.label_from_instance = get_user_display_name
        self.fields["owner"] = owner


class AssignAction(EnquiryBulkAction):
    """Give enquiries to a colleague."""

    display_name = "Toewijzen"
    action_type = "assign"
    aria_label = "Gekozen aanvragen toewijzen"
    action_priority = 20
    verb = "toegewezen"
    form_class = OwnerForm

    @classmethod
    def act(cls, enquiry: Enquiry, user: Any, form: forms.Form) -> None:
        actions.assign(enquiry, form.cleaned_data["owner"], user)


class RestoreAction(EnquiryBulkAction):
    """Take enquiries back from suspicion and from the bin."""

    display_name = "Herstellen"
    action_type = "restore"
    aria_label = "Gekozen aanvragen herstellen"
    action_priority = 30
    verb = "hersteld"

    @classmethod
    def act(cls, enquiry: Enquiry, user: Any, form: forms.Form) -> None:
        actions.take_from_bin(enquiry, user)
        actions.restore(enquiry, user)


class BinAction(EnquiryBulkAction):
    """Move enquiries to the bin, in the place of the action that deletes snippets for good."""

    display_name = "Naar de prullenbak"
    action_type = "delete"
    aria_label = "Gekozen aanvragen naar de prullenbak"
    action_priority = 40
    classes = {"serious"}
    verb = "in de prullenbak gelegd"

    @classmethod
    def act(cls, enquiry: Enquiry, user: Any, form: forms.Form) -> None:
        actions.move_to_bin(enquiry, user)
