"""A Hugo site that shows the sample policy many times, in a plain layout with what our pages have around the text."""

from pathlib import Path

from benchmarks.benchmark_site import ROOT

LANGUAGES = ("en", "ru")
CONFIG = """
baseURL = "https://policies.example.org/"
title = "Policies"
defaultContentLanguage = "en"
disableKinds = ["taxonomy", "term"]
[languages.en]
contentDir = "content/en"
[languages.ru]
contentDir = "content/ru"
"""
LAYOUTS = {
    "_default/baseof.html": """<!DOCTYPE html>
<html lang="{{ .Language.Lang }}"><head><meta charset="utf-8"><title>{{ .Title }} · {{ .Site.Title }}</title>
<meta name="description" content="{{ .Summary }}"><link rel="canonical" href="{{ .Permalink }}">
{{ range .AllTranslations }}<link rel="alternate" hreflang="{{ .Language.Lang }}" href="{{ .Permalink }}">{{ end }}
</head><body><header><a href="{{ .Site.Home.RelPermalink }}">{{ .Site.Title }}</a>
<nav>{{ range .AllTranslations }}<a href="{{ .RelPermalink }}">{{ .Language.Lang }}</a>{{ end }}</nav></header>
<main>{{ block "main" . }}{{ end }}</main><footer>This site sets no cookies.</footer></body></html>""",
    "_default/single.html": """{{ define "main" }}<article><h1>{{ .Title }}</h1>
<p><time>{{ .Lastmod.Format "2006-01-02" }}</time> {{ .ReadingTime }}</p>{{ .TableOfContents }}{{ .Content }}</article>
{{ end }}""",
    "_default/list.html": """{{ define "main" }}<h1>{{ .Title }}</h1><ul>{{ range .Pages }}
<li><a href="{{ .RelPermalink }}">{{ .Title }}</a> <time>{{ .Lastmod.Format "2006-01-02" }}</time></li>
{{ end }}</ul>{{ end }}""",
}


def sample_texts() -> dict[str, bytes]:
    """Return the latest texts of the sample policy by language."""
    tree = max(path for path in (ROOT / "pages" / "starter").iterdir() if path.is_dir())
    files = {language: sorted((tree / "content" / language).rglob("*.md")) for language in LANGUAGES}
    return {language: texts[-1].read_bytes() for language, texts in files.items()}


def copy_name(number: int) -> str:
    return f"policy-{number}"


def make_hugo_site(folder: Path, copies: int) -> None:
    files = {f"layouts/{name}": layout.encode() for name, layout in LAYOUTS.items()} | {"hugo.toml": CONFIG.encode()}
    for language, text in sample_texts().items():
        files |= {f"content/{language}/{copy_name(number)}.md": text for number in range(copies)}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
