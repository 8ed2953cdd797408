"""One target under atheris: `python -m tests.fuzz.guided TARGET CORPUS [libFuzzer options]`."""

import sys

import atheris  # in no lock, see tests/fuzz/soak.py

with atheris.instrument_imports(include=["engine"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    target = TARGETS[sys.argv[1]]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
