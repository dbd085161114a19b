"""URLs of the admin, of the public files that have no language prefix, and of the public pages in each language."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from selfprivacy_site.login import account_recovery, password_reset, views

staff_only = admin.site.admin_view
login_patterns = [
    path("login/code/", staff_only(views.VerifyCodeView.as_view()), name="verify_one_time_code"),
    path("one-time-codes/", staff_only(views.one_time_codes_page), name="one_time_codes"),
    path("one-time-codes/recovery/", staff_only(views.NewRecoveryCodesView.as_view()), name="new_recovery_codes"),
    path("one-time-codes/remove/", staff_only(views.RemoveCodesView.as_view()), name="remove_one_time_codes"),
    path("account-recovery/", staff_only(account_recovery.account_recovery), name="account_recovery"),
    path("password-reset/", password_reset.RequestResetView.as_view(), name="password_reset"),
    path("password-reset/sent/", password_reset.ResetSentView.as_view(), name="password_reset_done"),
    path("password-reset/done/", password_reset.ResetCompleteView.as_view(), name="password_reset_complete"),
    path("password-reset/<uidb64>/<token>/", password_reset.SetPasswordView.as_view(), name="password_reset_confirm"),
]
urlpatterns = [
    # set_language must be below /admin/: its cookie is bound to that path.
    path("admin/language/", include("django.conf.urls.i18n")),
    path("admin/", include(login_patterns)),
    path("admin/", admin.site.urls),
    path("", include("pages.public.language_neutral_urls")),
    *i18n_patterns(path("", include("pages.public.urls")), prefix_default_language=False),
]
handler404 = "pages.public.errors.page_not_found"
handler500 = "pages.public.errors.server_error"
