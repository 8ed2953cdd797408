"""Which files are taken in."""

import pytest

from engine.domain.media import UnsupportedMedia, media_type_of, safe_name


def test_a_pdf_is_known_by_name_and_content() -> None:
    assert media_type_of("证据.PDF", b"%PDF-1.7 ...") == "application/pdf"


@pytest.mark.parametrize(
    ("name", "head"),
    [("x.pdf", b"MZ\x90"), ("x.exe", b"MZ"), ("x.html", b"<html>"), ("x.txt", b"a\x00b"), ("noname", b"%PDF-")],
)
def test_a_file_of_another_kind_or_with_another_content_is_refused(name: str, head: bytes) -> None:
    with pytest.raises(UnsupportedMedia):
        media_type_of(name, head)


def test_a_name_keeps_no_path_and_no_direction_marks() -> None:
    assert safe_name("..\\..\\etc/证据\u202efdp.exe") == "证据_fdp.exe"
    assert safe_name("...") == "file"
