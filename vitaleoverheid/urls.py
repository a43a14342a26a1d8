"""Every address of the site."""

from allauth.account import views as account
from allauth.decorators import rate_limit
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as sessions
from django.conf import settings
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as admin_urls
from wagtail.admin.views.account import PasswordResetView
from wagtail.documents import urls as document_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from vitaleoverheid import drafts, twins, views
from vitaleoverheid.limits import one_after_another
from vitaleoverheid.sign_in import guarded
from vitaleoverheid.sitemap import sitemap, sitemap_part

PAGE_PATH = r"^(?!_util/)((?:[\w:-]+/)*)$"
"""Wagtail's own pattern, and the colons of a signed address; ``_util/`` asks for passwords."""

handler400 = "vitaleoverheid.limits.bad_request"
handler429 = "vitaleoverheid.limits.too_many_requests"

to_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)
to_factors = RedirectView.as_view(pattern_name="mfa_index")
# A colleague's mailbox is not to be filled either.
ask_for_password = rate_limit(action="reset_password")(PasswordResetView.as_view())

sign_in_patterns = [
    path("", account.login, name="account_login"),
    path("weg/", to_sign_in, name="account_inactive"),
    path("code/", mfa.authenticate, name="mfa_authenticate"),
    path("passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("wachtwoord/", account.reauthenticate, name="account_reauthenticate"),
    path("sessies/", sessions.list_usersessions, name="usersessions_list"),
    path(
        "extra/",
        mfa.IndexView.as_view(extra_context={"is_required": settings.SECOND_FACTOR_REQUIRED}),
        name="mfa_index",
    ),
    path("extra/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("extra/app/weg/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("extra/passkey/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("extra/passkey/<int:pk>/weg/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("extra/passkeys/", to_factors, name="mfa_list_webauthn"),
    path("extra/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("extra/codes/nieuw/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
]
"""Those screens of allauth that this site uses; nobody makes an account for themselves."""

urlpatterns = [
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("robots.txt", views.text_file, {"name": "robots.txt"}),
    path("sitemap.xml", one_after_another(sitemap)),
    path("sitemap-<int:part>.xml", one_after_another(sitemap_part), name="sitemap_part"),
    path(".well-known/security.txt", views.text_file, {"name": "security.txt"}),
    path("llms.txt", one_after_another(twins.llms_txt)),
    path("vitale-overheid.vcf", views.vcard, name="vcard"),
    path("mensen/<slug:slug>.vcf", views.vcard, name="person_vcard"),
    path("zoeken/", views.search, name="search"),
    path("concept/<str:key>/", drafts.draft, name="draft"),
    path("admin/login/", include(sign_in_patterns)),
    path("admin/password_reset/", ask_for_password),
    path("admin/", include(decorate_urlpatterns(admin_urls.urlpatterns, guarded))),
    path("_util/login/", to_sign_in),  # Wagtail's own, for pages behind a log-in, is a way around
    path("documents/", include(document_urls)),
    # Only the sizes made for visitors: originals may hold a location, documents may be private.
    # No segment may be "..": that would lead to those.
    re_path(r"^media/(?P<path>images/(?:[\w-]+/)*[^/]+)$", views.media),
    re_path(r"^((?:[\w-]+/)*)index\.md$", twins.page_as_markdown),
    # Public pages carry no token: they are the same for everyone (see contact.origin).
    re_path(PAGE_PATH, csrf_exempt(views.page), name="wagtail_serve"),
    path("", include(wagtail_urls)),
]
