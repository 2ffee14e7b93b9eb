"""Build the templates of all forms and the list of their fields: `python scripts/form_templates.py [TEMPLATES [PAGE]]`.

The same layouts give the same bytes, so templates and page are committed and a test builds them again.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from markpipe.forms.layouts import LAYOUTS, Layout, template
from markpipe.forms.template import SHIPPED

PAGE = Path(__file__).parents[1] / "docs" / "forms.md"
HEAD = """\
# 表格和字段

本页由 `python scripts/form_templates.py` 生成，测试核对与模板一致。

`markpipe determination templates 文件夹` 把自带的模板（DOCX）写到一个文件夹；改好版式后在站点配置写上 `[forms] templates = "文件夹"`，
程序就用那里的同名模板，没有的仍用自带的。写法：

- 字段写作 `{{ 字段 }}`，只能用下面列出的；写错的，程序指出模板和字段，退出码 3。
- 清单在表格里逐行重复：上下各加一行，写 `{%tr for 项 in 清单 %}` 和 `{%tr endfor %}`，中间一行写 `{{ 项.字段 }}`；
  有内容才出现的行，上下写 `{%tr if 字段 %}` 和 `{%tr endif %}`。
- `管理要求`（本表按什么管理）和 `演示`（演示站点的提示，正式站点为空）不能去掉。
- 填进去的内容原样出现：名称里的 `<`、`&`、`{{` 不会被当成标记。
"""
_LOOP = re.compile(r"\{%tr for (\w+) in (\w+) %\}")
_IF = re.compile(r"\{%tr if (?:not )?(\w+) %\}")
_FIELD = re.compile(r"\{\{ (\w+)(?:\.(\w+))? \}\}")


def main() -> None:
    """Write every template, and the page, where they are named on the command line or where the program has them."""
    given = [Path(word) for word in sys.argv[1:]]
    folder, page = (*given, *(SHIPPED, PAGE)[len(given) :])
    folder.mkdir(parents=True, exist_ok=True)
    for title, layout in LAYOUTS.items():
        (folder / f"{title}.docx").write_bytes(template(layout))
    for stale in sorted({path.stem for path in folder.glob("*.docx")} - LAYOUTS.keys()):
        (folder / f"{stale}.docx").unlink()
    page.write_text(described(), encoding="utf-8")


def described() -> str:
    """docs/forms.md."""
    parts = [HEAD]
    for title, layout in LAYOUTS.items():
        fields, lists = fields_of(layout)
        parts.append(f"\n## {title}\n\n- 字段：{'、'.join(fields)}")
        parts += [f"- {name}：{'、'.join(keys)}" for name, keys in lists.items()]
    return "\n".join(parts) + "\n"


def fields_of(layout: Layout) -> tuple[list[str], dict[str, list[str]]]:
    """The fields of a form, and those of each of its lists."""
    text = "\n".join(_texts(layout))
    lists = dict(_LOOP.findall(text))
    keys: dict[str, dict[str, None]] = {name: {} for name in lists.values()}
    fields: dict[str, None] = dict.fromkeys(["管理要求", "演示", *(f for f in _IF.findall(text) if f not in keys)])
    for name, key in _FIELD.findall(text):
        if key:
            keys[lists[name]][key] = None
        else:
            fields[name] = None
    return list(fields), {name: list(found) for name, found in keys.items()}


def _texts(layout: Layout) -> Iterator[str]:
    yield layout.number
    yield layout.heading
    for row in layout.rows:
        for cell in row.cells:
            yield from cell.lines
    yield layout.foot


if __name__ == "__main__":
    main()
