"""Filling a form: a DOCX template with `{{ 字段 }}` in it, and what stands in each field.

::

    forms.approval … ──▶ Filled(name, fields, dated) ──▶ Templates.make ──▶ DOCX bytes
    forms/templates/<name>.docx  or the unit's own of the same name ──┘

What is filled in is text and stays text: it is made printable and escaped, and braces in a name are no placeholders.
A template may name only fields that its form has, and none may leave out how the sheet is to be kept and that it is a
demonstration.
"""

from __future__ import annotations

import difflib
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml.etree import XMLSyntaxError
from markupsafe import Markup, escape

from markpipe.errors import ConfigurationError
from markpipe.forms.filled import Field, Filled
from markpipe.forms.package import finished
from markpipe.text.printable import printable

SHIPPED = Path(__file__).with_name("templates")
REQUIRED = frozenset({"管理要求", "演示"})
"""What no template may leave out: how the sheet is to be kept, and whether names in it stand for nobody."""

_QUOTED = re.compile("'([^']*)'")


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of a site: the unit's own folder first (None: there is none), then those that come with the program."""

    folder: Path | None = None

    def path(self, name: str) -> Path:
        """The template that a form is made from."""
        own = None if self.folder is None else self.folder / f"{name}.docx"
        return own if own is not None and own.is_file() else SHIPPED / f"{name}.docx"

    def make(self, form: Filled) -> bytes:
        """The form as DOCX bytes, the same for the same input.

        `ConfigurationError` names the template and the field where the template cannot be used.
        """
        self.own()
        path = self.path(form.name)
        template = _opened(path)
        environment = _environment()
        try:
            _check(path, template.get_undeclared_template_variables(environment), form.fields)
            template.render({key: _safe(value) for key, value in form.fields.items()}, environment, autoescape=True)
        except UndefinedError as error:
            missing = _QUOTED.findall(str(error))[-1:]
            raise ConfigurationError(
                f"表格模板 {path} 中的字段“{''.join(missing)}”不存在", "字段见 docs/forms.md"
            ) from error
        except (TemplateError, XMLSyntaxError) as error:
            raise ConfigurationError(
                f"表格模板 {path} 的占位符写得不对{_place(error)}", "核对大括号和字段名"
            ) from error
        return finished(template.docx, form.name, form.dated)

    def own(self) -> tuple[Path, ...]:
        """The unit's own templates; `ConfigurationError` where a name is that of no form: such a template would be
        without effect, and nobody would see it."""
        if self.folder is None:
            return ()
        known = {path.name for path in SHIPPED.glob("*.docx")}
        own = sorted(self.folder.glob("[!~.]*.docx"))
        for path in own:
            if path.name not in known:
                close = difflib.get_close_matches(path.name, known, 1)
                raise ConfigurationError(
                    f"表格模板 {path} 不是任何一种表格的名称{f'，是否指“{close[0]}”' if close else ''}",
                    "文件名照 determination templates 写出的名称",
                )
        return tuple(own)


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def _opened(path: Path) -> DocxTemplate:
    try:
        docx.Document(str(path))
        return DocxTemplate(str(path))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, OSError, XMLSyntaxError) as error:
        raise ConfigurationError(f"表格模板 {path} 打不开", "应是 Word 的 DOCX 文件，请重新保存") from error


def _check(path: Path, used: set[str], fields: Mapping[str, Field]) -> None:
    if strange := sorted(used - fields.keys()):
        remedy = f"此表可用的字段：{'、'.join(fields)}"
        raise ConfigurationError(f"表格模板 {path} 中的字段“{strange[0]}”不存在", remedy)
    if missing := sorted(REQUIRED - used):
        raise ConfigurationError(f"表格模板 {path} 缺少字段“{missing[0]}”", f"在表头加上 {{{{ {missing[0]} }}}}")


def _safe(value: Field) -> Any:
    match value:
        case bool():
            return value
        case str():
            return _text(value)
        case _:
            return [{key: _text(words) for key, words in line.items()} for line in value]


def _text(words: str) -> Markup:
    """The words as they are, for XML: braces as character references, so that nothing after us reads them."""
    shown = escape("\n".join(printable(line) for line in words.split("\n")))
    return shown.replace("{", Markup("&#123;")).replace("}", Markup("&#125;"))


def _place(error: Exception) -> str:
    if isinstance(error, TemplateSyntaxError) and error.message:
        return f"（{printable(error.message)}）"
    return ""
