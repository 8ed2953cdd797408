"""The tags that link the built front end."""

from pathlib import Path

import pytest

from web.assets import AssetsNotBuilt, Manifest, read_manifest, tags_of

MANIFEST: Manifest = {
    "src/shell.ts": {"file": "assets/shell-1.js"},
    "src/viewer.ts": {
        "file": "assets/viewer-1.js",
        "css": ["assets/viewer-1.css"],
        "imports": ["_shared.js", "_base.js"],
    },
    "_shared.js": {"file": "assets/shared-1.js", "css": ["assets/shared-1.css"], "imports": ["_base.js"]},
    "_base.js": {"file": "assets/base-1.js", "css": ["assets/base-1.css"], "imports": ["_shared.js"]},
}


def test_an_entry_without_styles_is_one_module_script() -> None:
    assert tags_of("shell", MANIFEST) == '<script type="module" src="/static/dist/assets/shell-1.js"></script>'


def test_style_sheets_of_imported_chunks_come_first_and_once() -> None:
    assert tags_of("viewer", MANIFEST, base_url="/d/").split("\n") == [
        '<link rel="stylesheet" href="/d/assets/base-1.css">',
        '<link rel="stylesheet" href="/d/assets/shared-1.css">',
        '<link rel="stylesheet" href="/d/assets/viewer-1.css">',
        '<script type="module" src="/d/assets/viewer-1.js"></script>',
    ]


def test_file_names_are_escaped() -> None:
    assert 'src="/static/dist/&#34;&gt;.js"' in tags_of("odd", {"src/odd.ts": {"file": '">.js'}})


def test_an_unknown_entry_says_how_to_build_it() -> None:
    with pytest.raises(AssetsNotBuilt, match=r"entry 'designer' is not there\. Run 'npm ci && npm run build'"):
        tags_of("designer", MANIFEST)


def test_a_missing_build_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(AssetsNotBuilt, match="npm run build"):
        read_manifest(tmp_path)


def test_the_manifest_is_read_from_the_build(tmp_path: Path) -> None:
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_text('{"src/shell.ts": {"file": "a.js"}}', encoding="utf-8")
    assert read_manifest(tmp_path) == {"src/shell.ts": {"file": "a.js"}}
