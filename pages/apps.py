"""The app configuration, and checks of the settings that Django does not make."""

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.utils.translation import gettext_lazy as _

from pages.english_interface import install as install_english_interface


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = _("Policies")

    def ready(self) -> None:
        install_english_interface()


@checks.register(checks.Tags.security, deploy=True)
def check_proxies(app_configs, **kwargs) -> list[checks.Warning]:
    """Warn of an endless redirect: the server speaks plain HTTP, and without a trusted proxy never sees a scheme."""
    if not settings.SECURE_SSL_REDIRECT or settings.PROXIES:
        return []
    problem = "SITE_URL begins with https, but PROXIES is 0: every page redirects to itself."
    hint = "Set PROXIES to the number of reverse proxies in front of the site, which speak TLS."
    return [checks.Warning(problem, hint, id="pages.W001")]


@checks.register(checks.Tags.security, deploy=True)
def check_mail(app_configs, **kwargs) -> list[checks.Warning]:
    """Warn of a mail server that is of no use: mails contain links to the site."""
    if settings.SENDS_MAIL or not settings.EMAIL_HOST:
        return []
    problem = "EMAIL_URL is set, but SITE_URL is not: no mail is sent."
    return [checks.Warning(problem, hint="Set SITE_URL to the public address of the site.", id="pages.W002")]
