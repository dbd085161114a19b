"""Renames: deleted and added files paired as a person would, and as a simple but slow reference implementation does."""

import random
from collections import Counter
from itertools import product, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.hugo.commits import sketches
from pages.hugo.commits.renames import TextFile, match_renames
from pages.text.source import digest
from tests.timing import is_faster_than

LINES = [f"Sentence {number:02} of what we promise to our readers." for number in range(40)]


def text(*numbers, title="Privacy", ending="\n"):
    return f"---\ntitle: {title}\n---\n\n" + "".join(LINES[number] + ending for number in numbers)


def key_of(path):
    parts = path.removesuffix(".md").split("/")[1:]
    return "/".join(parts[:-1] if parts[-1] in ("_index", "index") else parts)


def files_of(contents, blobs):
    files = []
    for path, content in contents.items():
        blob = digest(content.encode())
        blobs[blob] = content.encode()
        files.append(TextFile(path, path.split("/")[0], key_of(path), blob))
    return files


def sides(deleted, added):
    blobs = {}
    return files_of(deleted, blobs), files_of(added, blobs), blobs


def renamed(deleted, added):
    old, new, blobs = sides(deleted, added)
    return {before.path: after.path for before, after in match_renames(old, new, blob_reader(blobs))}


def blob_reader(blobs, group_sizes=None):
    """Return a function that reads blobs and records how many it was asked for at a time."""

    def read(ids):
        if group_sizes is not None:
            group_sizes.append(len(ids))
        return {blob_id: blobs[blob_id] for blob_id in ids}

    return read


@pytest.mark.parametrize(
    ("deleted", "added", "expected"),
    [
        pytest.param(["en/b/x.md"], ["en/a.md", "en/c/x.md"], {"en/b/x.md": "en/c/x.md"}, id="the same file name"),
        pytest.param(
            ["en/a/p/x.md"], ["en/b/x.md", "en/b/p/x.md"], {"en/a/p/x.md": "en/b/p/x.md"}, id="most of the last parts"
        ),
        pytest.param(
            ["en/a/p/x.md"], ["en/b/p/y.md", "en/a/c/y.md"], {"en/a/p/x.md": "en/a/c/y.md"}, id="most of the first"
        ),
        pytest.param(
            ["en/a.md", "en/b.md"], ["en/d.md", "en/c.md"], {"en/a.md": "en/c.md", "en/b.md": "en/d.md"}, id="order"
        ),
        pytest.param(["en/A.md"], ["en/a.md"], {"en/A.md": "en/a.md"}, id="only the case"),
        pytest.param(["en/a.md"], ["ru/a.md"], {}, id="another language"),
        pytest.param(["en-us/a.md"], ["en/b.md"], {"en-us/a.md": "en/b.md"}, id="another code of the language"),
        pytest.param(
            ["en/a.md", "en-us/a.md"],
            ["en/b.md", "en-gb/a.md"],
            {"en/a.md": "en/b.md", "en-us/a.md": "en-gb/a.md"},
            id="the same code first",
        ),
    ],
)
def test_equal_files_are_paired_by_the_most_similar_paths(deleted, added, expected):
    assert renamed(dict.fromkeys(deleted, text(1, 2)), dict.fromkeys(added, text(1, 2))) == expected


@pytest.mark.parametrize("content", ["", " \n" * 20, "under 16 bytes.", "\ufeff"])
def test_nearly_empty_file_is_a_rename_only_if_it_keeps_its_file_name(content):
    deleted, added = {"en/a/x.md": content, "en/a/y.md": content}, {"en/b/x.md": content, "en/b/z.md": content}
    assert renamed(deleted, added) == {"en/a/x.md": "en/b/x.md"}


def test_file_of_sixteen_bytes_can_get_any_name():
    assert renamed({"en/a.md": "x" * 16}, {"en/b/c.md": "x" * 16}) == {"en/a.md": "en/b/c.md"}


def test_equal_files_take_precedence_over_similar_ones():
    deleted, added = {"en/a.md": text(*range(10)), "en/b.md": text(*range(9))}, {"en/c.md": text(*range(9))}
    assert renamed(deleted, added) == {"en/b.md": "en/c.md"}


def test_most_similar_files_are_paired_first():
    deleted = {"en/a.md": text(*range(10)), "en/b.md": text(*range(8))}
    added = {"en/c.md": text(*range(9), 30), "en/d.md": text(*range(5), *range(31, 35))}
    assert renamed(deleted, added) == {"en/a.md": "en/c.md", "en/b.md": "en/d.md"}


@pytest.mark.parametrize(
    ("content", "is_similar"),
    [
        (text(*range(5), *range(20, 25)), True),
        (text(*range(4), *range(20, 26)), False),
        (text(*range(5)), True),
        (text(*range(4)), False),
        (text(*range(9), title="Another", ending="\r\n"), True),
        (text(*range(9)).replace("---", "+++"), True),
        (text(*range(20, 30)), False),
        (text(), False),
    ],
)
def test_at_least_half_of_the_longer_body_must_be_in_both(content, is_similar):
    assert bool(renamed({"en/a.md": text(*range(10))}, {"en/b.md": content})) is is_similar


def test_equal_front_matter_does_not_make_a_rename():
    front = "".join(f"key{number}: a value that moved_and_edited_files files share\n" for number in range(50))
    deleted, added = (f"---\n{front}---\nAll about {subject}.\n" for subject in ("cats and mice", "dogs and bones"))
    assert renamed({"en/a.md": deleted}, {"en/b.md": added}) == {}
    assert renamed({"en/a.md": f"---\n{front}---\n"}, {"en/b.md": f"---\n{front}x: y\n---\n"}) == {}


def test_long_line_is_compared_by_sentences():
    before, after = text(*range(10), ending=" "), text(*range(4), 20, *range(5, 10), ending=" ")
    assert renamed({"en/a.md": before}, {"en/b.md": after}) == {"en/a.md": "en/b.md"}


SECTION = {f"en/old/{name}.md": text(number, number + 1) for number, name in enumerate("abc")}
MOVED = {path.replace("old", "new"): content for path, content in SECTION.items()}


@pytest.mark.parametrize(
    ("common", "expected"),
    [(2, {"en/old/p/x.md": "en/new/p/x.md"}), (1, {})],
)
def test_file_of_a_moved_section_needs_less_similarity(common, expected):
    deleted = {"en/old/p/x.md": text(*range(20, 28))}
    added = {"en/new/p/x.md": text(*range(20, 20 + common), *range(30, 38 - common))}
    assert renamed(deleted, added) == {}
    paths = {path: path.replace("old", "new") for path in SECTION}
    assert renamed(SECTION | deleted, MOVED | added) == paths | expected


def test_moved_section_of_one_language_is_expected_to_move_in_another():
    deleted, added = {"ru/old/x.md": text(20, 21, 22)}, {"ru/new/x.md": text(20, 31, 32)}
    assert renamed(SECTION | deleted, MOVED | added)["ru/old/x.md"] == "ru/new/x.md"


def test_expected_file_takes_precedence_over_a_more_similar_one_elsewhere():
    deleted = {"en/old/x.md": text(*range(20, 28))}
    added = {"en/new/x.md": text(*range(20, 25)), "en/y.md": text(*range(20, 27))}
    assert renamed(deleted, added) == {"en/old/x.md": "en/y.md"}
    assert renamed(SECTION | deleted, MOVED | added)["en/old/x.md"] == "en/new/x.md"


def test_similar_file_elsewhere_takes_precedence_over_an_expected_one_below_the_threshold():
    deleted = {"en/old/x.md": text(*range(20, 28))}
    added = {"en/new/x.md": text(20, 21, *range(30, 36)), "en/y.md": text(*range(20, 27))}
    assert renamed(SECTION | deleted, MOVED | added)["en/old/x.md"] == "en/y.md"


def test_page_that_becomes_a_bundle_remains_the_same_page():
    deleted, added = {"en/x.md": text(*range(8))}, {"en/x/_index.md": text(0, 1, *range(20, 26)), "en/y.md": text(9)}
    assert renamed(deleted, added) == {"en/x.md": "en/x/_index.md"}


def test_section_without_a_body_moves_with_its_pages():
    deleted, added = {"en/old/_index.md": text()}, {"en/new/_index.md": text() + "\n"}
    assert renamed(SECTION | deleted, MOVED | added)["en/old/_index.md"] == "en/new/_index.md"
    added = {"en/new/_index.md": text(title="All that is new")}
    assert "en/old/_index.md" not in renamed(SECTION | {"en/old/_index.md": text()}, MOVED | added)


def test_unavailable_blob_has_no_match():
    old, new, _ = sides({"en/a.md": text(1, 2, 3)}, {"en/b.md": text(1, 2, 4)})
    assert match_renames(old, new, lambda ids: {}) == []


def test_deep_paths_are_compared():
    deep = "en/" + "a/" * 2000
    deleted, added = [f"{deep}{name}/x.md" for name in "ab"], [f"{deep}{name}/x.md" for name in "cd"]
    renames_found = renamed(dict.fromkeys(deleted, text(1)), dict.fromkeys(added, text(1)))
    assert renames_found == dict(zip(deleted, added, strict=True))


# --- Reference implementation: rank every pair and take the best ------------------------------------------------------


def reference_renames(deleted, added, blobs):
    """Compare all pairs: first those with the same language code, then those in the same language."""
    pairs = reference_renames_within(deleted, added, blobs, [], lambda old, new: old == new)
    return sorted(reference_renames_within(deleted, added, blobs, pairs, lambda old, new: old[:2] == new[:2]))


def reference_renames_within(deleted, added, blobs, pairs, is_same_language):
    candidates = [pair for pair in product(deleted, added) if is_same_language(*(file.language for file in pair))]
    pairs = take_best([(exact_rank(*pair, blobs), pair) for pair in candidates if is_exact(*pair, blobs)], pairs)
    moves = {(before.key, after.key) for before, after in pairs}
    ranked = []
    for before, after in candidates:
        rank = similar_rank(before, after, moves, blobs)
        ranked += [(rank, (before, after))] if rank else []
    return take_best(ranked, pairs)


def take_best(ranked, pairs):
    pairs = list(pairs)
    for _, (before, after) in sorted(ranked):
        if not any(before == old or after == new for old, new in pairs):
            pairs.append((before, after))
    return pairs


def is_exact(before, after, blobs):
    content = blobs[before.blob]
    same_name = before.path.split("/")[-1] == after.path.split("/")[-1]
    is_significant = len(content) >= 16 and content.strip() != b""
    return before.blob == after.blob and (same_name or is_significant)


def count_common(old, new):
    return sum(1 for _ in takewhile(lambda parts: parts[0] == parts[1], zip(old, new, strict=False)))


def exact_rank(before, after, blobs):
    old, new = before.path.split("/"), after.path.split("/")
    return -count_common(old[::-1], new[::-1]), -count_common(old, new)


def is_expected_key(key, new_key, moves):
    """Tell whether the first parts of a key changed as in one of the moves."""
    for moved_from, moved_to in moves:
        old, new = moved_from.split("/"), moved_to.split("/")
        while old and new and old[-1] == new[-1]:
            old, new = old[:-1], new[:-1]
        parts = key.split("/") if key else []
        old, new = [part for part in old if part], [part for part in new if part]
        if parts[: len(old)] == old and [*new, *parts[len(old) :]] == (new_key.split("/") if new_key else []):
            return True
    return key == new_key


def pieces(content):
    front, _, body = content.partition(b"\n---\n")
    has_body = bool(body.strip()) if front.startswith(b"---") else bool(content.strip())
    body = body if front.startswith(b"---") and has_body else content
    return has_body, Counter(line.strip() for line in body.splitlines() if line.strip() not in (b"", b"---"))


def count_bytes(counted):
    return sum((len(line) + 1) * count for line, count in counted.items())


def similar_rank(before, after, moves, blobs):
    (has_body, old), (has_new_body, new) = pieces(blobs[before.blob]), pieces(blobs[after.blob])
    is_expected = is_expected_key(before.key, after.key, moves)
    if has_body != has_new_body or not (has_body or is_expected):
        return None
    common, longer = count_bytes(old & new), max(count_bytes(old), count_bytes(new), 1)
    similarity = common / longer
    if similarity < (0.2 if is_expected else 0.5) or (common <= 16 and not is_expected):
        return None
    return ((0 if is_expected else 1) if similarity >= 0.5 else 2, -similarity, *exact_rank(before, after, blobs))


contents = st.one_of(
    st.sampled_from(["", "tiny", " " * 30, text(), text(title="Other")]),
    st.lists(st.integers(0, 5), min_size=1, max_size=6).map(lambda numbers: text(*numbers)),
)
paths = st.builds(
    lambda *parts: "/".join(filter(None, parts)) + ".md",
    st.sampled_from(["en", "en-us", "ru"]),
    st.sampled_from(["", "a", "b", "a/b"]),
    st.sampled_from(["x", "y", "z", "_index", "a"]),
)
trees = st.dictionaries(paths, contents, max_size=7)


@given(trees, trees, st.randoms())
def test_renames_are_those_of_the_reference_implementation_in_any_order(deleted, added, random_order):
    old, new, blobs = sides(deleted, {path.replace(".md", "x.md"): content for path, content in added.items()})
    expected = reference_renames(old, new, blobs)
    for _ in range(2):
        assert match_renames(old, new, blob_reader(blobs)) == expected
        random_order.shuffle(old)
        random_order.shuffle(new)


# --- Performance ------------------------------------------------------------------------------------------------------


def long_text(seed, lines=60):
    draw = random.Random(seed)
    return [
        f"{draw.randrange(10**9)} is what line {draw.randrange(10**6)} of this text says to its reader."
        for _ in range(lines)
    ]


def moved_and_edited_files(count, lines=60):
    deleted, added = {}, {}
    for number in range(count):
        body = long_text(number, lines)
        deleted[f"en/old/s{number % 20}/{number}.md"] = "\n".join([*body, "The licence is the same everywhere."])
        body[number % lines] = "This line was replaced."
        added[f"en/new/s{number % 20}/n{number}.md"] = "\n".join([*body, "The licence is the same everywhere."])
    return deleted, added


@pytest.mark.timing
def test_five_hundred_moved_and_edited_files_are_matched_within_a_second():
    old, new, blobs = sides(*moved_and_edited_files(500))
    expected = [f"en/new/s{number % 20}/n{number}.md" for number in range(500)]
    assert {after.path for _, after in match_renames(old, new, blob_reader(blobs))} == set(expected)
    assert is_faster_than(1, lambda: match_renames(old, new, blob_reader(blobs)))


@pytest.mark.timing
def test_two_thousand_equal_files_are_paired_within_a_second():
    deleted = {f"en/old/{number}/_index.md": text(1) for number in range(2000)}
    old, new, blobs = sides(deleted, {path.replace("old", "new"): content for path, content in deleted.items()})
    pairs = match_renames(old, new, blob_reader(blobs))
    assert [after.path for _, after in pairs] == [before.path.replace("old", "new") for before, _ in pairs]
    assert is_faster_than(1, lambda: match_renames(old, new, blob_reader(blobs)))


@pytest.mark.timing
def test_two_thousand_files_with_common_lines_are_compared_within_two_seconds():
    common = [long_text(number, 1)[0] for number in range(30)]
    numbers = range(2000)
    deleted = {f"en/a{number}.md": "\n".join([*common, *long_text(number, 20)]) for number in numbers}
    added = {f"en/b{number}.md": "\n".join([*common, *long_text(number + 5000, 20)]) for number in numbers}
    old, new, blobs = sides(deleted, added)
    assert is_faster_than(2, lambda: match_renames(old, new, blob_reader(blobs)))


def test_long_texts_are_sampled_and_read_in_small_groups(monkeypatch):
    monkeypatch.setattr(sketches, "MAX_PIECES", 1000)
    old, new, blobs = sides(*moved_and_edited_files(30, lines=800))
    group_sizes = []
    pairs = match_renames(old, new, blob_reader(blobs, group_sizes))
    assert [after.key.rpartition("/n")[2] for _, after in pairs] == [
        before.key.rpartition("/")[2] for before, _ in pairs
    ]
    assert (len(pairs), sum(group_sizes), max(group_sizes)) == (30, 60, 60)
    sketch = sketches._make_sketch(blobs[old[0].blob], 100)
    assert (len(sketch.pieces) <= 100, sketch.one_in) == (True, 8 if len(sketch.pieces) > 50 else 16)


def test_blobs_are_read_in_small_groups():
    old, new, blobs = sides(*moved_and_edited_files(100, lines=3))
    group_sizes = []
    match_renames(old, new, blob_reader(blobs, group_sizes))
    assert (sum(group_sizes), max(group_sizes)) == (200, sketches.BLOBS_PER_READ)
