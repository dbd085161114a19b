"""Requests as fast as one core sends them, with wrk."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.benchmark_site import MeasurementFailed
from benchmarks.serving.servers import LOAD_CORE, Server, pinned

CONNECTIONS = 8
MISSING = "wrk is not installed: apt-get install wrk"
MILLISECONDS = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}
# wrk itself repeats one path.
SCRIPT = """
local paths, number = {%s}, 0
request = function()
  number = number %% #paths + 1
  return wrk.format("GET", paths[number])
end
"""


def has_wrk() -> bool:
    return shutil.which("wrk") is not None


@dataclass(frozen=True)
class Load:
    """What a run under load measured: requests a second, and the time in which 99 of 100 were answered.

    `microseconds` is the server's processor time for a request: other processes on its core hardly change it.
    """

    rate: float
    p99_milliseconds: float
    requests: int
    microseconds: float = 0


def parse_output(output: str) -> Load:
    """Read what wrk printed. Raises MeasurementFailed if a request failed."""
    if failure := re.search(r"^ *(Non-2xx or 3xx responses: .*|Socket errors: .*)", output, re.MULTILINE):
        raise MeasurementFailed(failure[1])
    p99 = re.search(r"^ *99% +([\d.]+)(us|ms|s|m)$", output, re.MULTILINE)
    rate = re.search(r"^Requests/sec: +([\d.]+)", output, re.MULTILINE)
    requests = re.search(r"^ *(\d+) requests in ", output, re.MULTILINE)
    if not (p99 and rate and requests):
        raise MeasurementFailed("wrk: no request was answered in time")
    return Load(float(rate[1]), float(p99[1]) * MILLISECONDS[p99[2]], int(requests[1]))


def put_under_load(
    server: Server, paths: Iterable[str], seconds: float, headers: Mapping[str, str] | None = None
) -> Load:
    """Request paths in turn for some seconds. Raises MeasurementFailed."""
    with tempfile.TemporaryDirectory(prefix="selfprivacy-site-bench-") as folder:
        script = Path(folder) / "paths.lua"
        script.write_text(SCRIPT % ", ".join(f'"{path}"' for path in paths))
        options = f"--latency --threads 1 --connections {CONNECTIONS} --duration {max(1, round(seconds))}s"
        fields = [f"--header={name}: {value}" for name, value in (headers or {}).items()]
        command = ["wrk", *options.split(), f"--script={script}", *fields, server.address]
        used = server.processor_seconds
        process = subprocess.run(
            pinned(LOAD_CORE, command), capture_output=True, encoding="utf-8", check=False, timeout=seconds + 60
        )
    if process.returncode:
        raise MeasurementFailed(f"wrk: {process.stderr.strip() or process.stdout.strip()}")
    load = parse_output(process.stdout)
    return replace(load, microseconds=(server.processor_seconds - used) / load.requests * 1e6)
