"""What wrk prints, and what a page says of its version."""

import pytest

from benchmarks.benchmark_site import MeasurementFailed
from benchmarks.rows.under_change import judge, numbers_of
from benchmarks.serving.load import Load, parse_output
from benchmarks.table import TableRow, at_most

OUTPUT = """Running 3s test @ http://127.0.0.1:8000
  1 threads and 8 connections
  Latency Distribution
     50%  311.00us
     75%  400.00us
     90%    1.02ms
     99%    {p99}
  37503 requests in 3.00s, 30.11MB read
{failure}Requests/sec:  12501.07
Transfer/sec:     10.04MB
"""


@pytest.mark.parametrize(("p99", "milliseconds"), [("850.00us", 0.85), ("9.66ms", 9.66), ("1.50s", 1500)])
def test_rate_and_slowest_answers_are_read_from_the_output(p99, milliseconds):
    assert parse_output(OUTPUT.format(p99=p99, failure="")) == Load(12501.07, milliseconds, 37503)


@pytest.mark.parametrize(
    "failure", ["Non-2xx or 3xx responses: 12", "Socket errors: connect 0, read 3, write 0, timeout 0"]
)
def test_run_with_a_failed_request_is_not_measured(failure):
    with pytest.raises(MeasurementFailed, match=failure):
        parse_output(OUTPUT.format(p99="1.00ms", failure=f"  {failure}\n"))


def test_run_without_an_answer_is_not_measured():
    with pytest.raises(MeasurementFailed, match="no request was answered"):
        parse_output("Requests/sec:      0.00\n")


PAGE = (
    b'<title>Title-3- \xc2\xb7 Site</title><article data-version="3"><h1>Title-3-</h1><a>Version 3, 1 March</a>'
    b"<li>Note-3-</li><li>Note-2-</li><p>Body-3-</p><p>End-3-</p>"
)


def test_parts_of_a_page_name_its_version():
    assert numbers_of(PAGE) == [3] * 7


@pytest.mark.parametrize(
    ("part", "other"),
    [
        (b"<title>Title-3-", b"<title>Title-2-"),
        (b"<h1>Title-3-", b"<h1>Title-2-"),
        (b"Version 3,", b"Version 4,"),
        (b'data-version="3"', b'data-version="4"'),
        (b"<li>Note-3-</li>", b""),
        (b"Body-3-", b"Body-2-"),
        (b"End-3-", b""),
    ],
)
def test_page_made_of_two_versions_is_noticed(part, other):
    assert part in PAGE
    assert len(set(numbers_of(PAGE.replace(part, other)))) == 2


@pytest.mark.parametrize(("rate", "is_met"), [(10, True), (9, True), (8.9, None), (0, None)])
def test_too_few_publications_meet_no_goal(rate, is_met):
    row = judge(TableRow("p99", 1.05, "×", at_most(2), "5 ms"), rate)
    assert (row.is_met, row.remark) == (is_met, f"5 ms; {rate:.1f} versions a second were published")
