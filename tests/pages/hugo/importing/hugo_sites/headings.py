"""Sites with headings, whose ids are parts of addresses."""

from tests.pages.hugo.importing.hugo_sites import Site, text

P = "content/p.md"
ALL_HEADINGS = """
# Title

## Our Terms & Conditions

### 1. What we *store*

## Our Terms & Conditions

#### `Code` and [link](https://example.org)

Underlined
----------

## R {#right .x}

##### Ünï -- cödé

###### Über uns!
"""


def page(body: str, config: str = "") -> dict[str, str]:
    return {"config.toml": config, P: text(body=body)}


SITES = [
    Site("headings", page(ALL_HEADINGS)),
    Site("headings in Russian", page("## Какие данные мы храним\n\n## Ёлка\n\n### Какие данные мы храним")),
    Site("headings in lists and quotes", page("- ## A\n\n> ## B\n\n## C")),
    Site("headings with signs only", page("## ???\n\n## ---\n\n## 1.\n\n## ***")),
    Site("headings in code", page("```\n## A\n```\n\n    ## B\n\n## C")),
    Site("headings with emphasis and entities", page("## **A** _b_ &amp; c\n\n## A_b_c\n\n## a\\*b\n\n## «A» — b")),
    Site("headings with numbers", page("## 1.1 A\n\n## 2) B\n\n## §3 C\n\n## 4")),
    Site("headings twice and thrice", page("## A\n\n## A\n\n## A\n\n## A-1\n\n## A 1")),
    Site("headings with ids", page("## A {#x}\n\n## B {#x-y .z}\n\n## C {.z}\n\n## D { #d }")),
    Site("headings with breaks and raw HTML", page("## A<br>b\n\n## C <sup>2</sup>\n\n## D <!-- e -->")),
    Site("headings in Chinese and Arabic", page("## 隐私政策\n\n## سياسة الخصوصية\n\n## हिन्दी")),
    Site("headings after a first heading as title", page("# A title\n\nText.\n\n## A title\n\n## B")),
    Site("headings of the same text in two files", {
        "config.toml": "", P: text(body="## A"), "content/q.md": text(body="## A\n\n## A")}),
    Site("headings by the rules of GitHub for ASCII", page(
        "## Ünï cödé", "[markup.goldmark.parser]\nautoHeadingIDType = 'github-ascii'\n"),
        ("content/p.md: ünï-cödé instead of uni-code",), "ids keep all letters, whatever the config says"),
]  # fmt: skip
