"""The words of an HTML text: paragraphs with their markup and escapes undone, then what a browser does not show.

Nothing is rendered: styles that hide text are not followed, hidden text counts like any other.
"""

from __future__ import annotations

from html.parser import HTMLParser

from markpipe.formats.xmltext import says_something

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
_UNSHOWN = frozenset({"script", "style", "template", "noscript"})


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[str] = []
        self.unshown: list[str] = []
        self._line: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.end_line()
        if tag in _UNSHOWN:
            self._inside.append(tag)
        self.unshown.extend(value for _, value in attrs if value and says_something(value))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_line()
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.unshown.append(data.strip())
        else:
            self._line.append(data)

    def handle_comment(self, data: str) -> None:
        self.unshown.append(data.strip())

    def handle_decl(self, decl: str) -> None:
        if not decl.lower().startswith("doctype"):
            self.unshown.append(decl)

    def handle_pi(self, data: str) -> None:
        self.unshown.append(data.strip())

    def end_line(self) -> None:
        line = " ".join("".join(self._line).split())
        self._line = []
        if line:
            self.paragraphs.append(line)


def html_words(text: str) -> tuple[list[str], list[str]]:
    """Paragraphs in order; and comments, scripts, styles and attribute values."""
    collector = _Collector()
    collector.feed(text)
    collector.close()
    collector.end_line()
    return collector.paragraphs, [word for word in dict.fromkeys(collector.unshown) if word]
