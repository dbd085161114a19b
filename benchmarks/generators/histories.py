"""Generate a git repository of a Hugo site whose policies are translated with Weblate."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from benchmarks.generators.fast_import import Delete, FastImport, FileOperation, Rename, Signature, Write
from benchmarks.generators.sites import file_name, hugo_config, picture_reference, random_png
from benchmarks.generators.texts import LANGUAGES, GeneratedText, TextGenerator

WEBLATE = ("Weblate", "noreply@weblate.example")
ZONES = ("+0000", "+0300", "-0500", "+0530", "+0900", "-0330")
FIRST_COMMIT_AT = int(datetime(2019, 4, 1, tzinfo=UTC).timestamp())
# The mean time between commits in seconds: 1,700 commits make five years.
COMMIT_INTERVAL = 26 * 60 * 60
# How many of a hundred commits each method of _History makes.
FREQUENCIES = {
    "translate_text": 76,
    "edit_in_all_languages": 6,
    "edit_many_pages": 8,
    "change_other_files": 5,
    "merge": 5,
}
# Methods that make a single commit, by its position in the history (0 to 1).
RARE_COMMITS = {
    0.10: "delete_text",
    0.18: "restore_deleted",
    0.25: "change_case_of_a_name",
    0.33: "rename_section",
    0.40: "rename_language",
    0.48: "rename_and_edit_page",
    0.55: "delete_page",
    0.68: "restore_deleted",
    0.80: "delete_text",
}
# The methods above use pages by their numbers.
MIN_PAGES = 8


@dataclass(frozen=True)
class HistorySize:
    """Counts along first parents: commits, files of texts written, and their bytes."""

    commits: int
    texts: int
    text_bytes: int


def make_history(
    path: Path, *, commits: int = 1700, languages: int = 19, pages: int = 20, text_bytes: int = 14500, seed: int = 5
) -> HistorySize:
    """Create a bare repository. `commits` are counted along first parents; `text_bytes` is the average of a text."""
    if pages < MIN_PAGES:
        raise ValueError(f"A history needs at least {MIN_PAGES} pages.")
    with FastImport(path) as repository:
        history = _History(repository, tuple(LANGUAGES)[:languages], pages, text_bytes, Random(seed))
        history.begin()
        rare = {max(1, round(position * commits)): name for position, name in RARE_COMMITS.items()}
        for number in range(1, commits):
            method = rare.get(number)
            if method is None:
                (method,) = history.random.choices(list(FREQUENCIES), weights=list(FREQUENCIES.values()))
            getattr(history, method)()
    return HistorySize(commits, history.texts_written, history.bytes_written)


class _History:
    def __init__(self, repository: FastImport, languages: tuple[str, ...], pages: int, size: int, random: Random):
        self.repository, self.random = repository, random
        self.generators = {code: TextGenerator(code, random) for code in languages}
        # One folder is not named by its language tag at first; `rename_language` renames it.
        self.folders = {code: "zh" if code == "zh-hans" else code for code in languages}
        self.names = [file_name(number) for number in range(pages)]
        section, _slash, name = self.names[4].partition("/")
        self.names[4] = f"{section}/{name.capitalize()}"
        # The longest page is nine times as long as the shortest.
        self.sizes = [int(size * (0.2 + 1.6 * number / (pages - 1))) for number in range(pages)]
        # By page number and language.
        self.texts: dict[tuple[int, str], GeneratedText] = {}
        self.deleted: dict[tuple[int, str], GeneratedText] = {}
        # The time of the last commit, as a Unix timestamp.
        self.now = FIRST_COMMIT_AT
        # The numbers of the last commit and of the one before it, as the parents of the next ones. Empty at first.
        self.head, self.previous_head = (), ()
        self.texts_written = self.bytes_written = 0

    # --- Commits ---

    def begin(self) -> None:
        """Create the site with all pages in English."""
        files: list[FileOperation] = [Write("hugo.toml", self.config()), Write("README.md", b"# Policies\n")]
        files += [Write(f"static/images/{number}.png", random_png(self.random)) for number in (1, 2)]
        self.commit([*files, *self.write((number, "en") for number in range(len(self.names)))], "Begin the site")

    def translate_text(self) -> None:
        """Edit a page in one language, or translate it for the first time."""
        key = self.random.choice(self.available_keys())
        self.commit(self.write([key]), self.weblate_message(key[1]), translator=key[1])

    def edit_in_all_languages(self) -> None:
        page = self.random.randrange(len(self.names))
        self.commit(self.write(key for key in self.available_keys() if key[0] == page), "Edit a page in all languages")

    def edit_many_pages(self) -> None:
        """Edit most pages of one language."""
        code = self.random.choice(list(self.generators))
        keys = [key for key in self.available_keys() if key[1] == code and self.random.random() < 0.8]
        self.commit(self.write(keys), self.weblate_message(code), translator=code)

    def change_other_files(self) -> None:
        """Change files that are not texts, or nothing at all."""
        content = f"<!-- {self.random.random()} -->\n".encode()
        paths = ("layouts/_default/single.html", "assets/style.css", ".github/workflows/build.yml", "README.md")
        image = Write("static/images/2.png", random_png(self.random))
        changes = [[], [image], [image], *([Write(path, content)] for path in paths)]
        self.commit(self.random.choice(changes), "Change the layout")

    def merge(self) -> None:
        """Merge a branch of a few commits that starts before the last commit of the main branch."""
        written: dict[str, FileOperation] = {}
        branch_head = self.previous_head or self.head
        for _number in range(self.random.randint(1, 4)):
            key = self.random.choice(self.available_keys())
            operations = self.write([key], count=False)
            written |= {operation.path: operation for operation in operations}
            message = self.weblate_message(key[1])
            number = self.write_commit(operations, message, branch_head, translator=key[1], branch="weblate")
            branch_head = (number,)
        self.commit(list(written.values()), "Merge branch 'weblate' into main\n", merged=branch_head)
        self.count(written.values())

    # --- Rare commits ---

    def delete_text(self) -> None:
        """Delete a page in one language."""
        keys = [key for key in self.texts if key[1] != "en"]
        self.commit(self.delete([self.random.choice(keys)]), "Delete a translation")

    def delete_page(self) -> None:
        """Delete a page in every language."""
        self.commit(self.delete([key for key in self.texts if key[0] == 5]), "Delete a page")

    def restore_deleted(self) -> None:
        """Add everything that was deleted again, with the same content."""
        restored, self.deleted = self.deleted, {}
        self.texts |= restored
        operations = [operation for key in restored for operation in self.files(key)]
        self.count(operations)
        self.commit(operations, "Restore what was deleted")

    def change_case_of_a_name(self) -> None:
        """Rename a page so that only the case of its letters changes."""
        self.rename(4, self.names[4].lower(), "Use lower-case file names")

    def rename_section(self) -> None:
        """Rename a section in all languages."""
        folders = [f"content/{folder}/" for folder in self.folders_of("legal/")]
        operations = [Rename(f"{folder}legal", f"{folder}policies") for folder in folders]
        self.names = [name.replace("legal/", "policies/") for name in self.names]
        self.commit(operations, "Rename the section to policies")

    def rename_language(self) -> None:
        """Change a language code: rename its folder and change the config in one commit."""
        if self.folders.get("zh-hans") == "zh":
            operations = [Rename("content/zh", "content/zh-hans")] if "zh" in self.folders_of("") else []
            self.folders["zh-hans"] = "zh-hans"
            self.commit([*operations, Write("hugo.toml", self.config())], "Rename zh to zh-hans")

    def rename_and_edit_page(self) -> None:
        """Rename a page and edit it in the same commit."""
        name = self.names[6].replace(".md", "-in-short.md")
        self.rename(6, name, "Shorten a page", lambda: self.write(key for key in list(self.texts) if key[0] == 6))

    def rename(self, page: int, name: str, message: str, then: Callable[[], list[FileOperation]] = list) -> None:
        """Rename a page in all languages; `then` returns further operations of the same commit."""
        codes = [code for number, code in self.texts if number == page]
        old = [self.path(page, code) for code in codes]
        self.names[page] = name
        renames = [Rename(path, self.path(page, code)) for path, code in zip(old, codes, strict=True)]
        self.commit([*renames, *then()], message)

    # --- Files ---

    def available_keys(self) -> list[tuple[int, str]]:
        """Return the texts that are not deleted, including those that are not translated yet."""
        keys = [(page, code) for page in range(len(self.names)) for code in self.generators]
        return [key for key in keys if key not in self.deleted]

    def folders_of(self, section: str) -> list[str]:
        """Return the folders of the languages that have a text in a section."""
        codes = {code for page, code in self.texts if self.names[page].startswith(section)}
        return [self.folders[code] for code in self.generators if code in codes]

    def path(self, page: int, code: str) -> str:
        return f"content/{self.folders[code]}/{self.names[page]}"

    def write(self, keys, *, count: bool = True) -> list[FileOperation]:
        """Edit each text, or create it if it does not exist yet."""
        operations = [operation for key in keys for operation in self.next_files(key)]
        if count:
            self.count(operations)
        return operations

    def next_files(self, key: tuple[int, str]) -> list[FileOperation]:
        """Return the files of a text's next state. Only a new text comes with its bundle's picture."""
        page, code = key
        generator, day = self.generators[code], datetime.fromtimestamp(self.now, UTC).date().isoformat()
        if key in self.texts:
            self.texts[key] = generator.edit(self.texts[key], day)
            return self.files(key)[:1]
        picture = picture_reference(self.names[page])
        blocks = generator.blocks(self.sizes[page], lambda: generator.block(picture))
        self.texts[key] = generator.text(page, day, blocks)
        return self.files(key)

    def files(self, key: tuple[int, str]) -> list[FileOperation]:
        """Return the file of a text, followed by its picture if it is a bundle."""
        path = self.path(*key)
        files: list[FileOperation] = [Write(path, self.texts[key].content())]
        if path.endswith("/index.md"):
            files.append(Write(path.replace("index.md", "picture.png"), random_png(Random(f"{key}"))))
        return files

    def delete(self, keys) -> list[FileOperation]:
        """Delete texts; a bundle goes with its picture."""
        self.deleted |= {key: self.texts.pop(key) for key in keys}
        return [Delete(self.path(*key).removesuffix("/index.md")) for key in keys]

    def count(self, operations) -> None:
        """Add the texts among the written files to the size of the history."""
        texts = [item for item in operations if isinstance(item, Write) and _is_text(item.path)]
        sizes = [len(text.content) for text in texts]
        self.texts_written += len(sizes)
        self.bytes_written += sum(sizes)

    def config(self) -> bytes:
        return hugo_config(self.folders.values())

    # --- Commit metadata ---

    def weblate_message(self, code: str) -> str:
        """Return a commit message like those of Weblate."""
        percent, name = self.random.randint(400, 1000) / 10, LANGUAGES[code].name
        return f"Translated using Weblate ({name})\n\nCurrently translated at {percent}% ({len(self.texts)} strings)\n"

    def commit(self, operations, message: str, *, translator: str = "en", merged: tuple[int, ...] = ()) -> None:
        """Commit to the main branch."""
        parents = (*self.head, *merged)
        number = self.write_commit(operations, message, parents, translator=translator)
        self.previous_head, self.head = self.head, (number,)

    def write_commit(self, operations, message: str, parents, *, translator: str, branch: str = "main") -> int:
        """Write a commit by a translator. Some share a second with their parent, some are dated before it."""
        chance = self.random.random()
        # In seconds. Some commits are dated too early, as by a wrong clock.
        clock_error = self.random.randint(60, 200_000) if chance > 0.97 else 0
        self.now += 0 if chance < 0.05 else int(self.random.expovariate(1 / COMMIT_INTERVAL))
        name = LANGUAGES[translator].translator
        zone = self.random.choice(ZONES)
        # A text is written some time before it is committed.
        author_lead = self.random.randint(0, 9999)
        committed_at = self.now - clock_error
        author = Signature(name, f"{translator}@translators.example", committed_at - author_lead, zone)
        by = WEBLATE if "Weblate" in message else (name, author.email)
        committer = Signature(*by, committed_at, zone)
        return self.repository.commit(
            operations, author=author, committer=committer, message=message, parents=parents, branch=branch
        )


def _is_text(path: str) -> bool:
    return path.startswith("content/") and path.endswith(".md")
