"""Why a body cannot be saved or published, for the person who wrote it."""

from django.utils.translation import gettext as _

from pages.text.markup_limit import check_markup
from pages.text.markup_work import TooMuchMarkup
from pages.text.parsing import BodyTooLong


def find_body_error(body: str) -> str:
    """Return why a body cannot be rendered: it is too long, or has too much markup; "" if it can."""
    try:
        check_markup(body)
    except (BodyTooLong, TooMuchMarkup) as error:
        return describe_body_error(error)
    return ""


def describe_body_error(error: BodyTooLong | TooMuchMarkup) -> str:
    """Return an error of rendering for the person who wrote the text."""
    if isinstance(error, TooMuchMarkup):
        text = _(
            "The Markdown of this text takes too long to render: the limit is reached in line %(line)d. Simplify the "
            "text, or split it into several pages."
        )
        return text % {"line": error.line}
    # The size is rounded up, so that a text just over the limit does not show the limit itself.
    sizes = {"size": -(-error.size // 1024), "limit": error.limit // 1024}
    return _("The text has %(size)d KB; a page may have at most %(limit)d KB.") % sizes
