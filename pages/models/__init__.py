"""The database tables, one module each, with the QuerySet right above its model."""

from pages.models import immutability, permissions
from pages.models.blob import Blob
from pages.models.editing_session import EditingSession
from pages.models.handover import Handover
from pages.models.import_line import ImportLine
from pages.models.import_run import ImportRun
from pages.models.imported_commit import ImportedCommit
from pages.models.links import Link, LinkGroup
from pages.models.mail_settings import MailSettings
from pages.models.page import Page
from pages.models.picture import Picture
from pages.models.publication_record import PublicationRecord
from pages.models.redirect import Redirect
from pages.models.revision import Revision
from pages.models.site_counter import SiteCounter
from pages.models.site_settings import SiteSettings
from pages.models.version import Version
from pages.models.version_text import VersionText

__all__ = [
    "Blob",
    "EditingSession",
    "Handover",
    "ImportLine",
    "ImportRun",
    "ImportedCommit",
    "Link",
    "LinkGroup",
    "MailSettings",
    "Page",
    "Picture",
    "PublicationRecord",
    "Redirect",
    "Revision",
    "SiteCounter",
    "SiteSettings",
    "Version",
    "VersionText",
    "immutability",
    "permissions",
]
