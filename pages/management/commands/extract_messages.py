"""`extract_messages LANGUAGE...`: create or update the message catalogues of languages."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pages.management.catalogues import (
    catalogue_path,
    public_path,
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
        "are added without one, and strings that the sources no longer hold are removed. A catalogue in the folder "
        "`public` has only the strings that readers see."
    )

    def add_arguments(self, parser):
        parser.add_argument("language", nargs="+", help="a language code such as de or zh-hans")
        parser.add_argument(
            "--public", action="store_true", help="for a new catalogue: only the strings that readers see"
        )

    def handle(self, *, language, public, **options):
        for code in language:
            self._extract(code, public=public)

    def _extract(self, language, *, public):
        languages = sorted(set(settings.MODELTRANSLATION_LANGUAGES) - {SOURCE_LANGUAGE})
        if language not in languages:
            raise CommandError(f"{language!r} cannot have a catalogue; these languages can: {', '.join(languages)}.")
        path = catalogue_path(language)
        if public and not path.exists():
            path = public_path(language)
        catalogue = updated_catalogue(read_catalogue(language), public_only=path == public_path(language))
        write_catalogue(path, catalogue)
        untranslated = len(untranslated_messages(catalogue))
        self.stdout.write(f"{path}: {len(catalogue)} string(s), {untranslated} to translate.")
