"""File names, config and pictures of a generated Hugo site, and a whole site as a folder."""

import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from random import Random

from benchmarks.generators.texts import LANGUAGES, TextGenerator

SECTIONS = ("legal", "guides")
TOPICS = (
    "privacy", "cookies", "terms", "refunds", "security", "backups", "requests", "children", "payments", "hosting",
    "reports", "contact", "licences", "trademarks", "accessibility", "archive", "keys", "mail", "chat", "telemetry",
)  # fmt: skip


def file_name(number: int, sections: tuple[str, ...] = SECTIONS) -> str:
    """Return the file name of a page within its language folder: the home page, then sections, then other pages."""
    if number == 0:
        return "_index.md"
    section = sections[number % len(sections)]
    if number <= len(sections):
        return f"{section}/_index.md"
    topic = TOPICS[number % len(TOPICS)] + (f"-{number}" if number >= len(TOPICS) else "")
    return f"{section}/{topic}/index.md" if number % 4 == 3 else f"{section}/{topic}.md"


def picture_reference(name: str) -> str:
    """Return the picture that a page shows: its own for a bundle, else one of the site."""
    return "picture.png" if name.endswith("/index.md") else "/images/1.png"


def hugo_config(folders: Iterable[str]) -> bytes:
    """Return a hugo.toml for languages whose content folders have these names."""
    lines = ['baseURL = "https://policies.example/"', 'defaultContentLanguage = "en"', 'title = "Policies"']
    for weight, folder in enumerate(folders, 1):
        language = LANGUAGES["zh-hans" if folder == "zh" else folder]
        lines += ["", f"[languages.{folder}]", f'languageName = "{language.name}"', f"weight = {weight}"]
        lines += [f'contentDir = "content/{folder}"']
    return ("\n".join(lines) + "\n").encode()


def random_png(random: Random, width: int = 16) -> bytes:
    """Return a square PNG whose rows have one random colour each."""
    rows = b"".join(b"\0" + random.randbytes(3) * width for _ in range(width))
    header = struct.pack(">IIBBBBB", width, width, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def make_tree(path: Path, pages: int = 1000, languages: int = 30, text_bytes: int = 4000, *, seed: int = 5) -> int:
    """Write a site with `pages` pages in each language to a folder; return the total bytes of its texts."""
    random, codes, written = Random(seed), tuple(LANGUAGES)[:languages], 0
    sections = tuple(f"part-{number}" for number in range(max(1, pages // 50)))
    names = [file_name(number, sections) for number in range(pages)]
    (path / "static/images").mkdir(parents=True)
    (path / "static/images/1.png").write_bytes(random_png(random))
    (path / "hugo.toml").write_bytes(hugo_config(codes))
    for code in codes:
        generator = TextGenerator(code, random)
        # Texts share blocks: generating a separate body for each would take longer than the import that is measured.
        blocks = [generator.block() for _ in range(500)]
        for number, name in enumerate(names):
            body = generator.blocks(text_bytes, lambda blocks=blocks: random.choice(blocks))
            file = path / "content" / code / name
            file.parent.mkdir(parents=True, exist_ok=True)
            written += file.write_bytes(generator.text(number, "2024-03-01", body).content())
    return written
