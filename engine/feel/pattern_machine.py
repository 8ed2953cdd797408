"""Run a compiled pattern over a text: all alternatives advance together (Pike's machine).

Time grows with text times pattern, whatever the pattern, and every character is paid for from the budget.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.feel.limits import Run

Matcher = Callable[[str], bool]


@dataclass(slots=True)
class Step:
    """operation: char, split (first is preferred), jump, save, begin, end, match."""

    operation: str
    first: int = 0
    second: int = 0
    matcher: Matcher | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    program: tuple[Step, ...]
    slots: int
    multiline: bool

    def search(self, text: str, start: int, run: Run) -> tuple[int, ...] | None:
        """Start and end of the leftmost match and of its groups (-1: not part of it), or None."""
        threads: list[tuple[int, tuple[int, ...]]] = []
        found: tuple[int, ...] | None = None
        for place in range(start, len(text) + 1):
            if found is None:
                visited = {step for step, _ in threads}
                self._follow(threads, visited, 0, (-1,) * self.slots, place, text)
            if not threads and found is not None:
                break
            run.charge(1 + len(threads) // 8)
            following: list[tuple[int, tuple[int, ...]]] = []
            visited = set()
            for step, groups in threads:
                instruction = self.program[step]
                if instruction.operation == "match":
                    found = groups
                    break  # threads behind this one are less preferred
                if place < len(text) and instruction.matcher is not None and instruction.matcher(text[place]):
                    self._follow(following, visited, step + 1, groups, place + 1, text)
            threads = following
        return found

    def find_all(self, text: str, run: Run) -> Iterator[tuple[int, ...]]:
        place = 0
        while place <= len(text):
            groups = self.search(text, place, run)
            if groups is None:
                return
            yield groups
            place = groups[1] if groups[1] > groups[0] else groups[1] + 1

    def _follow(
        self,
        threads: list[tuple[int, tuple[int, ...]]],
        visited: set[int],
        step: int,
        groups: tuple[int, ...],
        place: int,
        text: str,
    ) -> None:
        pending = [(step, groups)]
        while pending:
            step, groups = pending.pop()
            if step in visited:
                continue
            visited.add(step)
            instruction = self.program[step]
            match instruction.operation:
                case "jump":
                    pending.append((instruction.first, groups))
                case "split":
                    pending.append((instruction.second, groups))
                    pending.append((instruction.first, groups))
                case "save":
                    slot = instruction.first
                    pending.append((step + 1, (*groups[:slot], place, *groups[slot + 1 :])))
                case "begin" | "end":
                    if self._anchored(instruction.operation, place, text):
                        pending.append((step + 1, groups))
                case _:
                    threads.append((step, groups))

    def _anchored(self, operation: str, place: int, text: str) -> bool:
        if operation == "begin":
            return place == 0 or (self.multiline and text[place - 1] == "\n")
        return place == len(text) or (self.multiline and text[place] == "\n")
