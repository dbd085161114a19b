"""Invented Markdown in many languages, out of words made from the letters of each language's own script."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import accumulate
from random import Random

LATIN = "eeeeaaaiiioonnttsrrllddmcupghbvfk"
CYRILLIC = "ооооеееаааиинннтттссрввллккмдпуяыьгзб"
ARABIC = "اااالللنمموييررتتبةعدسفهكقحجشصطخذ"


@dataclass(frozen=True)
class Language:
    """How a language is written, and who translates into it."""

    name: str
    letters: str
    translator: str
    stop: str = ". "
    space: str = " "
    longest: int = 11


LANGUAGES = {
    "en": Language("English", LATIN + "wwyyhh", "Alice O'Neill"),
    "ru": Language("Russian", CYRILLIC + "йчюжшцщэфё", "Мария Иванова"),
    "de": Language("German", LATIN + "äöüßschwz", "Jürgen Groß", longest=19),
    "fr": Language("French", LATIN + "éèàçêôjqx", "Zoë Lefèvre"),
    "es": Language("Spanish", LATIN + "ñáéíóúyjz", "Íñigo Muñoz"),
    "ar": Language("Arabic", ARABIC + "ئءآأإى", "ليلى حداد"),
    "zh-hans": Language("Chinese", "的一是在不了有和人这中大为上个国我以要他时来用们生到作地", "王小明", "。", "", 2),
    "ja": Language("Japanese", "のにはをたがでてとしれさいるすくよりカタスンル日本人利用", "佐藤 花子", "。", "", 4),
    "uk": Language("Ukrainian", CYRILLIC.replace("ы", "і") + "їєґійчюжшц", "Олена Шевченко"),
    "pl": Language("Polish", LATIN + "ąćęłńóśźżwwzzyj", "Łukasz Żak"),
    "tr": Language("Turkish", LATIN + "çğıöşüyz", "İbrahim Çağlar"),
    "pt": Language("Portuguese", LATIN + "ãõçáéêjq", "João Conceição"),
    "ko": Language("Korean", "이다는을가의에고하한지로기서도사자보정아부리시대일전제수인", "김민준", longest=5),
    "he": Language("Hebrew", "אבגדהוויילמםנןסעפצקרשת", "נועה לוי"),
    "el": Language("Greek", "αααεεοοιιητττννσσρρπκλμυδγθωάέίόύ", "Γιώργος Παππάς"),
    "hi": Language("Hindi", "कखगघचजटडतदनपबमयरलवशसहािीेो", "आरव शर्मा", "। "),
    "th": Language("Thai", "กขคงจชดตทนบปพมยรลวสหอะาเแไ", "สมชาย ใจดี", " ", "", 6),
    "fa": Language("Persian", ARABIC + "پچژگ", "سارا کریمی"),
    "ka": Language("Georgian", "აააბგდეევზთიიკლმნოპრსტუფქღშჩცძხ", "ნინო ბერიძე"),
    "it": Language("Italian", LATIN + "àèìòùz", "Nicolò D'Angelo"),
    "be": Language("Belarusian", CYRILLIC + "іўёц", "Янка Мельнік"),
    "bg": Language("Bulgarian", CYRILLIC.replace("ы", "ъ") + "щжц", "Георги Петров"),
    "ca": Language("Catalan", LATIN + "àçèíòúx", "Jordi Puig"),
    "cs": Language("Czech", LATIN + "áčďéěíňóřšťúůýžz", "Jiří Dvořák"),
    "da": Language("Danish", LATIN + "æøåj", "Søren Kjær"),
    "et": Language("Estonian", LATIN + "äõöüj", "Jüri Tamm"),
    "fi": Language("Finnish", LATIN + "äöyjkk", "Väinö Mäkinen", longest=16),
    "hu": Language("Hungarian", LATIN + "áéíóöőúüűz", "Győző Szűcs", longest=14),
    "kk": Language("Kazakh", CYRILLIC + "әғқңөұүһі", "Әсел Нұрланова"),
    "ro": Language("Romanian", LATIN + "ăâîșț", "Ștefan Țurcanu"),
}


@dataclass(frozen=True)
class Text:
    """One version of a file: its front matter by key, and the blocks of its Markdown."""

    front_matter: dict[str, str]
    blocks: tuple[str, ...]

    def content(self) -> bytes:
        """Return the file's bytes."""
        lines = [f"{key}: {value}" for key, value in self.front_matter.items()]
        return ("\n".join(["---", *lines, "---", ""]) + "\n" + "\n\n".join(self.blocks) + "\n").encode()


class TextGenerator:
    """Writes and edits texts of one language, the same ones for the same random numbers."""

    def __init__(self, code: str, random: Random):
        self.language, self.random = LANGUAGES[code], random
        letters, longest = self.language.letters, self.language.longest
        self.vocabulary = ["".join(random.choices(letters, k=random.randint(1, longest))) for _ in range(1500)]
        # A few words make up much of every text, as in any language.
        self.frequencies = list(accumulate(1 + 1000 // rank for rank in range(1, len(self.vocabulary) + 1)))

    def words(self, count: int) -> str:
        """Return so many words."""
        return self.language.space.join(self.random.choices(self.vocabulary, cum_weights=self.frequencies, k=count))

    def sentence(self) -> str:
        """Return a sentence without its full stop; now and then something in it is marked, or a link."""
        words = self.words(self.random.randint(6, 18))
        marked = self.random.choice(["", "", "", "", " **{}**", " *{}*", " `{}`", " [{}](https://example.org/{})"])
        return words.capitalize() + marked.format(self.words(2), self.random.randint(1, 99))

    def paragraph(self) -> str:
        """Return a few sentences."""
        stop = self.language.stop
        return (stop.join(self.sentence() for _ in range(self.random.randint(2, 6))) + stop).strip()

    def block(self, picture: str = "/images/1.png") -> str:
        """Return a piece of Markdown; more often than not a paragraph."""
        return self.random.choice(
            [
                *[self.paragraph] * 10,
                *[lambda: f"{'#' * self.random.randint(2, 4)} {self.words(3).capitalize()}"] * 3,
                lambda: "\n".join(f"- {self.sentence()}" for _ in range(self.random.randint(3, 7))),
                lambda: "\n".join(f"{number}. {self.sentence()}" for number in range(1, 5)),
                self.table,
                lambda: f"> {self.paragraph()}",
                lambda: f"![{self.words(3)}]({picture})",
                lambda: f'{{{{< callout type="note" >}}}}\n{self.paragraph()}\n{{{{< /callout >}}}}',
            ]
        )()

    def table(self) -> str:
        """Return a table of three columns."""
        rows = [f"| {self.words(2)} | {self.words(4)} | {self.words(1)} |" for _ in range(self.random.randint(3, 7))]
        return "\n".join([rows[0], "|---|:--|--:|", *rows[1:]])

    def blocks(self, size: int, new: Callable[[], str]) -> tuple[str, ...]:
        """Return as many blocks as it takes for about so many bytes."""
        blocks = [self.paragraph()]
        # What a text has too much by its last block, and by its front matter, is so much on average.
        left = size - len(blocks[0].encode()) - 500
        while left > 0:
            blocks.append(new())
            left -= len(blocks[-1].encode()) + 2
        return tuple(blocks)

    def text(self, number: int, day: str, blocks: tuple[str, ...]) -> Text:
        """Return the first version of a page's text."""
        front_matter = {
            "title": f'"{self.words(3).capitalize()}"',
            "description": f'"{self.words(12)}"',
            "weight": str(10 * number),
            "date": day,
            "lastmod": day,
            "aliases": f"\n  - /old-{number}/",
        }
        return Text(front_matter, blocks)

    def edited(self, text: Text, day: str) -> Text:
        """Return the next version: another sentence, a paragraph more or less, white space, or front matter alone."""
        edits = (self.say_otherwise, self.add, self.shorten, self.change_space, self.describe)
        edit = self.random.choices(edits, weights=(55, 14, 14, 7, 10))[0]
        changed = edit(text)
        # White space is no news, nor is the front matter.
        news = {} if edit in (self.change_space, self.describe) else {"lastmod": day}
        return replace(changed, front_matter=changed.front_matter | news)

    def say_otherwise(self, text: Text) -> Text:
        """Change a sentence."""
        place, stop = self.random.randrange(len(text.blocks)), self.language.stop
        sentences = text.blocks[place].split(stop)
        sentences[self.random.randrange(len(sentences))] = self.sentence()
        return self.with_blocks(text, place, 1, stop.join(sentences))

    def add(self, text: Text) -> Text:
        """Add a paragraph."""
        return self.with_blocks(text, self.random.randint(1, len(text.blocks)), 0, self.paragraph())

    def shorten(self, text: Text) -> Text:
        """Take a paragraph out; a text that has only one gets another."""
        return self.with_blocks(text, 1, 1) if len(text.blocks) > 1 else self.add(text)

    def change_space(self, text: Text) -> Text:
        """Change white space only: what stands at a line's end, which nobody sees."""
        place = self.random.randrange(len(text.blocks))
        block = text.blocks[place]
        return self.with_blocks(text, place, 1, block.rstrip() if block.endswith(" ") else f"{block} ")

    def describe(self, text: Text) -> Text:
        """Change front matter only."""
        key, value = self.random.choice([("title", self.words(3)), ("description", self.words(12))])
        return replace(text, front_matter=text.front_matter | {key: f'"{value}"'})

    @staticmethod
    def with_blocks(text: Text, place: int, length: int, *blocks: str) -> Text:
        """Return the text with other blocks in so many of its blocks' place."""
        return replace(text, blocks=(*text.blocks[:place], *blocks, *text.blocks[place + length :]))
