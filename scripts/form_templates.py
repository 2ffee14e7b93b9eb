"""Build the templates of all forms and the list of their fields: `python scripts/form_templates.py [TEMPLATES [PAGE]]`.

The same layouts give the same bytes, so templates and page are committed and a test builds them again.
"""

from __future__ import annotations

import sys
from pathlib import Path

from markpipe.forms.layouts import LAYOUTS, template
from markpipe.forms.layouts.fields import fields_of
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

改好以后运行 `markpipe doctor`：它把本单位的每个模板试填一遍，指出打不开的、名称不是任何一种表格的、字段写错的。

前 19 种是[定密事项](determination.md)的表格，由 `markpipe determination form` 写出；后 8 种是[份](register.md)的表格，由 `markpipe copies form`
写出。收文登记簿、发文登记簿、打印输出登记表、涉密载体台账是 XLSX，也由 `copies form` 写出；一事一审表在放行时写出，都不用模板。
"""
DECISION, COPY = "determination form", "copies form"
COMMANDS = {
    "国家秘密事项定密审核审批表": (DECISION, "定密审批表 编号"),
    "派生国家秘密定密审批表": (DECISION, "定密审批表 编号"),
    "无权定密事项定密申报表": (DECISION, "无权定密申报表 编号"),
    "国家秘密不明确事项报告": (DECISION, "不明确事项报告 编号"),
    "国家秘密有争议事项报告": (DECISION, "争议事项报告 编号"),
    "国家秘密变更审批表": (DECISION, "变更解密审批表 编号"),
    "国家秘密解密审批表": (DECISION, "变更解密审批表 编号"),
    "国家秘密变更通知": (DECISION, "变更解密通知 编号"),
    "国家秘密解密通知": (DECISION, "变更解密通知 编号"),
    "国家秘密事项书面通知": (DECISION, "书面通知 编号"),
    "国家秘密事项一览表": (DECISION, "事项一览表"),
    "定密责任人名册": (DECISION, "定密责任人名册"),
    "国家秘密定密权限授权申请表": (DECISION, "授权申请表"),
    "国家秘密定密权限授权书": (DECISION, "授权书"),
    "定密责任人拟定人选名单征求意见表": (DECISION, "人选征求意见表"),
    "定密责任人授权书": (DECISION, "定密责任人授权书 --officer 姓名"),
    "涉及国家秘密情况统计表": (DECISION, "涉密情况统计表 --year 年份"),
    "产生国家秘密情况统计表": (DECISION, "产生情况统计表 --year 年份"),
    "密级变更和解密情况统计表": (DECISION, "变更解密统计表 --year 年份"),
    "分发签收单": (COPY, "分发签收单 D2026-0001"),
    "文件传阅单": (COPY, "文件传阅单 D2026-0001/3"),
    "国家秘密载体复制审批单": (COPY, "复制审批单 D2026-0001/3"),
    "国家秘密载体外出携带审批表": (COPY, "外出携带审批表 D2026-0001/3"),
    "国家秘密载体清退登记表": (COPY, "清退登记表 B2026-0001"),
    "国家秘密载体销毁审批表": (COPY, "销毁审批表 X2026-0001"),
    "国家秘密载体交接清单": (COPY, "交接清单"),
    "泄密事件报告表": (COPY, "泄密报告 L2026-0001"),
}
"""What writes each form: the command, and the name that it knows the form by."""


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
        command, kind = COMMANDS[title]
        parts.append(f"\n## {title}\n\n- 命令：`markpipe {command} {kind}`\n- 字段：{'、'.join(fields)}")
        parts += [f"- {name}：{'、'.join(keys)}" for name, keys in lists.items()]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
