import pytest

from pages.presentation.sized_cache import SizedCache


@pytest.fixture
def cache(monkeypatch):
    monkeypatch.setattr(SizedCache, "caches", [])
    return SizedCache(max_size=10, measure=len)


def ask(cache, *keys: str) -> list[str]:
    """Ask for values that are the same as their keys; return the keys of those that were made."""
    made = []

    def make(key):
        made.append(key)
        return key

    for key in keys:
        assert cache.get(key, lambda key=key: make(key)) == key
    return made


def test_value_is_made_once(cache):
    assert ask(cache, "aaa", "bbb", "aaa") == ["aaa", "bbb"]
    assert cache.size == 6


def test_value_used_longest_ago_is_dropped_when_the_sum_of_sizes_is_reached(cache):
    assert ask(cache, "aaaa", "bbbb", "aaaa", "cccc") == ["aaaa", "bbbb", "cccc"]
    assert ask(cache, "aaaa", "cccc") == []
    assert ask(cache, "bbbb") == ["bbbb"]
    assert cache.size == 8


def test_value_that_is_too_large_is_not_kept_and_drops_nothing(cache):
    assert ask(cache, "a", "b" * 11, "b" * 11, "a") == ["a", "b" * 11, "b" * 11]


def test_value_that_two_threads_make_counts_once(cache):
    def make():
        cache.get("a", lambda: "aaa")
        return "aaa"

    cache.get("a", make)
    assert cache.size == 3


def test_empty_value_is_kept(cache):
    assert ask(cache, "", "") == [""]


def test_error_is_not_kept(cache):
    with pytest.raises(ZeroDivisionError):
        cache.get("a", lambda: 1 / 0)
    assert ask(cache, "a") == ["a"]
