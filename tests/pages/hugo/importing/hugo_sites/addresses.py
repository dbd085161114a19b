"""Sites whose pages have addresses by rule, by front matter and by the config, and aliases."""

from tests.pages.hugo.importing.hugo_sites import FOLDERS, LANGUAGES, Site, text, toml, unknown

P, Q = "content/s/p.md", "content/s/q.md"


def page(front: str, config: str = "") -> dict[str, str]:
    """Return a site with a text that has front matter, and another one."""
    return {"config.toml": config, P: text(front), Q: text()}


SITES = [
    Site("slug", page("slug: privacy")),
    Site("slug with capitals and spaces", page("slug: Privacy Notice")),
    Site("slug in TOML", {"config.toml": "", P: toml("slug = 'privacy'")}),
    Site("slug in JSON", {"config.toml": "", P: '{"title": "x", "slug": "privacy"}\nText.\n'},
        ("withheld here only: content/s/p.md", *unknown("/s/privacy/")), "front matter in JSON is not read, and named"),
    Site("slug that is not ASCII", page("slug: приватность")),
    Site("url", page("url: /legal/privacy/")),
    Site("url without slashes", page("url: legal/privacy")),
    Site("url with capitals", page("url: /Legal/Privacy/")),
    Site("url with .html", page("url: /legal/privacy.html")),
    Site("url that ends with index.html", page("url: /legal/privacy/index.html"),
        unknown("/legal/privacy/index.html/"), "the address is /legal/privacy/, as in later versions of Hugo"),
    Site("url with a dot", page("url: /legal/v1.0/")),
    Site("url and slug", page("url: /legal/\nslug: other")),
    Site("url of a section", {"config.toml": "", "content/s/_index.md": text("url: /legal/"), P: text()}),
    Site("slug of a section", {
        "config.toml": "", "content/_index.md": text("slug: home"), "content/s/_index.md": text("slug: legal"),
        "content/s/t/_index.md": text("slug: x"), P: text(), "content/s/b/index.md": text("slug: leaf")}),
    Site("duplicate keys of another case", page("URL: /legal/privacy/")),
    Site("aliases", page("aliases: [/old/, /older/privacy.html, next]")),
    Site("alias as a string", page("aliases: /old/")),
    Site("alias with capitals", page("aliases: [/Old/Privacy/]")),
    Site("alias above the folder", page("aliases: [../old]")),
    Site("alias that is not ASCII", page("aliases: [/приватность/]")),
    Site("alias with spaces", page("aliases: ['/old page/']")),
    Site("aliases next to a url", page("url: /legal/privacy/\naliases: [/old/, beside]")),
    Site("aliases next to a slug", page("slug: privacy\naliases: [beside]")),
    Site("aliases of a section", {"config.toml": "", "content/s/_index.md": text("aliases: [/old/]"), P: text()}),
    Site("aliases of the home page", {"config.toml": "", "content/_index.md": text("aliases: [/start/]")}),
    Site("aliases of a bundle", {"config.toml": "", "content/b/index.md": text("aliases: [beside, /old/]")}),
    Site("aliases in TOML", {"config.toml": "", P: toml("aliases = ['/old/']")}),
    Site("uglyURLs", page("", "uglyURLs = true\n")),
    Site("uglyURLs and aliases", page("aliases: [/old/]", "uglyURLs = true\n")),
    Site("uglyURLs of sections", {
        "config.toml": "uglyURLs = true\n", "content/s/_index.md": text(), "content/s/b/index.md": text(), P: text()}),
    Site("permalinks of a section", page("slug: x", "[permalinks]\ns = '/legal/:slug/'\n")),
    Site("permalinks by title", page("title2: x", "[permalinks]\ns = '/:title/'\n") | {Q: "---\ntitle: B\n---\nT.\n"}),
    Site("permalinks by date", page("date: 2021-02-03", "[permalinks]\ns = '/:year/:month/:filename/'\n") | {
        Q: text("date: 2020-10-11")}),
    Site("permalinks with sections", {
        "config.toml": "[permalinks]\ns = '/x/:sections/:slug/'\n", "content/s/t/p.md": text(), P: text("slug: z")}),
    Site("permalinks with sections that have an index", {
        "config.toml": "[permalinks]\ns = '/x/:sections/:filename/'\n", "content/s/t/_index.md": text(),
        "content/s/t/p.md": text(), "content/s/t/u/q.md": text(), "content/s/t/u/z/_index.md": text(),
        "content/s/t/u/z/r.md": text(), "content/s/w/b/index.md": text()}),
    Site("permalinks with a section in one language", {
        "config.toml": f"{LANGUAGES}[permalinks]\ns = '/x/:sections/:filename/'\n",
        "content/s/t/_index.ru.md": text(), "content/s/t/p.md": text(), "content/s/t/p.ru.md": text()}),
    Site("permalinks with a section in one of two folders", {
        "config.toml": f"{FOLDERS}[permalinks]\ns = '/x/:section/:sections/:filename/'\n",
        "content/ru/s/t/_index.md": text(), "content/en/s/t/p.md": text(), "content/ru/s/t/p.md": text()}),
    Site("permalinks of a language", {
        "config.toml": f"{LANGUAGES}[languages.ru.permalinks]\ns = '/zakon/:slug/'\n[permalinks]\ns = '/law/:slug/'\n",
        P: text("slug: a"), "content/s/p.ru.md": text("slug: b")}),
    Site("permalinks with the format of a date", page("date: 2021-02-03", "[permalinks]\ns = '/:2006-01/:filename/'\n"),
        unknown("/2021-01/p/", "/0001-01/q/"), "the address is not known, and named"),
    Site("permalinks with signs", {
        "config.toml": "[permalinks]\ns = '/p/:filename/:title/'\n",
        "content/s/a+b.md": "---\ntitle: 'C+D & e, @f'\n---\nText.\n"}),
    Site("permalinks and url", page("url: /legal/", "[permalinks]\ns = '/x/:slug/'\n")),
    Site("a folder of the address in baseURL", page("aliases: [/old/]", "baseURL = 'https://example.org/docs/'\n"),
        address="https://example.org/docs/"),
    Site("capitals in names", {"config.toml": "", "content/Legal/Privacy_Policy.md": text(), "content/ToS.md": text()}),
    Site("disablePathToLower", {"config.toml": "disablePathToLower = true\n", "content/Legal/ToS.md": text()}),
    Site("names that are not ASCII", {
        "config.toml": "", "content/Условия.md": text(), "content/datenschutzerklärung.md": text()}),
    Site("names with spaces and signs", {
        "config.toml": "", "content/our terms & conditions.md": text(), "content/a+b.md": text(),
        "content/c, d.md": text(), "content/e@f.md": text(), "content/x+/_index.md": text(),
        "content/x+/y.md": text()}),
    Site("slug and url with signs", {
        "config.toml": "", P: text("slug: t+u@v"), Q: text("url: '/w+x,y z&@/'"), "content/s/r.md": text("url: /a+b")}),
    Site("signs in one language", {
        "config.toml": LANGUAGES, "content/a+b.md": text(), "content/a+b.ru.md": text("slug: c+d")}),
    Site("removePathAccents", {
        "config.toml": "removePathAccents = true\n", "content/été.md": text(), "content/Ünder/_index.md": text(),
        "content/č/й.md": text(), P: text("slug: Übung"), Q: text("url: /été/Ü/\naliases: [/é/]")}),
    Site("removePathAccents with permalinks", {
        "config.toml": "removePathAccents = true\n[permalinks]\ns = '/p/:sections/:slug/:title/'\n",
        "content/s/ö/_index.md": text(), "content/s/ö/ü.md": "---\ntitle: Été à Łódź\n---\nText.\n"}),
    Site("names with dots and underscores", {
        "config.toml": "", "content/v1.0/terms_of_use.md": text(), "content/_p.md": text()}),
    Site("nested sections", {
        "config.toml": "", "content/a/_index.md": text(),
        "content/a/b/_index.md": text(), "content/a/b/c/p.md": text()}),
    Site("leaf bundles", {
        "config.toml": "", "content/a/b/index.md": text(), "content/a/b/more.md": text(),
        "content/c/index.md": text()}),
    Site("the content as one bundle", {
        "config.toml": "disableKinds = ['home']\n", "content/index.md": text(), "content/p.md": text()}),
    Site("reserved names", {"config.toml": "", "content/history.md": text(), "content/s/history.md": text(),
                            "content/admin.md": text()},
        ("/admin/: [302]", "/admin/index.html: [302]", *unknown("/history/", "/s/history/")),
        "the site uses these names itself; the report names the other addresses"),
    Site("other extensions", {"config.toml": "", "content/p.markdown": text(), "content/q.txt": "Text.\n"}),
    Site("HTML as content", {"config.toml": "", "content/p.html": text(), Q: text()},
        ("withheld here only: content/p.html", *unknown("/p/")), "only Markdown is imported; other files are named"),
    Site("weights", {"config.toml": "", P: text("weight: -5"), Q: text("weight: 3")}),
    Site("several files of the same page", {
        "config.toml": "[languages.en]\n[languages.ru]\n", "content/a.md": text(),
        "content/a.markdown": text(), "content/B.md": text(),
        "content/b.md": text(), "content/c.md": text(), "content/c/index.md": text(), "content/d.md": text(),
        "content/d.en.md": text(), "content/e/_index.md": text(), "content/e/_index.markdown": text()}),
    Site("a file and a section of the same name", {
        "config.toml": "", "content/s.md": text("url: /about/"), "content/s/_index.md": text(), P: text()},
        ("withheld here only: content/s.md", *unknown("/about/")),
        "both files are the same page here; one is named"),
]  # fmt: skip
