"""`python -m benchmarks [ROW …]`: measure how fast the site is; print a table with goals."""

import argparse
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.benchmark_site import MeasurementFailed
from benchmarks.rows import baking, in_process, large, starting, under_change, warm
from benchmarks.scale import QUICK, Scale
from benchmarks.table import TableRow, markdown_table, write_json

# By name: what is measured together, on a site in a new folder.
ROWS: dict[str, Callable[[Path, Scale], Iterator[TableRow]]] = {
    "warm": warm.measure,
    "cold": in_process.measure_cold,
    "change": under_change.measure,
    "publishing": in_process.measure_publishing,
    "comparison": in_process.measure_comparison,
    "preview": in_process.measure_preview,
    "history": large.measure_history,
    "pages": large.measure_pages,
    "bake": baking.measure,
    "start": starting.measure,
    "admin": in_process.measure_admin,
}


def measure(names: list[str], scale: Scale) -> Iterator[TableRow]:
    """Measure one row after the other. A row that fails says why."""
    for name in names:
        with tempfile.TemporaryDirectory(prefix="selfprivacy-site-bench-") as folder:
            try:
                yield from ROWS[name](Path(folder), scale)
            except MeasurementFailed as error:
                yield TableRow(name, None, remark=f"failed: {error}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], metavar="ROW", help=f"of: {', '.join(ROWS)}")
    parser.add_argument(
        "--quick", action="store_true", help="tiny numbers, only to see that everything can be measured"
    )
    parser.add_argument("--json", type=Path, help="write the table to this file too")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown at the end")
    return parser.parse_args()


def main() -> int:
    """Return 1 if a row failed, but not if a goal is missed: that depends on the machine."""
    options, rows = parse_arguments(), []
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}", flush=True)
    for row in measure(options.rows or list(ROWS), QUICK if options.quick else Scale()):
        print(row, flush=True)
        rows.append(row)
    if options.markdown:
        print(f"\n{markdown_table(rows)}")
    if options.json:
        write_json(rows, options.json)
    return int(any(row.remark.startswith("failed: ") for row in rows))


if __name__ == "__main__":
    sys.exit(main())
