"""Who is signed in, and what they may do: nearly every page of the admin asks for all of it."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from wagtail.documents.permissions import permission_policy as document_permission_policy
from wagtail.permissions import page_permission_policy

from vitaleoverheid.content_changes import changes, until_content_changes

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
"""What counts as a second factor; reserve codes come with one of these."""


class Backend(ModelBackend):
    """Django's own, which asks the database for everything at once and for rights seldom."""

    def get_user(self, user_id: int) -> User | None:
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
        users = User.objects.select_related("wagtail_userprofile")
        user = users.annotate(has_factor=Exists(factors)).filter(pk=user_id).first()
        if not user or not self.user_can_authenticate(user):
            return None
        # Superusers may do everything; where changes are not heard of, Django and Wagtail ask.
        if changes.are_heard() and not user.is_superuser:
            vars(user).update(rights(user_id))
        return user


@until_content_changes
def rights(user_id: int) -> dict[str, Any]:
    """What somebody may do, by the names under which Django and Wagtail keep it with a user."""
    user = User(pk=user_id)
    policies = (page_permission_policy, document_permission_policy)  # that of pictures as well
    return {
        "_perm_cache": ModelBackend().get_all_permissions(user),
        **{
            policy.permission_cache_name: list(policy.get_all_permissions_for_user(user))
            for policy in policies
        },
    }
