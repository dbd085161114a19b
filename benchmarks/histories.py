"""A git repository such as a project has that keeps its policies with Hugo and translates them with Weblate."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from benchmarks.fast_import import Change, Delete, FastImport, Rename, Signature, Write
from benchmarks.sites import config, page_name, picture, picture_of
from benchmarks.texts import LANGUAGES, Text, TextGenerator

WEBLATE = ("Weblate", "noreply@weblate.example")
ZONES = ("+0000", "+0300", "-0500", "+0530", "+0900", "-0330")
BEGIN = int(datetime(2019, 4, 1, tzinfo=UTC).timestamp())
# 1,700 commits make five years.
GAP = 26 * 60 * 60
# How often each thing is done, of a hundred commits.
OFTEN = {"translate_one": 76, "edit_in_all_languages": 6, "edit_many_pages": 8, "touch_no_text": 5, "merge": 5}
# What is done once, by the part of the history that went before.
ONCE = {
    0.10: "delete_one",
    0.18: "bring_back",
    0.25: "rename_by_case",
    0.33: "rename_section",
    0.40: "rename_language",
    0.48: "rename_with_an_edit",
    0.55: "delete_page",
    0.68: "bring_back",
    0.80: "delete_one",
}
ALWAYS_PAGES = 8


@dataclass(frozen=True)
class Made:
    """What a history has, along first parents: commits, texts written, and their bytes."""

    commits: int
    texts: int
    text_bytes: int


def make_history(
    path: Path, *, commits: int = 1700, languages: int = 19, pages: int = 20, text_bytes: int = 14500, seed: int = 5
) -> Made:
    """Write a bare repository with so many commits along first parents; texts have so many bytes on average."""
    if pages < ALWAYS_PAGES:
        raise ValueError(f"A history needs at least {ALWAYS_PAGES} pages.")
    with FastImport(path) as repository:
        history = _History(repository, tuple(LANGUAGES)[:languages], pages, text_bytes, Random(seed))
        history.begin()
        once = {max(1, round(part * commits)): name for part, name in ONCE.items()}
        for number in range(1, commits):
            name = once.get(number) or history.random.choices(list(OFTEN), weights=list(OFTEN.values()))[0]
            getattr(history, name)()
    return Made(commits, history.texts_written, history.bytes_written)


class _History:
    def __init__(self, repository: FastImport, languages: tuple[str, ...], pages: int, size: int, random: Random):
        self.repository, self.random = repository, random
        self.writers = {code: TextGenerator(code, random) for code in languages}
        # Weblate's folders are not always named by what the web calls the language; one is renamed later.
        self.folders = {code: "zh" if code == "zh-hans" else code for code in languages}
        self.names = [page_name(number) for number in range(pages)]
        section, _slash, file_name = self.names[4].partition("/")
        self.names[4] = f"{section}/{file_name.capitalize()}"
        # The longest page is nine times the shortest one.
        self.sizes = [int(size * (0.2 + 1.6 * number / (pages - 1))) for number in range(pages)]
        self.texts: dict[tuple[int, str], Text] = {}
        self.gone: dict[tuple[int, str], Text] = {}
        self.now, self.tip, self.before_tip = BEGIN, (), ()
        self.texts_written = self.bytes_written = 0

    # --- Commits ---

    def begin(self) -> None:
        """Make the site with all its pages in its own language."""
        files: list[Change] = [Write("hugo.toml", self.config()), Write("README.md", b"# Policies\n")]
        files += [Write(f"static/images/{number}.png", picture(self.random)) for number in (1, 2)]
        self.commit([*files, *self.write((number, "en") for number in range(len(self.names)))], "Begin the site")

    def translate_one(self) -> None:
        """Edit one page in one language, or translate it for the first time."""
        key = self.random.choice(self.here())
        self.commit(self.write([key]), self.weblate_message(key[1]), translator=key[1])

    def edit_in_all_languages(self) -> None:
        """Edit a page in every language at once."""
        page = self.random.randrange(len(self.names))
        self.commit(self.write(key for key in self.here() if key[0] == page), "Say it in every language")

    def edit_many_pages(self) -> None:
        """Edit most pages of one language."""
        code = self.random.choice(list(self.writers))
        keys = [key for key in self.here() if key[1] == code and self.random.random() < 0.8]
        self.commit(self.write(keys), self.weblate_message(code), translator=code)

    def touch_no_text(self) -> None:
        """Change what is no text of a page, or nothing at all."""
        content = f"<!-- {self.random.random()} -->\n".encode()
        paths = ("layouts/_default/single.html", "assets/style.css", ".github/workflows/build.yml", "README.md")
        image = Write("static/images/2.png", picture(self.random))
        changes = [[], [image], [image], *([Write(path, content)] for path in paths)]
        self.commit(self.random.choice(changes), "Build the site with another layout")

    def merge(self) -> None:
        """Merge a branch of a few commits that began before the last commit of the main one."""
        written: dict[str, Change] = {}
        side = self.before_tip or self.tip
        for _number in range(self.random.randint(1, 4)):
            key = self.random.choice(self.here())
            changes = self.write([key], count=False)
            written |= {change.path: change for change in changes}
            side = (self.sign(changes, self.weblate_message(key[1]), side, translator=key[1], branch="weblate"),)
        self.commit(list(written.values()), "Merge branch 'weblate' into main\n", merged=side)
        self.count(written.values())

    # --- Once ---

    def delete_one(self) -> None:
        """Delete one page in one language."""
        self.commit(self.delete([self.random.choice([key for key in self.texts if key[1] != "en"])]), "Delete one")

    def delete_page(self) -> None:
        """Delete a page in every language."""
        self.commit(self.delete([key for key in self.texts if key[0] == 5]), "Delete a page")

    def bring_back(self) -> None:
        """Bring back whatever was deleted, as it was."""
        back, self.gone = self.gone, {}
        self.texts |= back
        changes = [change for key in back for change in self.files(key)]
        self.count(changes)
        self.commit(changes, "Bring back what was deleted")

    def rename_by_case(self) -> None:
        """Rename a page by the case of its letters alone."""
        self.rename(4, self.names[4].lower(), "Write file names small")

    def rename_section(self) -> None:
        """Rename a section in every language."""
        folders = [f"content/{folder}/" for folder in self.folders_of("legal/")]
        changes = [Rename(f"{folder}legal", f"{folder}policies") for folder in folders]
        self.names = [name.replace("legal/", "policies/") for name in self.names]
        self.commit(changes, "Call the section policies")

    def rename_language(self) -> None:
        """Rename the code of a language, folder and config together."""
        if self.folders.get("zh-hans") == "zh":
            changes = [Rename("content/zh", "content/zh-hans")] if "zh" in self.folders_of("") else []
            self.folders["zh-hans"] = "zh-hans"
            self.commit([*changes, Write("hugo.toml", self.config())], "Rename zh to zh-hans")

    def rename_with_an_edit(self) -> None:
        """Rename a page, and edit it in the same commit."""
        name = self.names[6].replace(".md", "-in-short.md")
        self.rename(6, name, "Shorten a page", lambda: self.write(key for key in list(self.texts) if key[0] == 6))

    def rename(self, page: int, name: str, message: str, further: Callable[[], list[Change]] = list) -> None:
        """Rename a page in every language, and do something further in the same commit."""
        codes = [code for number, code in self.texts if number == page]
        old = [self.path(page, code) for code in codes]
        self.names[page] = name
        renames = [Rename(path, self.path(page, code)) for path, code in zip(old, codes, strict=True)]
        self.commit([*renames, *further()], message)

    # --- Files ---

    def here(self) -> list[tuple[int, str]]:
        """Return pages and languages that were not deleted, translated or not yet."""
        keys = [(page, code) for page in range(len(self.names)) for code in self.writers]
        return [key for key in keys if key not in self.gone]

    def folders_of(self, section: str) -> list[str]:
        """Return the folders of the languages that have a text in a section, in order."""
        codes = {code for page, code in self.texts if self.names[page].startswith(section)}
        return [self.folders[code] for code in self.writers if code in codes]

    def path(self, page: int, code: str) -> str:
        """Return where a text lies now."""
        return f"content/{self.folders[code]}/{self.names[page]}"

    def write(self, keys, *, count: bool = True) -> list[Change]:
        """Write the next version of each text, or its first."""
        changes = [change for key in keys for change in self.next_files(key)]
        if count:
            self.count(changes)
        return changes

    def next_files(self, key: tuple[int, str]) -> list[Change]:
        """Return the files of a text's next version; only the first one brings the bundle's picture."""
        page, code = key
        writer, day = self.writers[code], datetime.fromtimestamp(self.now, UTC).date().isoformat()
        if key in self.texts:
            self.texts[key] = writer.edited(self.texts[key], day)
            return self.files(key)[:1]
        shown = picture_of(self.names[page])
        self.texts[key] = writer.text(page, day, writer.blocks(self.sizes[page], lambda: writer.block(shown)))
        return self.files(key)

    def files(self, key: tuple[int, str]) -> list[Change]:
        """Return the files of a text as it is: itself, then its picture, which is that of its page and language."""
        path = self.path(*key)
        files: list[Change] = [Write(path, self.texts[key].content())]
        if path.endswith("/index.md"):
            files.append(Write(path.replace("index.md", "picture.png"), picture(Random(f"{key}"))))
        return files

    def delete(self, keys) -> list[Change]:
        """Delete texts, bundles with their pictures."""
        self.gone |= {key: self.texts.pop(key) for key in keys}
        return [Delete(self.path(*key).removesuffix("/index.md")) for key in keys]

    def count(self, changes) -> None:
        """Count what is written of texts."""
        sizes = [len(change.content) for change in changes if isinstance(change, Write) and _is_text(change.path)]
        self.texts_written += len(sizes)
        self.bytes_written += sum(sizes)

    def config(self) -> bytes:
        """Return the site's config as it is now."""
        return config(self.folders.values())

    # --- Who and when ---

    def weblate_message(self, code: str) -> str:
        """Return what Weblate says of a translation."""
        share, name = self.random.randint(400, 1000) / 10, LANGUAGES[code].name
        return f"Translated using Weblate ({name})\n\nCurrently translated at {share}% ({len(self.texts)} strings)\n"

    def commit(self, changes, message: str, *, translator: str = "en", merged: tuple[int, ...] = ()) -> None:
        """Commit to the main branch."""
        parents = (*self.tip, *merged)
        number = self.sign(changes, message, parents, translator=translator)
        self.before_tip, self.tip = self.tip, (number,)

    def sign(self, changes, message: str, parents, *, translator: str, branch: str = "main") -> int:
        """Write a commit by a translator: some in one second, some dated before the one that they follow."""
        chance = self.random.random()
        # A clock that was wrong is right again in the commit after.
        back = self.random.randint(60, 200_000) if chance > 0.97 else 0
        self.now += 0 if chance < 0.05 else int(self.random.expovariate(1 / GAP))
        name = LANGUAGES[translator].translator
        zone = self.random.choice(ZONES)
        earlier = self.random.randint(0, 9999)
        author = Signature(name, f"{translator}@translators.example", self.now - back - earlier, zone)
        by = WEBLATE if "Weblate" in message else (name, author.email)
        committer = Signature(*by, self.now - back, zone)
        return self.repository.commit(
            changes, author=author, committer=committer, message=message, parents=parents, branch=branch
        )


def _is_text(path: str) -> bool:
    return path.startswith("content/") and path.endswith(".md")
