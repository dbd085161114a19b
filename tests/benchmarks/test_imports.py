"""A figure is one of a command that did its work, and of the commits that it is said to be of."""

import pytest

from benchmarks.imports import Figure, History, NotMeasured, Site, seconds_a_text


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


def test_history_is_set_back_to_so_many_commits(tmp_path):
    history = History(tmp_path / "history.git", 60)
    history.end_with(30)
    assert history.git("rev-list", "--first-parent", "--count", "main").strip() == "30"


def test_pace_is_that_of_the_batches_within_a_part():
    marks = [(0.0, 0), (1.0, 10), (3.0, 20), (6.0, 30), (8.0, 35), (10.0, 40)]
    assert seconds_a_text(marks, 0, 1 / 4) == 0.1
    assert seconds_a_text(marks, 3 / 4, 1) == 0.4
    with pytest.raises(NotMeasured, match="too few batches"):
        seconds_a_text(marks, 0, 0.1)


def test_pace_is_measured_of_a_real_history(site, tmp_path):
    history = History(tmp_path / "history.git", 60)
    marks = site.marks(history.path)
    assert (marks[0], marks[-1][1]) == ((0.0, 0), site.count("pages_revision"))
    assert marks == sorted(marks)
    with pytest.raises(NotMeasured, match="the pace: "):
        site.marks(tmp_path / "nothing")


def test_figure_stands_beside_its_target():
    assert str(Figure("3.2 s", "taken in", "15 s")).strip() == "3.2 s  taken in (target: 15 s)"
    assert str(Figure("3.2 s", "taken in")).strip() == "3.2 s  taken in"
