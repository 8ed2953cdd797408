"""Functions of strings."""

from engine.feel.functions.registry import builtin, environmental
from engine.feel.limits import Run, check_count, check_length
from engine.feel.patterns import compile_pattern
from engine.feel.values import Value, truncated

builtin("string length(string: string)")(len)
builtin("upper case(string: string)")(str.upper)
builtin("lower case(string: string)")(str.lower)
builtin("trim(string: string)")(str.strip)
builtin("is blank(string: string?)")(lambda string: not (string or "").strip())
builtin("contains(string: string, match: string)")(lambda string, match: match in string)
builtin("starts with(string: string, match: string)")(str.startswith)
builtin("ends with(string: string, match: string)")(str.endswith)


@builtin("substring(string: string, start position: number, length?: number)")
def substring(string: str, start: Value, length: Value = None) -> str | None:
    """Positions count from 1; negative ones from the end."""
    position = truncated(start)
    count = None if length is None else truncated(length)
    if not position or abs(position) > len(string) or (length is not None and (count is None or count < 1)):
        return None
    first = position - 1 if position > 0 else len(string) + position
    return string[first:] if count is None else string[first : first + count]


@builtin("substring before(string: string, match: string)")
def substring_before(string: str, match: str) -> str:
    return string.split(match, 1)[0] if match and match in string else ""


@builtin("substring after(string: string, match: string)")
def substring_after(string: str, match: str) -> str:
    if not match:
        return string
    return string.split(match, 1)[1] if match in string else ""


@builtin(
    "string join(list: list, delimiter: string?)",
    "string join(list: list)",
    "string join(list: list, delimiter: string?, prefix: string?, suffix: string?)",
)
def string_join(
    items: list[Value], delimiter: str | None = None, prefix: str | None = None, suffix: str | None = None
) -> Value:
    texts = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in texts):
        return None
    check_length(sum(map(len, texts)) + len(delimiter or "") * len(texts))
    return (prefix or "") + (delimiter or "").join(texts) + (suffix or "")


@environmental("matches(input: string, pattern: string, flags?: string?)")
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool | None:
    """A pattern that cannot be run in bounded time, or that is none, gives null."""
    compiled = compile_pattern(pattern, flags or "")
    return None if compiled is None else compiled.search(text, 0, run) is not None


@environmental("replace(input: string, pattern: string, replacement: string, flags?: string?)")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> str | None:
    """`$1` in the replacement is the first group, `$0` the whole match."""
    compiled = compile_pattern(pattern, flags or "")
    if compiled is None:
        return None
    parts: list[str] = []
    done = length = 0
    for groups in compiled.find_all(text, run):
        start, end = groups[0], groups[1]
        filled = _filled(replacement, text, groups)
        parts += (text[done:start], filled)
        length += len(filled)
        check_length(length)
        done = end
    return "".join([*parts, text[done:]])


def _filled(replacement: str, text: str, groups: tuple[int, ...]) -> str:
    parts: list[str] = []
    place = 0
    while place < len(replacement):
        character = replacement[place]
        follower = replacement[place + 1 : place + 2]
        if character == "$" and follower.isascii() and follower.isdigit():
            group = 2 * int(follower)
            found = group + 1 < len(groups) and groups[group + 1] >= 0
            parts.append(text[groups[group] : groups[group + 1]] if found else "")
            place += 2
        elif character == "\\" and follower in ("$", "\\"):
            parts.append(follower)
            place += 2
        else:
            parts.append(character)
            place += 1
    return "".join(parts)


@environmental("extract(input: string, pattern: string, flags?: string?)")
def extract(run: Run, text: str, pattern: str, flags: str | None = None) -> list[str] | None:
    """Every match of the pattern, in order."""
    compiled = compile_pattern(pattern, flags or "")
    if compiled is None:
        return None
    found = [text[groups[0] : groups[1]] for groups in compiled.find_all(text, run)]
    check_count(len(found))
    return found


@environmental("split(string: string, delimiter: string)")
def split(run: Run, text: str, delimiter: str) -> list[str] | None:
    compiled = compile_pattern(delimiter, "")
    if compiled is None:
        return None
    parts: list[str] = []
    done = 0
    for groups in compiled.find_all(text, run):
        if groups[1] > groups[0]:
            parts.append(text[done : groups[0]])
            check_count(len(parts))
            done = groups[1]
    return [*parts, text[done:]]
