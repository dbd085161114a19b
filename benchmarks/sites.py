"""What a Hugo site is made of besides its texts, and a whole site as a folder of many pages."""

import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from random import Random

from benchmarks.texts import LANGUAGES, TextGenerator

SECTIONS = ("legal", "guides")
TOPICS = (
    "privacy", "cookies", "terms", "refunds", "security", "backups", "requests", "children", "payments", "hosting",
    "reports", "contact", "licences", "trademarks", "accessibility", "archive", "keys", "mail", "chat", "telemetry",
)  # fmt: skip


def page_name(number: int, sections: tuple[str, ...] = SECTIONS) -> str:
    """Return where a page lies in its language's folder: first the root's and the sections', then the others."""
    if number == 0:
        return "_index.md"
    section = sections[number % len(sections)]
    if number <= len(sections):
        return f"{section}/_index.md"
    topic = TOPICS[number % len(TOPICS)] + (f"-{number}" if number >= len(TOPICS) else "")
    return f"{section}/{topic}/index.md" if number % 4 == 3 else f"{section}/{topic}.md"


def picture_of(name: str) -> str:
    """Return the picture that a page shows: a bundle's own, or the site's."""
    return "picture.png" if name.endswith("/index.md") else "/images/1.png"


def config(folders: Iterable[str]) -> bytes:
    """Return the site's hugo.toml, with the folder of each language, by which Hugo calls it too."""
    lines = ['baseURL = "https://policies.example/"', 'defaultContentLanguage = "en"', 'title = "Policies"']
    for weight, folder in enumerate(folders, 1):
        named = LANGUAGES["zh-hans" if folder == "zh" else folder].name
        lines += ["", f"[languages.{folder}]", f'languageName = "{named}"', f"weight = {weight}"]
        lines += [f'contentDir = "content/{folder}"']
    return ("\n".join(lines) + "\n").encode()


def picture(random: Random, width: int = 16) -> bytes:
    """Return a PNG of so many pixels square, in one colour a row."""
    rows = b"".join(b"\0" + random.randbytes(3) * width for _ in range(width))
    header = struct.pack(">IIBBBBB", width, width, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def make_tree(path: Path, pages: int = 1000, languages: int = 30, text_bytes: int = 4000, *, seed: int = 5) -> int:
    """Write a site's folder with so many pages in each language, and return the bytes of its texts."""
    random, codes, written = Random(seed), tuple(LANGUAGES)[:languages], 0
    sections = tuple(f"part-{number}" for number in range(max(1, pages // 50)))
    names = [page_name(number, sections) for number in range(pages)]
    (path / "static/images").mkdir(parents=True)
    (path / "static/images/1.png").write_bytes(picture(random))
    (path / "hugo.toml").write_bytes(config(codes))
    for code in codes:
        writer = TextGenerator(code, random)
        # Texts share their blocks, or else making them up would take longer than what is measured.
        blocks = [writer.block() for _ in range(500)]
        for number, name in enumerate(names):
            body = writer.blocks(text_bytes, lambda blocks=blocks: random.choice(blocks))
            file = path / "content" / code / name
            file.parent.mkdir(parents=True, exist_ok=True)
            written += file.write_bytes(writer.text(number, "2024-03-01", body).content())
    return written
