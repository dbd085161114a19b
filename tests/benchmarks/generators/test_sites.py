"""The generated Hugo site."""

import tomllib

import yaml

from benchmarks.generators.sites import make_tree


def test_tree_has_every_page_in_every_language(tmp_path):
    written = make_tree(tmp_path, pages=60, languages=4, text_bytes=3000)
    files = list((tmp_path / "content").rglob("*.md"))
    assert len(files) == 240
    assert written == sum(file.stat().st_size for file in files)
    assert 2400 < written / 240 < 3600
    config = tomllib.loads((tmp_path / "hugo.toml").read_text(encoding="utf-8"))
    assert [language["contentDir"] for language in config["languages"].values()] == [
        "content/en", "content/ru", "content/de", "content/fr",
    ]  # fmt: skip


def test_same_arguments_make_the_same_tree(tmp_path):
    for name in ("first", "second"):
        make_tree(tmp_path / name, pages=9, languages=3)
    first, second = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("first", "second")
    )
    assert first == second


def test_every_text_of_a_tree_has_valid_front_matter_and_a_body(tmp_path):
    make_tree(tmp_path, pages=30, languages=30, text_bytes=500)
    for file in (tmp_path / "content").rglob("*.md"):
        _nothing, front_matter, body = file.read_text(encoding="utf-8").split("---\n", 2)
        values = yaml.safe_load(front_matter)
        assert list(values) == ["title", "description", "weight", "date", "lastmod", "aliases"]
        assert values["title"].strip()
        assert body.strip()
