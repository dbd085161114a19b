"""Generate Markdown in many languages from random words in the script of each language."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import accumulate
from random import Random

LATIN = "eeeeaaaiiioonnttsrrllddmcupghbvfk"
CYRILLIC = "ооооеееаааиинннтттссрввллккмдпуяыьгзб"
ARABIC = "اااالللنمموييررتتبةعدسفهكقحجشصطخذ"


@dataclass(frozen=True)
class Language:
    """The script and punctuation of a language, and a translator's name."""

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
class GeneratedText:
    """The content of a file: front matter and blocks of Markdown."""

    front_matter: dict[str, str]
    blocks: tuple[str, ...]

    def content(self) -> bytes:
        lines = [f"{key}: {value}" for key, value in self.front_matter.items()]
        return ("\n".join(["---", *lines, "---", ""]) + "\n" + "\n\n".join(self.blocks) + "\n").encode()


class TextGenerator:
    """Generates and edits texts in one language; the same random state gives the same texts."""

    def __init__(self, code: str, random: Random):
        self.language, self.random = LANGUAGES[code], random
        letters, longest = self.language.letters, self.language.longest
        self.vocabulary = ["".join(random.choices(letters, k=random.randint(1, longest))) for _ in range(1500)]
        # As in any language, a few words make up most of a text.
        self.frequencies = list(accumulate(1 + 1000 // rank for rank in range(1, len(self.vocabulary) + 1)))

    def words(self, count: int) -> str:
        return self.language.space.join(self.random.choices(self.vocabulary, cum_weights=self.frequencies, k=count))

    def sentence(self) -> str:
        """Return a sentence without its full stop; some contain emphasis, code or a link."""
        sentence = self.words(self.random.randint(6, 18)).capitalize()
        markup = self.random.choice(["", "", "", "", " **{}**", " *{}*", " `{}`", " [{}](https://example.org/{})"])
        return sentence + markup.format(self.words(2), self.random.randint(1, 99))

    def paragraph(self) -> str:
        stop = self.language.stop
        return (stop.join(self.sentence() for _ in range(self.random.randint(2, 6))) + stop).strip()

    def block(self, picture: str = "/images/1.png") -> str:
        """Return a block of Markdown, in most cases a paragraph."""
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
        rows = [f"| {self.words(2)} | {self.words(4)} | {self.words(1)} |" for _ in range(self.random.randint(3, 7))]
        return "\n".join([rows[0], "|---|:--|--:|", *rows[1:]])

    def blocks(self, size: int, new_block: Callable[[], str]) -> tuple[str, ...]:
        """Return enough blocks for about `size` bytes, each from `new_block` but the first."""
        blocks = [self.paragraph()]
        # The front matter and the excess of the last block have 500 bytes on average.
        remaining = size - len(blocks[0].encode()) - 500
        while remaining > 0:
            blocks.append(new_block())
            remaining -= len(blocks[-1].encode()) + 2
        return tuple(blocks)

    def text(self, number: int, day: str, blocks: tuple[str, ...]) -> GeneratedText:
        """Return a page's first text, with front matter for the page number and an ISO date."""
        front_matter = {
            "title": f'"{self.words(3).capitalize()}"',
            "description": f'"{self.words(12)}"',
            "weight": str(10 * number),
            "date": day,
            "lastmod": day,
            "aliases": f"\n  - /old-{number}/",
        }
        return GeneratedText(front_matter, blocks)

    def edit(self, text: GeneratedText, day: str) -> GeneratedText:
        """Return the text after a random edit. `lastmod` stays if only white space or front matter changes."""
        edits = (
            self.replace_sentence,
            self.add_paragraph,
            self.remove_block,
            self.change_white_space,
            self.change_front_matter,
        )
        edit = self.random.choices(edits, weights=(55, 14, 14, 7, 10))[0]
        edited = edit(text)
        keeps_lastmod = edit in (self.change_white_space, self.change_front_matter)
        dates = {} if keeps_lastmod else {"lastmod": day}
        return replace(edited, front_matter=edited.front_matter | dates)

    def replace_sentence(self, text: GeneratedText) -> GeneratedText:
        position, stop = self.random.randrange(len(text.blocks)), self.language.stop
        sentences = text.blocks[position].split(stop)
        sentences[self.random.randrange(len(sentences))] = self.sentence()
        return self.replace_blocks(text, position, 1, stop.join(sentences))

    def add_paragraph(self, text: GeneratedText) -> GeneratedText:
        return self.replace_blocks(text, self.random.randint(1, len(text.blocks)), 0, self.paragraph())

    def remove_block(self, text: GeneratedText) -> GeneratedText:
        """Remove a block, or add a paragraph if there is only one."""
        return self.replace_blocks(text, 1, 1) if len(text.blocks) > 1 else self.add_paragraph(text)

    def change_white_space(self, text: GeneratedText) -> GeneratedText:
        """Add or remove a space at the end of a block, which readers cannot see."""
        position = self.random.randrange(len(text.blocks))
        block = text.blocks[position]
        return self.replace_blocks(text, position, 1, block.rstrip() if block.endswith(" ") else f"{block} ")

    def change_front_matter(self, text: GeneratedText) -> GeneratedText:
        key, value = self.random.choice([("title", self.words(3)), ("description", self.words(12))])
        return replace(text, front_matter=text.front_matter | {key: f'"{value}"'})

    @staticmethod
    def replace_blocks(text: GeneratedText, start: int, count: int, *blocks: str) -> GeneratedText:
        """Return the text with `count` blocks from `start` on replaced."""
        return replace(text, blocks=(*text.blocks[:start], *blocks, *text.blocks[start + count :]))
