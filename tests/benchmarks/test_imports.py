"""The measurement of commands, and the repository with a generated history."""

import pytest

from benchmarks.benchmark_site import BenchmarkSite, MeasurementFailed
from benchmarks.imports import Figure, GeneratedRepository, seconds_each


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return BenchmarkSite(tmp_path_factory.mktemp("site"))


def test_run_measures_time_and_memory_of_a_command(site):
    run = site.run("check")
    assert run.processor_seconds > 0
    assert 0 < run.seconds < 60
    assert 20e6 < run.memory < 1e9
    assert run.is_complete


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["no_such_command"], "no_such_command exited with 1: Unknown command: 'no_such_command'"),
        (["migrate", "no_such_app"], "migrate exited with 1: CommandError: No installed app"),
        (["sqlmigrate"], "sqlmigrate exited with 2: .*required"),
        (["check", "--settings=no_such_settings"], "check exited with 1: ModuleNotFoundError: "),
    ],
)
def test_failed_command_is_not_measured(site, arguments, reason):
    with pytest.raises(MeasurementFailed, match=f"^{reason}"):
        site.run(*arguments)


def test_start_of_a_command_can_be_measured(site):
    assert site.run("migrate", "--help").is_complete


def test_site_has_row_counts_and_a_database_size(site):
    assert site.count_rows("django_migrations") > 10
    assert site.database_size() == (site.folder / "site.sqlite3").stat().st_size > 100_000


def test_history_is_truncated_to_a_number_of_commits(tmp_path):
    history = GeneratedRepository(tmp_path / "history.git", 60)
    history.truncate(30)
    assert history.git("rev-list", "--first-parent", "--count", "main").strip() == "30"


def test_seconds_each_are_of_the_batches_within_a_part():
    batches = [(0.0, 0), (1.0, 10), (3.0, 20), (6.0, 30), (8.0, 35), (10.0, 40)]
    assert seconds_each(batches, 0, 1 / 4) == 0.1
    assert seconds_each(batches, 3 / 4, 1) == 0.4
    with pytest.raises(MeasurementFailed, match="too few batches"):
        seconds_each(batches, 0, 0.1)


def test_times_are_measured_for_a_real_import(site, tmp_path):
    history = GeneratedRepository(tmp_path / "history.git", 60)
    times = site.import_with_times(history.path)
    counts = {"texts": site.count_rows("pages_revision"), "planned": 60, "written": 60}
    assert {name: (pairs[0], pairs[-1][1]) for name, pairs in times.items()} == {
        name: ((0.0, 0), count) for name, count in counts.items()
    }
    assert all(pairs == sorted(pairs) for pairs in times.values())
    with pytest.raises(MeasurementFailed, match="batch times: "):
        site.import_with_times(tmp_path / "nothing")


def test_figure_is_printed_with_its_target():
    assert str(Figure("3.2 s", "import", "15 s")).strip() == "3.2 s  import (target: 15 s)"
    assert str(Figure("3.2 s", "import")).strip() == "3.2 s  import"
