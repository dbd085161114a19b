"""Rendered bodies: what the cache keeps apart."""

from pages.presentation.rendered_bodies import render_body


def test_same_body_has_labels_in_the_language_of_each_text():
    for language, label in (("en", "Note"), ("ru", "Примечание"), ("en", "Note")):
        assert f"<strong>{label}</strong>" in render_body("> [!NOTE]\n> Text", {}, language=language).html
