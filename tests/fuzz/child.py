"""The confined process: `python -m tests.fuzz.child TARGET MEGABYTES` answers each line of input with a line."""

import json
import resource
import sys
import time
from base64 import b64decode

from tests.fuzz.targets import TARGETS


def main(target_name: str, megabytes: int) -> None:
    target = TARGETS[target_name]
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + megabytes * 2**20,) * 2)
    print("ready", flush=True)
    for line in sys.stdin.buffer:
        content = b64decode(line)
        wrong = ""
        began, before = time.process_time(), _peak()
        try:
            target(content)
        except BaseException as error:  # noqa: BLE001  # whatever comes out is the finding
            wrong = f"{type(error).__name__}: {error}"[:500]
        print(json.dumps([wrong, time.process_time() - began, _peak() - before]), flush=True)


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
