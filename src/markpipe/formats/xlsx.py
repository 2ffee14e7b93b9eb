"""What a workbook (XLSX) shows and what it hides: sheets row by row, hidden sheets, rows and columns, comments, left-overs.

::

    xl/workbook.xml ── sheets, states ──▶ xl/worksheets/sheet1.xml ── cells ──▶ xl/sharedStrings.xml

Values are as stored (a date is a number of days); formulas and all that is no cell come as words that nobody sees.
ISO/IEC 29500-1, 18.  Colours are not looked at: white words on white count as shown.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from lxml import etree

from markpipe.formats.archive import BadArchiveError
from markpipe.formats.carve import carve
from markpipe.formats.stretch import Stretch
from markpipe.formats.xmltext import RefusedXmlError, parse, xml_words
from markpipe.model.document import PartKind, UnreadReason

WORKBOOK = "xl/workbook.xml"
_STRINGS = "xl/sharedStrings.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_COMMENTS = re.compile(r"xl/(?:threadedComments/.*|comments/.*|comments[^/]*)\.xml")
_PRINTER = re.compile(r"xl/printerSettings/.*\.bin")
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_COLUMN = re.compile(r"[A-Z]{1,3}")
_LAST_COLUMN = 16_384


def stretches(members: Mapping[str, bytes]) -> tuple[tuple[Stretch, ...], frozenset[str]]:
    """What the sheets of a workbook say, and the members that this is all of; `BadArchiveError` where one is broken."""
    if WORKBOOK not in members:
        return (), frozenset()
    try:
        strings = _strings(members)
        used: set[int] = set()
        found: list[Stretch] = []
        taken: set[str] = {_STRINGS} & members.keys()
        for title, hidden, member in _sheets(members):
            sheet = _Sheet(parse(members[member]), strings, used)
            found += sheet.stretches(member, title, hidden=hidden)
            taken.add(member)
    except (RefusedXmlError, ValueError, IndexError) as error:
        raise BadArchiveError(UnreadReason.DAMAGED, "工作簿的内部结构无法解析") from error
    for name in filter(_COMMENTS.fullmatch, members):
        found.append(Stretch(name, PartKind.COMMENT, _row_each(xml_words(members[name]))))
        taken.add(name)
    for name in filter(_PRINTER.fullmatch, members):
        found.append(Stretch(name, PartKind.CUSTOM_DATA, _row_each(list(carve(members[name])))))
        taken.add(name)
    left = [text for place, text in enumerate(strings) if place not in used and text.strip()]
    found.append(Stretch(f"{_STRINGS}#residue", PartKind.RESIDUE, _row_each(left)))
    return tuple(each for each in found if each.rows), frozenset(taken)


def _sheets(members: Mapping[str, bytes]) -> Iterator[tuple[str, bool, str]]:
    """Title, whether it is hidden, and member of every sheet that is there."""
    targets: dict[str, str] = {}
    for relation in parse(members.get(_RELATIONS, b"<none/>")):
        target = str(relation.get("Target", ""))
        targets[str(relation.get("Id", ""))] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    for sheet in parse(members[WORKBOOK]).iter("{*}sheet"):
        member = targets.get(sheet.get(_ID, ""), "")
        if member in members:
            yield sheet.get("name", ""), sheet.get("state", "visible") != "visible", member


def _strings(members: Mapping[str, bytes]) -> list[str]:
    """The shared strings, without the readings that some carry."""
    root = parse(members.get(_STRINGS, b"<none/>"))
    return [_said(item) for item in root.iterfind("{*}si")]


def _said(item: etree._Element) -> str:
    texts = item.iter("{*}t")
    return "".join(text.text or "" for text in texts if next(text.iterancestors("{*}rPh"), None) is None)


class _Sheet:
    """One worksheet."""

    def __init__(self, root: etree._Element, strings: list[str], used: set[int]) -> None:
        self._root = root
        self._strings = strings
        self._used = used
        self._hidden_columns = {
            number
            for column in root.iterfind("{*}cols/{*}col")
            if column.get("hidden") in ("1", "true")
            for number in range(int(column.get("min", "1")), min(int(column.get("max", "1")), _LAST_COLUMN) + 1)
        }

    def stretches(self, member: str, title: str, *, hidden: bool) -> list[Stretch]:
        """What it shows under its title, what it hides, its formulas and everything else in it."""
        shown: list[tuple[str, ...]] = []
        unseen: list[tuple[str, ...]] = []
        formulas: list[str] = []
        for row in self._root.iterfind("{*}sheetData/{*}row"):
            row_hidden = hidden or row.get("hidden") in ("1", "true")
            cells: dict[bool, list[str]] = {False: [], True: []}
            column = 0
            for cell in row.iterfind("{*}c"):
                column = _column(cell.get("r", ""), column + 1)
                value = self._value(cell)
                if value:
                    cells[row_hidden or column in self._hidden_columns].append(value)
                formulas += [formula.text for formula in cell.iterfind("{*}f") if formula.text]
            shown += [tuple(cells[False])] * bool(cells[False])
            unseen += [tuple(cells[True])] * bool(cells[True])
        (unseen if hidden else shown).insert(0, (title,))
        data = self._root.find("{*}sheetData")
        if data is not None:
            self._root.remove(data)
        rest = [*formulas, *xml_words(etree.tostring(self._root))]
        return [
            Stretch(member, PartKind.BODY, tuple(shown)),
            Stretch(f"{member}#hidden", PartKind.HIDDEN, tuple(unseen)),
            Stretch(f"{member}#rest", PartKind.CUSTOM_DATA, _row_each(rest)),
        ]

    def _value(self, cell: etree._Element) -> str:
        match cell.get("t"):
            case "s":
                place = int(cell.findtext("{*}v", "") or -1)
                self._used.add(place)
                return self._strings[place] if place >= 0 else ""
            case "inlineStr":
                return "".join(_said(item) for item in cell.iterfind("{*}is"))
            case _:
                return cell.findtext("{*}v", "") or ""


def _column(reference: str, otherwise: int) -> int:
    """The number of a cell's column from 1: B7 is 2; a cell without a reference follows the one before it."""
    letters = _COLUMN.match(reference)
    number = 0
    for letter in letters[0] if letters else "":
        number = 26 * number + ord(letter) - 64
    return number or otherwise


def _row_each(words: list[str]) -> tuple[tuple[str, ...], ...]:
    return tuple((word,) for word in words)
