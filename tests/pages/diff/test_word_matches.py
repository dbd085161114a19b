"""Words in common: the ends of a passage that did not change are not split, and that changes no result."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pages.diff.tokens import Budget, split_words
from pages.diff.word_matches import WordMatches, match_passages, match_words
from tests.pages.diff.test_comparison import WORDS

SENTENCES = [*(word for word in WORDS if "<" not in word and "&" not in word), "we.", "logs,", "(a)", "1.3", "&amp;"]
SENTENCES += [
    "<em>data we</em>",
    '<a href="/a b. c">keep. it all</a>',
    "<br>",
    '<img src="/a" alt="a b. c">',
    "un<u>x</u>",
]
PASSAGE = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=30)


def name_unmatched(matches: WordMatches) -> tuple[list[str], list[str]]:
    olds, news = {old for old, _ in matches.pairs}, {new for _, new in matches.pairs}
    return (
        [word.key for position, word in enumerate(matches.before) if position not in olds],
        [word.key for position, word in enumerate(matches.after) if position not in news],
    )


def match(before: str, after: str) -> WordMatches:
    return match_passages(before, after, Budget(10**6))


def test_only_what_differs_is_split_into_words_with_one_word_on_each_side():
    matches = match("We keep the logs of it for thirty days at most.", "We keep the logs of it for ten days at most.")
    assert [word.text for word in matches.before] == ["for", "thirty", "days"]
    assert [word.text for word in matches.after] == ["for", "ten", "days"]
    assert (matches.start, matches.end) == ("We keep the logs of it", " at most.")
    assert matches.pairs == [(0, 0), (2, 2)]


def test_passage_that_is_the_same_is_not_split():
    assert match("We <em>keep</em> logs.", "We <em>keep</em> logs.") == ([], [], [], "We <em>keep</em> logs.", "")


@settings(max_examples=200, deadline=None)
@given(PASSAGE, st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["", *SENTENCES])), max_size=5))
def test_ends_in_common_change_no_match(words, replacements):
    changed = list(words)
    for position, word in replacements:
        changed[position : position + 1] = [word]
    before, after = (" ".join(side).strip() for side in (words, changed))
    matches = match(before, after)
    whole = match_words(split_words(before), split_words(after), Budget(10**6))
    assert name_unmatched(matches) == name_unmatched(whole)
    for side, words_of_side in ((before, matches.before), (after, matches.after)):
        parts = [*split_words(matches.start), *words_of_side, *split_words(matches.end)]
        assert [word.key for word in parts] == [word.key for word in split_words(side)]
        assert side.startswith(matches.start)
        assert side.endswith(matches.end)
