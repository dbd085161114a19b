"""The markup of a body that readers do not get."""

from pages.text.checks.dropped import find_dropped


def test_dropped_markup_is_named_with_its_line_whatever_the_sections():
    parts = ["One {{< a >}}.", "", "# Two", "", "{{< b", "c >}}", "## Three", "", "Four {{ .Site }}", "{: .x }", ""]
    found = find_dropped("\n".join(parts))
    # A link definition makes the sections depend on each other, so that the text is searched as a whole.
    whole = find_dropped("\n".join([*parts, "[z]: /z"]))
    assert found == whole
    assert [(markup.name.split()[0], markup.line) for markup in found][:2] == [("a", 1), ("b", 5)]
    assert 9 in {markup.line for markup in found}
