"""Measure the step, the pages and the processes, and print: CPU of this process, medians. `make bench`."""

import tempfile
from pathlib import Path

from tests.bench.expressions import measure_expressions
from tests.bench.flat import measure_flat
from tests.bench.office import make_runtime
from tests.bench.pages import measure_pages
from tests.bench.processes import measure_processes
from tests.bench.ratios import measure_ratios
from tests.bench.starts import measure_starts
from tests.bench.steps import measure_blocks, measure_step


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runtime = make_runtime(f"sqlite:///{folder / 'bench.db'}", folder)
        measure_step(runtime)
        measure_blocks(runtime)
        measure_pages(runtime)
        measure_processes(folder)
        measure_ratios(folder)
        measure_flat(folder)
        measure_starts(folder)
        measure_expressions()


if __name__ == "__main__":
    main()
