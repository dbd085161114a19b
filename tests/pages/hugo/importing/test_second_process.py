"""The second process of an import: what it computes, and how it ends."""

import os
import signal
import subprocess
import sys
import time
import weakref
from pathlib import Path
from threading import Event, Timer

import pytest

from pages.hugo.commits.text_findings import describe_all
from pages.hugo.importing import second_process
from pages.hugo.importing.second_process import MIN_BYTES, SecondProcess, values_in_turns
from pages.text.checks.surveyed_text import TextWithSource, survey_all
from pages.text.fields import Fields
from tests.processes import ROOT

MUCH = MIN_BYTES + 1
# `eval` is a function that the other process can call.
SLOW = "__import__('time').sleep(0.1) or __import__('os').getpid()"
# It ends only in this process.
HANGS_THERE = (
    f"__import__('time').sleep(60 * (__import__('os').getpid() != {os.getpid()})) or __import__('os').getpid()"
)
STARTS_ONE = f"""
import os, sys, time
from pages.hugo.importing.second_process import SecondProcess
process = SecondProcess()
process.expect({MUCH})
call = process.call(os.getpid)
while not call.has_value: time.sleep(0.01)
print(call.value, flush=True)
process.call(eval, "__import__('time').sleep(0.5)")
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def two_processors(monkeypatch):
    monkeypatch.setattr(second_process, "_count_processors", lambda: 2)


@pytest.fixture
def process():
    with SecondProcess() as process:
        process.expect(MUCH)
        yield process


def run_there(process, function, *arguments):
    """Call a function and wait until the second process has answered."""
    call = process.call(function, *arguments)
    while not call.has_value:
        time.sleep(0.01)
    return call.value


class Argument:
    """An object to which there can be a weak reference."""


def wait_until(condition):
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("it is not so after ten seconds")


def is_running(pid):
    # A process that nobody has waited for is not running either.
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for_end(pid):
    for _ in range(500):
        if not is_running(pid):
            return
        time.sleep(0.01)
    pytest.fail("the second process still runs")


def test_calls_about_much_text_are_made_in_one_other_process(process):
    first, second = (run_there(process, os.getpid) for _ in range(2))
    assert first == second != os.getpid()


def test_calls_about_little_text_are_made_here():
    with SecondProcess() as process:
        for size in (MIN_BYTES - 1, 1):
            process.expect(size)
            assert process.call(os.getpid).value == os.getpid()
        assert process._process is None


def test_calls_are_made_here_if_there_is_one_processor(monkeypatch):
    monkeypatch.setattr(second_process, "_count_processors", lambda: 1)
    with SecondProcess() as process:
        process.expect(MUCH)
        assert process.call(os.getpid).value == os.getpid()


def test_calls_are_made_here_after_the_other_process_was_killed(process):
    pid = run_there(process, os.getpid)
    os.kill(pid, signal.SIGKILL)
    wait_for_end(pid)
    assert [process.call(os.getpid).value for _ in range(3)] == [os.getpid()] * 3


def test_killed_process_is_not_used_any_more(process):
    pid = run_there(process, os.getpid)
    assert process.is_used
    os.kill(pid, signal.SIGKILL)
    wait_for_end(pid)
    assert run_there(process, os.getpid) == os.getpid()
    assert not process.is_used


def test_call_is_made_here_if_the_other_process_is_killed_meanwhile(process):
    pid = run_there(process, os.getpid)
    call = process.call(eval, HANGS_THERE)
    while not call._future.running():
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    assert call.value == os.getpid()


def test_both_processes_make_calls_and_values_keep_their_order(process):
    other = run_there(process, os.getpid)
    calls = ((number, process.call(eval, SLOW)) for number in range(6))
    values = list(values_in_turns(calls))
    assert [number for number, _ in values] == list(range(6))
    assert {pid for _, pid in values} == {os.getpid(), other}


def test_values_in_turns_are_computed_here_without_another_process():
    with SecondProcess(is_allowed=False) as process:
        process.expect(MUCH)
        calls = ((number, process.call(pow, number, 2)) for number in range(9))
        assert list(values_in_turns(calls)) == [(number, number**2) for number in range(9)]


def test_other_process_has_its_next_call_while_it_makes_one(process):
    first, second = (process.call(eval, "__import__('time').sleep(60)") for _ in range(2))
    wait_until(lambda: first._future.running() and second._future.running())
    third = process.call(os.getpid)
    assert [call.make_here() for call in (first, second, third)] == [False, False, True]
    assert third.value == os.getpid()


def test_arguments_are_not_kept_after_the_other_process_has_answered(process):
    argument = Argument()
    left = weakref.ref(argument)
    call = process.call(type, argument)
    del argument
    wait_until(lambda: call.has_value and left() is None)
    assert call.value is Argument


def test_long_calls_and_answers_are_complete(process):
    contents = [bytes([number]) * 3_000_000 for number in range(4)]
    calls = [process.call(bytes, content) for content in contents]
    wait_until(lambda: all(call.has_value for call in calls))
    assert [call.value for call in calls] == contents


def test_other_process_ends_with_the_block():
    with SecondProcess() as process:
        process.expect(MUCH)
        pid = run_there(process, os.getpid)
        process.call(eval, "__import__('time').sleep(60)")
    assert not is_running(pid)


def test_other_process_that_is_just_starting_ends_with_the_block(monkeypatch):
    started, is_starting, may_start = [], Event(), Event()
    start = second_process._start

    def start_slowly():
        is_starting.set()
        may_start.wait()
        started.append(start())
        return started[0]

    monkeypatch.setattr(second_process, "_start", start_slowly)
    with SecondProcess() as process:
        process.expect(MUCH)
        process.call(eval, "__import__('time').sleep(60)")
        is_starting.wait()
        # The block ends before the process runs.
        Timer(0.2, may_start.set).start()
        began = time.monotonic()
    assert time.monotonic() - began < 30
    assert started[0].returncode == -signal.SIGKILL


def test_other_process_ends_if_the_first_one_is_killed():
    first = subprocess.Popen([sys.executable, "-c", STARTS_ONE], cwd=ROOT, stdout=subprocess.PIPE)
    pid = int(first.stdout.readline())
    assert is_running(pid)
    first.kill()
    first.communicate()
    wait_for_end(pid)


def test_checks_need_neither_models_nor_the_database(process):
    content = b"---\ntitle: A\n---\n\na <!-- b -->\n"
    fields = Fields(title="A")
    (messages,) = run_there(process, describe_all, [(fields, content)])
    assert [str(message) for message in messages] == describe_all([(fields, content)])[0]
    assert messages[0].as_stored() == describe_all([(fields, content)])[0][0].as_stored()
    texts = [TextWithSource("Храним 14 дней.", "ru", "We keep it 30 days.", "en")]
    assert run_there(process, survey_all, texts) == survey_all(texts)
    modules = "[name for name in __import__('sys').modules if name in ('django.db', 'pages.models')]"
    assert run_there(process, eval, modules) == []
