"""`python -m benchmarks.serving.application_server MODULE:NAME OPTIONS`: serve an application like the site.

The options are those of `selfprivacy_site.server`, which runs it with the server of the site.
"""

import sys
from typing import Any

from granian._internal import load_target

from selfprivacy_site import server


def main() -> None:
    target = sys.argv.pop(1)

    def load_application(_server_pid: int) -> Any:
        return load_target(target)

    server.load_application = load_application
    server.main()


if __name__ == "__main__":
    main()
