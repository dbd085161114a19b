"""Languages of this site that languages of a source could be."""

import pytest

from pages.hugo.site_structure.servable_languages import find_relative

SERVABLE = {"en", "he", "nb", "pt", "sr", "zh-hans", "zh-hant"}


@pytest.mark.parametrize(
    ("language", "relative"),
    [
        *(("no", "nb"), ("nn", "nb"), ("zh-cn", "zh-hans"), ("zh-tw", "zh-hant"), ("zh-hant-hk", "zh-hant")),
        *(("zh", "zh-hans"), ("pt-br", "pt"), ("sr-latn-rs", "sr"), ("iw", "he"), ("en-us", "en")),
        *(("en", ""), ("eo", ""), ("de-at", ""), ("", "")),
    ],
)
def test_closest_language_is_found(language, relative):
    assert find_relative(language, SERVABLE) == relative
