"""XML that attacks its reader is refused with a reason, soon and in little memory."""

import pytest

from engine.bpmn.deployment import lint
from tests.fuzz.confined import confined

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
GOOD = f'<definitions xmlns="{BPMN}"><process id="p" isExecutable="true"><startEvent id="s"/></process></definitions>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
SAME = '<task id="t"/>'
INCLUDE = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{}" parse="text"/>'


def definitions(inner: str, *, before: str = "", attributes: str = "") -> bytes:
    return f'{before}<definitions xmlns="{BPMN}" {attributes}>{inner}</definitions>'.encode()


def doctype(inner: str, body: str = "&a;") -> bytes:
    return definitions(body, before=f"<!DOCTYPE definitions [{inner}]>")


ATTACKS: dict[str, bytes] = {
    "a billion laughs": doctype(f'<!ENTITY l0 "ha">{LAUGHS}', "&l11;"),
    "a billion laughs in an attribute": doctype(f'<!ENTITY l0 "ha">{LAUGHS}', '<process id="&l11;"/>'),
    "a quadratic blow-up": doctype(f'<!ENTITY a "{"a" * 50_000}">', "&a;" * 50_000),
    "an entity that is a file": doctype('<!ENTITY a SYSTEM "file:///etc/passwd">'),
    "an entity that is an address": doctype('<!ENTITY a SYSTEM "http://127.0.0.1:9/a">'),
    "a parameter entity": doctype('<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;', ""),
    "an entity within itself": doctype('<!ENTITY a "&b;"><!ENTITY b "&a;">'),
    "an external DTD": definitions("", before='<!DOCTYPE definitions SYSTEM "http://127.0.0.1:9/a.dtd">'),
    "a public DTD": definitions("", before='<!DOCTYPE definitions PUBLIC "-//x" "file:///etc/passwd">'),
    "attributes by default": doctype('<!ATTLIST definitions a CDATA "x">', ""),
    "a DOCTYPE in UTF-16": doctype('<!ENTITY a "b">').decode().encode("utf-16"),
    "a DOCTYPE in UTF-32": doctype('<!ENTITY a "b">').decode().encode("utf-32"),
    "a DOCTYPE in UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>'
    + doctype('<!ENTITY a "b">').decode().encode("utf-7"),
    "a DOCTYPE in EBCDIC": ('<?xml version="1.0" encoding="IBM037"?>' + doctype("").decode()).encode("cp037"),
    "an unknown encoding": b'<?xml version="1.0" encoding="x-none"?><a/>',
    "an encoding that is a path": b'<?xml version="1.0" encoding="../../etc/passwd"?><a/>',
    "a wrong encoding": '<?xml version="1.0" encoding="UTF-8"?><a>\xe9</a>'.encode("latin-1"),
    "XML 1.1": b'<?xml version="1.1"?><a>&#1;</a>',
    "an inclusion of a file": definitions(INCLUDE.format("file:///etc/passwd")),
    "an inclusion of an address": definitions(INCLUDE.format("http://127.0.0.1:9/")),
    "a stylesheet": definitions("", before='<?xml-stylesheet href="file:///etc/passwd" type="text/xsl"?>'),
    "NUL bytes": GOOD.encode().replace(b'"s"', b'"s\x00"'),
    "a NUL by reference": GOOD.encode().replace(b'"s"', b'"s&#0;"'),
    "surrogates by reference": GOOD.encode().replace(b'"s"', b'"&#xD800;"'),
    "half a file": GOOD.encode()[:-20],
    "a hundred thousand levels": b"<a>" * 100_000,
    "fifty megabytes": definitions("<process/>" * 5_000_000),
    "fifty megabytes of text": definitions("a" * 50_000_000),
    "nine megabytes in one text": definitions(
        f"<process id='p'><documentation>{'a' * 9_000_000}</documentation></process>"
    ),
    "nine megabytes in one attribute": definitions("", attributes=f'id="{"a" * 9_000_000}"'),
    "a hundred thousand attributes": definitions("", attributes=" ".join(f'a{n}="1"' for n in range(100_000))),
    "a hundred thousand namespaces": definitions("", attributes=" ".join(f'xmlns:a{n}="u{n}"' for n in range(100_000))),
    "a name of a megabyte": f"<{'a' * 1_000_000}/>".encode(),
    "a million comments": definitions("<!---->" * 1_000_000),
    "a million instructions": definitions("<?a?>" * 1_000_000),
    "half a million references": definitions("&lt;" * 500_000),
    "forty thousand elements that point at each other": definitions(
        '<process id="p" isExecutable="true"><startEvent id="s"/>'
        + "".join(f'<task id="t{n}"/><sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t0"/>' for n in range(20_000))
        + "</process>"
    ),
    "twenty thousand equal ids": definitions(f'<process id="p" isExecutable="true">{SAME * 20_000}</process>'),
}
SOON = 4.0
SMALL = 350.0


def test_every_attack_is_refused_or_harmless_soon_and_in_little_memory() -> None:
    with confined("diagram", seconds=60) as child:
        found = {name: child.ask(content) for name, content in ATTACKS.items()}

    harmful = {
        name: outcome
        for name, outcome in found.items()
        if outcome.wrong or outcome.seconds > SOON or outcome.megabytes > SMALL
    }
    assert harmful == {}


@pytest.mark.parametrize("name", [name for name in ATTACKS if "inclusion" not in name and "stylesheet" not in name])
def test_every_attack_has_an_answer(name: str) -> None:
    problems = lint({"p.bpmn": ATTACKS[name]}, form_ids=(), groups=None)

    assert problems
    assert all("passwd" not in problem.message and "root:" not in problem.message for problem in problems)


def test_a_good_file_in_any_encoding_is_read() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        assert lint({"p.bpmn": GOOD.encode(encoding)}, form_ids=(), groups=None) == []
