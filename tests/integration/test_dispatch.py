"""From a path to a document: what a folder can hold, and files inside files."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from hiding import PHRASE
from hiding.docxfile import with_member
from hiding.pdffile import Pdf, show, text_string

from markpipe.model.document import Document, Embedded, Format, ReadStatus, UnreadReason
from markpipe.model.limits import Limits
from markpipe.pipeline.dispatch import read_data, read_file, safe_name
from markpipe.pipeline.sandbox import Worker

LIMITS = Limits()
GOOD = "关于安全检查的通知\n"


def reasons(document: Document) -> list[UnreadReason]:
    return [item.reason for item in document.unread]


def with_attachment(data: bytes, name: str = "附件.txt") -> bytes:
    pdf = Pdf()
    stream = pdf.stream(data, "/Type/EmbeddedFile")
    spec = pdf.add(f"<</Type/Filespec/F(a)/UF{text_string(name)}/EF<</F {stream} 0 R>>>>")
    pdf.catalog = f"/Names<</EmbeddedFiles<</Names[(a){spec} 0 R]>>>>"
    pdf.page(show("正文"))
    return pdf.save()


def test_each_bad_path_has_its_own_outcome(tmp_path: Path, reading_worker: Worker) -> None:
    good = tmp_path / "a.txt"
    good.write_text(GOOD, encoding="utf-8")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.txt").symlink_to(good)
    os.mkfifo(tmp_path / "pipe")
    expected = {
        "no-such.txt": UnreadReason.MISSING,
        "a.txt/below": UnreadReason.MISSING,
        "empty.txt": UnreadReason.EMPTY,
        "folder": UnreadReason.NOT_A_FILE,
        "link.txt": UnreadReason.NOT_A_FILE,
        "pipe": UnreadReason.NOT_A_FILE,
        "名" * 300: UnreadReason.MISSING,
        "nul\x00name": UnreadReason.MISSING,
    }
    for name, reason in expected.items():
        assert reasons(read_file(tmp_path / name, reading_worker, LIMITS)) == [reason], name
    document = read_file(good, reading_worker, LIMITS)
    assert (document.text, document.status) == (GOOD, ReadStatus.READ)


def test_a_socket_is_not_opened(tmp_path: Path, reading_worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s")
        assert reasons(read_file(tmp_path / "s", reading_worker, LIMITS)) == [UnreadReason.NOT_A_FILE]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_no_permission(tmp_path: Path, reading_worker: Worker) -> None:
    path = tmp_path / "a.txt"
    path.write_text(GOOD, encoding="utf-8")
    path.chmod(0)
    assert reasons(read_file(path, reading_worker, LIMITS)) == [UnreadReason.PERMISSION]


def test_no_permission_by_the_system(tmp_path: Path, reading_worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text(GOOD, encoding="utf-8")

    def refuse(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", refuse)
    assert reasons(read_file(path, reading_worker, LIMITS)) == [UnreadReason.PERMISSION]


def test_too_large(tmp_path: Path, reading_worker: Worker) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"a" * (2 << 20))
    assert reasons(read_file(path, reading_worker, replace(LIMITS, file_mib=1))) == [UnreadReason.TOO_LARGE]


def test_a_file_that_grows_meanwhile(tmp_path: Path, reading_worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text(GOOD, encoding="utf-8")
    real = os.read

    def read_and_append(descriptor: int, count: int) -> bytes:
        chunk = real(descriptor, count)
        if chunk == GOOD.encode():
            with path.open("a", encoding="utf-8") as file:
                file.write("又一行\n")
        return chunk

    monkeypatch.setattr(os, "read", read_and_append)
    document = read_file(path, reading_worker, LIMITS)
    assert reasons(document) == [UnreadReason.CHANGED]
    assert document.text == ""


def test_a_nested_text_has_its_path(reading_worker: Worker) -> None:
    document = read_data(with_attachment(f"内有{PHRASE}一份\n".encode("gbk")), reading_worker, LIMITS)
    start = document.text.index(f"内有{PHRASE}")
    part = document.text_map.part_at(start)
    assert part.path == ("附件.txt",)
    assert part.label == "附件 附件.txt 的正文"
    assert document.unread == ()
    assert document.embedded == ()


def test_nesting_ends_somewhere(reading_worker: Worker) -> None:
    data = f"内有{PHRASE}\n".encode()
    for level in range(4):
        data = with_attachment(data, f"{level}.pdf")
    deep = read_data(data, reading_worker, LIMITS)
    assert deep.text_map.part_at(deep.text.index(f"内有{PHRASE}")).path == ("3.pdf", "2.pdf", "1.pdf", "0.pdf")
    shallow = read_data(data, reading_worker, replace(LIMITS, depth=2))
    assert reasons(shallow) == [UnreadReason.TOO_DEEP]
    assert shallow.unread[0].where == "附件 3.pdf/2.pdf/1.pdf"


def test_one_budget_for_everything_nested(reading_worker: Worker) -> None:
    data = with_attachment(b"a" * (2 << 20) + b"\n")
    assert reasons(read_data(data, reading_worker, replace(LIMITS, archive_mib=1)))[-1] is UnreadReason.BOMB
    assert reasons(read_data(data, reading_worker, replace(LIMITS, archive_members=0)))[-1] is UnreadReason.BOMB
    assert reasons(read_data(data, reading_worker, replace(LIMITS, text_characters=100)))[-1] is UnreadReason.TOO_LARGE


def test_an_unreadable_nested_file_is_named(reading_worker: Worker) -> None:
    document = read_data(with_attachment(b"\x00\x01\x02\x03\xff", "程序.bin"), reading_worker, LIMITS)
    assert [(item.where, item.reason) for item in document.unread] == [("附件 程序.bin", UnreadReason.UNSUPPORTED)]
    assert document.status is ReadStatus.PARTIAL


def test_a_file_that_holds_itself_ends(tmp_path: Path) -> None:
    class Looping:
        def read(self, _: bytes, *, nested: bool = False) -> Document:  # noqa: ARG002
            return Document(Format.PDF, "same", embedded=(Embedded("a", b"x", "附件"),))

    document = read_data(b"x", Looping(), LIMITS)  # type: ignore[arg-type]
    assert reasons(document) == [UnreadReason.TOO_DEEP]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.txt", "a.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.doc", "y.doc"),
        ("报告\u202etxt.exe", "报告\ufffdtxt.exe"),
        ("a\nb\x1b[31m", "a\ufffdb\ufffd[31m"),
        ("", "未命名"),
        ("/", "未命名"),
        ("长" * 300 + ".docx", "长" * 100 + "…" + "长" * 14 + ".docx"),
    ],
)
def test_nested_names_can_be_shown(name: str, shown: str) -> None:
    assert safe_name(name) == shown


def test_a_member_with_a_very_long_name_is_read_all_the_same(reading_worker: Worker) -> None:
    data = with_member(f"word/{'长' * 9000}.xml", f"<a>内有{PHRASE}</a>")
    document = read_data(data, reading_worker, LIMITS)
    assert PHRASE in document.text
    assert document.status is ReadStatus.READ
