"""`python -m benchmarks.in_process MODULE.FUNCTION JSON`: call a function of this package; print what it returns."""

import importlib
import json
import sys

import django

django.setup()


def main(name: str, arguments: str) -> None:
    module, _dot, function = name.rpartition(".")
    result = getattr(importlib.import_module(f"benchmarks.in_process.{module}"), function)(**json.loads(arguments))
    # Without a newline at the end: whatever was printed before is another line.
    sys.stdout.write(f"\n{json.dumps(result)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
