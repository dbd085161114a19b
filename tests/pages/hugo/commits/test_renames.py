"""Renames: the files that a commit deleted and added, paired as a reader would; and as a simple, slow version does."""

import random
from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.hugo.commits import renames
from pages.hugo.commits.renames import AddedFile, DeletedFile, match_renames
from pages.text.source import digest
from tests.timing import is_faster_than

LINES = [f"Sentence {number:02} of what we promise to our readers." for number in range(40)]


def text(*numbers, title="Privacy", ending="\n"):
    return f"---\ntitle: {title}\n---\n\n" + "".join(LINES[number] + ending for number in numbers)


def key_of(path):
    parts = path.removesuffix(".md").split("/")[1:]
    return "/".join(parts[:-1] if parts[-1] in ("_index", "index") else parts)


def files_of(kind, contents, blobs):
    files = []
    for path, content in contents.items():
        blob = digest(content.encode())
        blobs[blob] = content.encode()
        files.append(kind(path, path.split("/")[0], key_of(path), blob))
    return files


def sides(gone, come):
    blobs = {}
    return files_of(DeletedFile, gone, blobs), files_of(AddedFile, come, blobs), blobs


def renamed(gone, come):
    old, new, blobs = sides(gone, come)
    return {before.path: after.path for before, after in match_renames(old, new, reading(blobs))}


def reading(blobs):
    return lambda names: {name: blobs[name] for name in names}


@pytest.mark.parametrize(
    ("gone", "come", "expected"),
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
        pytest.param(["en/A.md"], ["en/a.md"], {"en/A.md": "en/a.md"}, id="case alone"),
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
def test_of_several_equal_files_the_one_whose_path_shares_most_is_it(gone, come, expected):
    assert renamed(dict.fromkeys(gone, text(1, 2)), dict.fromkeys(come, text(1, 2))) == expected


@pytest.mark.parametrize("content", ["", " \n" * 20, "under 16 bytes.", "\ufeff"])
def test_file_that_says_nothing_is_moved_only_under_its_own_name(content):
    gone, come = {"en/a/x.md": content, "en/a/y.md": content}, {"en/b/x.md": content, "en/b/z.md": content}
    assert renamed(gone, come) == {"en/a/x.md": "en/b/x.md"}


def test_file_of_sixteen_bytes_is_moved_under_any_name():
    assert renamed({"en/a.md": "x" * 16}, {"en/b/c.md": "x" * 16}) == {"en/a.md": "en/b/c.md"}


def test_equal_goes_before_similar():
    gone, come = {"en/a.md": text(*range(10)), "en/b.md": text(*range(9))}, {"en/c.md": text(*range(9))}
    assert renamed(gone, come) == {"en/b.md": "en/c.md"}


def test_most_similar_goes_first():
    gone = {"en/a.md": text(*range(10)), "en/b.md": text(*range(8))}
    come = {"en/c.md": text(*range(9), 30), "en/d.md": text(*range(5), *range(31, 35))}
    assert renamed(gone, come) == {"en/a.md": "en/c.md", "en/b.md": "en/d.md"}


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
def test_half_of_the_longer_body_must_be_in_both(content, is_similar):
    assert bool(renamed({"en/a.md": text(*range(10))}, {"en/b.md": content})) is is_similar


def test_front_matter_alone_makes_no_rename():
    front = "".join(f"key{number}: a value that many files share\n" for number in range(50))
    gone, come = (f"---\n{front}---\nAll about {subject}.\n" for subject in ("cats and mice", "dogs and bones"))
    assert renamed({"en/a.md": gone}, {"en/b.md": come}) == {}
    assert renamed({"en/a.md": f"---\n{front}---\n"}, {"en/b.md": f"---\n{front}x: y\n---\n"}) == {}


def test_paragraph_of_one_line_is_compared_by_its_sentences():
    one, other = text(*range(10), ending=" "), text(*range(4), 20, *range(5, 10), ending=" ")
    assert renamed({"en/a.md": one}, {"en/b.md": other}) == {"en/a.md": "en/b.md"}


SECTION = {f"en/old/{name}.md": text(number, number + 1) for number, name in enumerate("abc")}
MOVED = {path.replace("old", "new"): content for path, content in SECTION.items()}


@pytest.mark.parametrize(
    ("common", "expected"),
    [(2, {"en/old/p/x.md": "en/new/p/x.md"}), (1, {})],
)
def test_file_whose_section_moved_needs_to_share_less(common, expected):
    gone = {"en/old/p/x.md": text(*range(20, 28))}
    come = {"en/new/p/x.md": text(*range(20, 20 + common), *range(30, 38 - common))}
    assert renamed(gone, come) == {}
    paths = {path: path.replace("old", "new") for path in SECTION}
    assert renamed(SECTION | gone, MOVED | come) == paths | expected


def test_section_that_moved_in_one_language_tells_where_it_went_in_another():
    gone, come = {"ru/old/x.md": text(20, 21, 22)}, {"ru/new/x.md": text(20, 31, 32)}
    assert renamed(SECTION | gone, MOVED | come)["ru/old/x.md"] == "ru/new/x.md"


def test_file_in_its_place_goes_before_one_that_is_more_alike_elsewhere():
    gone = {"en/old/x.md": text(*range(20, 28))}
    come = {"en/new/x.md": text(*range(20, 25)), "en/y.md": text(*range(20, 27))}
    assert renamed(gone, come) == {"en/old/x.md": "en/y.md"}
    assert renamed(SECTION | gone, MOVED | come)["en/old/x.md"] == "en/new/x.md"


def test_file_that_is_similar_elsewhere_goes_before_one_in_its_place_that_is_not():
    gone = {"en/old/x.md": text(*range(20, 28))}
    come = {"en/new/x.md": text(20, 21, *range(30, 36)), "en/y.md": text(*range(20, 27))}
    assert renamed(SECTION | gone, MOVED | come)["en/old/x.md"] == "en/y.md"


def test_page_that_becomes_a_bundle_is_the_same_page():
    gone, come = {"en/x.md": text(*range(8))}, {"en/x/_index.md": text(0, 1, *range(20, 26)), "en/y.md": text(9)}
    assert renamed(gone, come) == {"en/x.md": "en/x/_index.md"}


def test_section_of_front_matter_alone_moves_with_its_pages():
    gone, come = {"en/old/_index.md": text()}, {"en/new/_index.md": text() + "\n"}
    assert renamed(SECTION | gone, MOVED | come)["en/old/_index.md"] == "en/new/_index.md"
    come = {"en/new/_index.md": text(title="All that is new")}
    assert "en/old/_index.md" not in renamed(SECTION | {"en/old/_index.md": text()}, MOVED | come)


def test_blob_that_cannot_be_had_is_similar_to_none():
    old, new, _ = sides({"en/a.md": text(1, 2, 3)}, {"en/b.md": text(1, 2, 4)})
    assert match_renames(old, new, lambda names: {}) == []


def test_path_of_any_depth_is_compared():
    deep = "en/" + "a/" * 2000
    gone, come = [f"{deep}{name}/x.md" for name in "ab"], [f"{deep}{name}/x.md" for name in "cd"]
    found = renamed(dict.fromkeys(gone, text(1)), dict.fromkeys(come, text(1)))
    assert found == dict(zip(gone, come, strict=True))


# --- The simple version: every pair is ranked, and the best are taken. ---


def slowly(gone, come, blobs):
    """Return what `match_renames` does, from all pairs: first those of one code, then those of one language."""
    pairs = slowly_within(gone, come, blobs, [], lambda one, other: one == other)
    return sorted(slowly_within(gone, come, blobs, pairs, lambda one, other: one[:2] == other[:2]))


def slowly_within(gone, come, blobs, pairs, is_one_language):
    alike = [pair for pair in product(gone, come) if is_one_language(*(file.language for file in pair))]
    pairs = best([(exact_rank(*pair, blobs), pair) for pair in alike if is_exact(*pair, blobs)], pairs)
    moves = {(before.key, after.key) for before, after in pairs}
    ranked = []
    for before, after in alike:
        rank = similar_rank(before, after, moves, blobs)
        ranked += [(rank, (before, after))] if rank else []
    return best(ranked, pairs)


def best(ranked, pairs):
    pairs = list(pairs)
    for _, (before, after) in sorted(ranked):
        if not any(before == one or after == other for one, other in pairs):
            pairs.append((before, after))
    return pairs


def is_exact(before, after, blobs):
    content = blobs[before.blob]
    same_name = before.path.split("/")[-1] == after.path.split("/")[-1]
    says_something = len(content) >= 16 and content.strip() != b""
    return before.blob == after.blob and (same_name or says_something)


def shared(one, other):
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def exact_rank(before, after, blobs):
    one, other = before.path.split("/"), after.path.split("/")
    return -shared(one[::-1], other[::-1]), -shared(one, other)


def went(key, new_key, moves):
    """Tell whether a key became another as one of the moves did, in its first parts."""
    for old, new in moves:
        one, other = old.split("/"), new.split("/")
        while one and other and one[-1] == other[-1]:
            one, other = one[:-1], other[:-1]
        parts = key.split("/") if key else []
        one, other = [part for part in one if part], [part for part in other if part]
        if parts[: len(one)] == one and [*other, *parts[len(one) :]] == (new_key.split("/") if new_key else []):
            return True
    return key == new_key


def pieces(content):
    front, _, body = content.partition(b"\n---\n")
    has_body = bool(body.strip()) if front.startswith(b"---") else bool(content.strip())
    body = body if front.startswith(b"---") and has_body else content
    return has_body, Counter(line.strip() for line in body.splitlines() if line.strip() not in (b"", b"---"))


def weigh(counted):
    return sum((len(line) + 1) * count for line, count in counted.items())


def similar_rank(before, after, moves, blobs):
    (has_body, one), (other_has, other) = pieces(blobs[before.blob]), pieces(blobs[after.blob])
    is_expected = went(before.key, after.key, moves)
    if has_body != other_has or not (has_body or is_expected):
        return None
    common, longer = weigh(one & other), max(weigh(one), weigh(other), 1)
    alike = common / longer
    if alike < (0.2 if is_expected else 0.5) or (common <= 16 and not is_expected):
        return None
    return ((0 if is_expected else 1) if alike >= 0.5 else 2, -alike, *exact_rank(before, after, blobs))


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
def test_renames_are_those_of_the_simple_version_in_any_order(gone, come, rnd):
    old, new, blobs = sides(gone, {path.replace(".md", "x.md"): content for path, content in come.items()})
    expected = slowly(old, new, blobs)
    for _ in range(2):
        assert match_renames(old, new, reading(blobs)) == expected
        rnd.shuffle(old)
        rnd.shuffle(new)


# --- Much at once. ---


def long_text(seed, lines=60):
    draw = random.Random(seed)
    return [
        f"{draw.randrange(10**9)} is what line {draw.randrange(10**6)} of this text says to its reader."
        for _ in range(lines)
    ]


def many(count, lines=60):
    gone, come = {}, {}
    for number in range(count):
        body = long_text(number, lines)
        gone[f"en/old/s{number % 20}/{number}.md"] = "\n".join([*body, "The licence is the same everywhere."])
        body[number % lines] = "Something else was put here instead."
        come[f"en/new/s{number % 20}/n{number}.md"] = "\n".join([*body, "The licence is the same everywhere."])
    return gone, come


@pytest.mark.timing
def test_five_hundred_files_that_were_moved_and_edited_are_found_at_once():
    old, new, blobs = sides(*many(500))
    expected = [f"en/new/s{number % 20}/n{number}.md" for number in range(500)]
    assert {after.path for _, after in match_renames(old, new, reading(blobs))} == set(expected)
    assert is_faster_than(1, lambda: match_renames(old, new, reading(blobs)))


@pytest.mark.timing
def test_two_thousand_equal_files_are_paired_at_once():
    gone = {f"en/old/{number}/_index.md": text(1) for number in range(2000)}
    old, new, blobs = sides(gone, {path.replace("old", "new"): content for path, content in gone.items()})
    pairs = match_renames(old, new, reading(blobs))
    assert [after.path for _, after in pairs] == [before.path.replace("old", "new") for before, _ in pairs]
    assert is_faster_than(1, lambda: match_renames(old, new, reading(blobs)))


@pytest.mark.timing
def test_two_thousand_files_with_the_same_lines_but_other_ones_are_no_renames():
    common = [long_text(number, 1)[0] for number in range(30)]
    gone = {f"en/a{n}.md": "\n".join([*common, *long_text(n, 20)]) for n in range(2000)}
    come = {f"en/b{n}.md": "\n".join([*common, *long_text(n + 5000, 20)]) for n in range(2000)}
    old, new, blobs = sides(gone, come)
    assert is_faster_than(2, lambda: match_renames(old, new, reading(blobs)))


def test_long_texts_are_compared_by_a_part_of_them_and_read_a_few_at_a_time(monkeypatch):
    monkeypatch.setattr(renames, "MAX_PIECES", 1000)
    old, new, blobs = sides(*many(30, lines=800))
    asked = []
    found = match_renames(old, new, lambda names: asked.append(len(names)) or {name: blobs[name] for name in names})
    assert [after.key.rpartition("/n")[2] for _, after in found] == [
        before.key.rpartition("/")[2] for before, _ in found
    ]
    assert (len(found), sum(asked), max(asked)) == (30, 60, 60)
    sketch = renames._make_sketch(blobs[old[0].blob], 100)
    assert (len(sketch.pieces) <= 100, sketch.one_in) == (True, 8 if len(sketch.pieces) > 50 else 16)


def test_blobs_are_asked_for_a_few_at_a_time():
    old, new, blobs = sides(*many(100, lines=3))
    asked = []
    match_renames(old, new, lambda names: asked.append(len(names)) or {name: blobs[name] for name in names})
    assert (sum(asked), max(asked)) == (200, renames.BLOBS_PER_READ)
