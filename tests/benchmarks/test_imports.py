"""A figure is one of a command that did its work, and of the commits that it is said to be of."""

import subprocess

import pytest

from benchmarks.imports import Figure, History, NotMeasured, Run, Site, by_quarters


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return Site(tmp_path_factory.mktemp("site"))


def test_run_tells_what_a_command_took(site):
    run = site.run("check")
    assert run.processor_seconds > 0
    assert 0 < run.seconds < 60
    assert 20e6 < run.memory < 1e9
    assert run.is_complete


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["no_such_command"], "no_such_command ended with 1: Unknown command: 'no_such_command'"),
        (["migrate", "no_such_app"], "migrate ended with 1: CommandError: No installed app"),
        (["sqlmigrate"], "sqlmigrate ended with 2: .*required"),
        (["check", "--settings=no_such_settings"], "check ended with 1: ModuleNotFoundError: "),
    ],
)
def test_command_that_failed_has_no_figure(site, arguments, why):
    with pytest.raises(NotMeasured, match=f"^{why}"):
        site.run(*arguments)


def test_start_alone_can_be_measured(site):
    assert site.run("migrate", "--help").is_complete


def test_site_of_its_own_is_counted_and_weighed(site):
    assert site.count("django_migrations") > 10
    assert site.database_size() == (site.folder / "site.sqlite3").stat().st_size > 100_000


def test_history_grows_commit_by_commit(tmp_path):
    history = History(tmp_path / "history.git", 60)
    changed = [history.files_changed(first, last) for first, last in ((0, 1), (1, 30), (30, 60), (0, 60))]
    assert changed[0] == 20
    assert sum(changed[:3]) == changed[3] >= history.made.texts
    history.end_with(30)
    assert history.git("rev-list", "--first-parent", "--count", "main").strip() == "30"


class SlowSite:
    """A site that takes a second for each commit that is new, a tenth for its start, and does nothing."""

    def __init__(self):
        self.taken_in = 0

    def run(self, command, source, option=""):
        if source == "--help":
            return Run(0.1, 0, 0, True)
        command = ["git", "-C", str(source), "rev-list", "--first-parent", "--count", "main"]
        there = int(subprocess.run(command, check=True, capture_output=True).stdout)
        new, self.taken_in = there - self.taken_in, there
        return Run(0.1 + new, 0, 0, True)


def test_quarters_have_the_same_number_of_commits_and_the_last_commit_is_alone(tmp_path):
    history = History(tmp_path / "history.git", 61)
    first, last, ratio, one, start = by_quarters(SlowSite(), history)
    files = [history.files_changed(0, 15), history.files_changed(45, 60)]
    assert [first.value, last.value, one.value, start.value] == ["15.00 s", "15.00 s", "1.10 s", "0.10 s"]
    assert [first.name, last.name] == [
        f"{name} quarter of the commits, {count} files of texts changed"
        for name, count in zip(("first", "last"), files, strict=True)
    ]
    assert ratio.value == f"{files[0] / files[1]:.2f}"


def test_figure_stands_beside_its_target():
    assert str(Figure("3.2 s", "taken in", "15 s")).strip() == "3.2 s  taken in (target: 15 s)"
    assert str(Figure("3.2 s", "taken in")).strip() == "3.2 s  taken in"
