"""Long runs: `python -m tests.soak [NAME ...] [--minutes N]` runs each of them for so long and prints its figures.

A soak is a function of minutes that returns figures or raises. Register it here.
"""

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Mapping

from tests.fuzz import soak as fuzz
from tests.oracle import soak as oracle
from tests.soak import every_statement, killed_workers, waiting_timers

SOAKS: dict[str, Callable[[float], Mapping[str, object]]] = {
    "fuzz": fuzz.soak,
    "oracle": oracle.soak,
    "killed_workers": killed_workers.soak,
    "every_statement": every_statement.soak,
    "waiting_timers": waiting_timers.soak,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.soak", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SOAKS))
    parser.add_argument("--minutes", type=float, default=10.0, help="for each; 10 unless told")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - SOAKS.keys()
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(SOAKS)}")
    failed = 0
    for name in arguments.names or SOAKS:
        try:
            figures = SOAKS[name](arguments.minutes)
        except Exception:  # noqa: BLE001  # the other soaks still run; the exit status tells
            traceback.print_exc()
            failed += 1
        else:
            print(name, json.dumps(dict(figures), default=str), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
