"""Sites of which Hugo withholds a text."""

from tests.pages.hugo.importing.hugo_sites import Site, text, toml

P, Q, SECTION = "content/s/p.md", "content/s/q.md", "content/s/_index.md"


def page(front: str, config: str = "") -> dict[str, str]:
    """Return a site with a text that has front matter, and another one."""
    return {"config.toml": config, P: text(front), Q: text()}


def section(front: str, own: str = "") -> dict[str, str]:
    return {"config.toml": "", SECTION: text(front), P: text(own), Q: text(), "content/p.md": text()}


SITES = [
    Site("a draft", page("draft: true")),
    Site("a draft in TOML", {"config.toml": "", P: toml("draft = true"), Q: toml("draft = false")}),
    Site("a draft, with aliases", page("draft: true\naliases: [/old/]")),
    Site("a draft with capitals", page("Draft: true")),
    Site("a future date", page("date: 2099-01-01")),
    Site("a future publishDate", page("publishDate: 2099-01-01T10:00:00Z\ndate: 2020-01-01")),
    Site("an expired text", page("expiryDate: 2020-01-01")),
    Site("a text that expires later", page("expiryDate: 2099-01-01")),
    Site("buildDrafts", page("draft: true", "buildDrafts = true\n")),
    Site("buildFuture", page("date: 2099-01-01", "buildFuture = true\n")),
    Site("buildExpired", page("expiryDate: 2020-01-01", "buildExpired = true\n")),
    Site("a cascade of drafts", section("cascade: {draft: true}")),
    Site("a cascade that a page overrides", section(
        "cascade:\n- _target: {kind: page}\n  draft: true", "draft: false")),
    Site("a cascade by path", section("cascade:\n- _target: {path: /s/p.md}\n  draft: true")),
    Site("a cascade in the config", page("", "[[cascade]]\ndraft = true\n[cascade._target]\npath = '/s/p.md'\n")),
    Site("a cascade that is not in a list, in the config", page(
        "_build: {render: always}", "[cascade]\n_build = {render = 'never'}\n[cascade._target]\npath = '/s/p.md'\n")),
    Site("a cascade that is not in a list", section(
        "draft: false\ncascade: {_target: {path: /other}, draft: true}", "draft: false")),
    Site("a cascade of addresses", section("cascade: {type: policy}", "slug: privacy")),
    Site("a section that is a draft", section("draft: true")),
    Site("a draft with another file of the same text", {
        "config.toml": "", "content/s/p.markdown": text(), P: text("draft: true"), Q: text()}),
    Site("a headless bundle", {"config.toml": "", "content/b/index.md": text("headless: true"), Q: text()}),
    Site("_build.render: never", page("_build: {render: never}")),
    Site("_build.list: never", page("_build: {list: never}")),
    Site("_build.render: link", page("_build: {render: link}")),
    Site("outputs without HTML", page("outputs: [json]")),
    Site("ignoreFiles", page("", "ignoreFiles = ['p\\\\.md$']\n")),
    Site("hidden folders", {"config.toml": "", "content/.s/p.md": text(), Q: text()}),
    Site("parts of a bundle", {
        "config.toml": "", "content/b/index.md": text(), "content/b/part.md": text(), "content/b/c/p.md": text()}),
    Site("disableKinds", {"config.toml": "disableKinds = ['page']\n", P: text(), SECTION: text()}),
    Site("other folders", page("") | {"archetypes/default.md": text(), "README.md": text(), "layouts/x.md": text()}),
    Site("build.render: never", page("build: {render: never}"), (
        "withheld here only: content/s/p.md", "/s/p/: 404", "/s/p/index.html: 404"), "later versions have it"),
    Site("published: true after a draft", page("draft: true\npublished: true")),
    Site("a date in another time zone", page("date: 2099-01-01T00:00:00+03:00")),
]  # fmt: skip
