"""Which files a saved page brings along to be reviewed: inside its folder and nowhere else."""

from __future__ import annotations

from pathlib import Path

from markpipe.formats.html import read
from markpipe.model.document import Document, Format
from markpipe.model.limits import Limits
from markpipe.pipeline.attachments import Attachments
from markpipe.pipeline.batch import Item, list_inputs


def page(folder: Path, *targets: str, name: str = "index.html") -> tuple[Item, Document]:
    links = "".join(f'<a href="{target}">x</a>' for target in targets)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"<!DOCTYPE html><html><head><meta charset=utf-8></head><body>{links}</body></html>", "utf-8")
    return Item(path, name), read(path.read_bytes(), Limits())


def test_linked_files_are_taken_once_under_their_names(tmp_path: Path) -> None:
    item, document = page(tmp_path, "fj/a.pdf", "fj/a.pdf?x=1#y", "fj/%E9%99%84%E4%BB%B6.docx", "#top", "about.html")
    for name in ("fj/a.pdf", "fj/附件.docx", "about.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    attachments = Attachments([item])
    assert attachments.of(item, document) == ()
    assert sorted(taken.name for taken in attachments.take()) == ["about.html", "fj/a.pdf", "fj/附件.docx"]
    assert attachments.of(item, document) == ()
    assert attachments.take() == ()


def test_names_are_told_from_the_folder_that_was_given(tmp_path: Path) -> None:
    item, document = page(tmp_path, "a.pdf", name="sub/index.html")
    (tmp_path / "sub" / "a.pdf").write_bytes(b"x")
    attachments = Attachments([item])
    attachments.of(item, document)
    assert [taken.name for taken in attachments.take()] == ["sub/a.pdf"]


def test_what_is_reviewed_anyway_is_neither_taken_nor_missing(tmp_path: Path) -> None:
    page(tmp_path, name="index.html")
    (tmp_path / "fj").mkdir()
    (tmp_path / "fj" / "a.pdf").write_bytes(b"x")
    item, document = page(tmp_path / "sub", "../fj/a.pdf", "/fj/a.pdf")
    attachments = Attachments(list_inputs([tmp_path]))
    assert attachments.of(item, document) == ()
    assert attachments.take() == ()


def test_missing_attachments_are_named_and_missing_pages_are_not(tmp_path: Path) -> None:
    item, document = page(tmp_path, "fj/没有.docx", "没有.zip", "other.html", "style.css", "logo.png")
    assert Attachments([item]).of(item, document) == ("没有.docx", "没有.zip")


def test_nothing_outside_of_the_folder_is_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.pdf"
    outside.write_bytes(b"x")
    site = tmp_path / "site"
    item, document = page(site, "../outside.pdf", "%2e%2e/outside.pdf", "link.pdf", "dir.pdf", f"file://{outside}")
    (site / "link.pdf").symlink_to(outside)
    (site / "dir.pdf").mkdir()
    attachments = Attachments([item])
    assert set(attachments.of(item, document)) == {"outside.pdf", "link.pdf", "dir.pdf"}
    assert attachments.take() == ()


def test_addresses_elsewhere_are_left_alone(tmp_path: Path) -> None:
    item, document = page(
        tmp_path,
        "https://example.org/a.pdf",
        "//example.org/a.pdf",
        "mailto:a@b.pdf",
        "javascript:x.pdf",
        "data:,x.pdf",
    )
    attachments = Attachments([item])
    assert attachments.of(item, document) == ()
    assert attachments.take() == ()


def test_only_pages_link(tmp_path: Path) -> None:
    item, _ = page(tmp_path, "a.pdf")
    assert Attachments([item]).of(item, Document(Format.PLAIN, "d")) == ()
