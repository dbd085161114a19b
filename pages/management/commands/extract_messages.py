"""`extract_messages LANGUAGE`: create or update the message catalogue of a language."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pages.management.catalogues import (
    catalogue_path,
    read_catalogue,
    untranslated_messages,
    updated_catalogue,
    write_catalogue,
)

# The strings in the sources are English.
SOURCE_LANGUAGE = "en"


class Command(BaseCommand):
    help = (
        "Write the strings of the interface to the message catalogue of a language. Translations are kept, new strings "
        "are added without one, and strings that the sources no longer hold are removed."
    )

    def add_arguments(self, parser):
        parser.add_argument("language", help="a language code such as de or zh-hans")

    def handle(self, *, language, **options):
        languages = sorted(set(settings.MODELTRANSLATION_LANGUAGES) - {SOURCE_LANGUAGE})
        if language not in languages:
            raise CommandError(f"{language!r} cannot have a catalogue; these languages can: {', '.join(languages)}.")
        catalogue = updated_catalogue(read_catalogue(language))
        write_catalogue(language, catalogue)
        untranslated = len(untranslated_messages(catalogue))
        self.stdout.write(f"{catalogue_path(language)}: {len(catalogue)} string(s), {untranslated} to translate.")
