"""What each fixture hides, where reading finds it, and how: the source of docs/formats.md."""

from __future__ import annotations

from markpipe.model.document import PartKind

PDF_OCR = frozenset({"p22", "p23", "p24", "p25", "p26", "p29", "p30", "c09"})
DOCX_OCR = frozenset({"d27", "d30", "d33"})
MAY_HOLD_MORE = frozenset({"d29", "d39"})

_K = PartKind
_PDF = {
    _K.PAGE: """p01 一次写出的正文|p02 逐字调距|p03 逐字乱序写出|p04 折行|p05 字间空格|p06 竖排|p07 旋转文字|p08 页面旋转
        |p09 表单对象内|p10 两页共用的表单对象|p11 两层嵌套的表单对象|p12 平铺图案内|p13 Type3 字体|p26 转成轮廓的文字|p27 UniGB-UCS2-H 未嵌入字体
        |p28 GBK-EUC-H 编码|p29 没有 ToUnicode|p30 ToUnicode 与字形不符|p35 部首码位|p36 零宽字符|p37 重叠加粗|p38 镜像文字
        |p39 UserUnit 与偏移的页面框|p42 方格逐字|p43 每页页眉|c18 只有权限口令""",
    _K.HIDDEN: "p14 扫描图上的不可见文字|p15 白色 1 磅|p20 被剪裁|p40 未使用的表单对象|p41 零宽缩放|a04 隐藏注释的外观",
    _K.OUTSIDE: "p16 裁切框之外|p17 页面框之外",
    _K.COVERED: "p18 黑块之下|p19 图片之下",
    _K.LAYER_OFF: "p21 关闭的图层",
    _K.IMAGE: "p22 图片像素|p23 内联图片|p24 黑块下的图片|p25 图片的软蒙版|c09 页面缩略图",
    _K.ALTERNATIVE: "p31 ActualText|p32 结构树|p33 属性表中的 ActualText",
    _K.RESIDUE: "p34 内容流注解|r02 未引用的对象|r04 文件尾之后|r05 文件头之前|r07 标为空闲的对象",
    _K.ANNOTATION: "a01 便签|a02 文本框注释|a03 高亮注释|a12 未执行的密文标记",
    _K.LINK: "a05 链接地址",
    _K.FORM_FIELD: "a06 文本域|a07 选项|a08 域名与提示|a11 签名信息",
    _K.BODY: "a10 附件注释|c07 附件与附件中的压缩包|r06 附在文件后的压缩包",
    _K.BOOKMARK: "c01 大纲|c02 命名目标|c03 页码标签",
    _K.METADATA: "c04 文档信息|c05 XMP|c06 页面的 XMP|c15 JPEG 元数据",
    _K.SCRIPT: "c08 JavaScript",
    _K.CUSTOM_DATA: """a09 XFA|c10 PieceInfo|c11 图层名|c12 文件包字段名|c14 未知键|c16 输出意图与 ICC|c17 字体名|c19 尾部字典
        |c20 文章线索""",
    _K.REVISION: "c13 移出页面树的页|r01 以前版本的页面|r03 以前版本的文档信息",
}
_DOCX = {
    _K.BODY: """d01 正文|d02 拆成多段文字|d03 表格|d04 嵌套表格|d10 修订插入|d16 内容控件|d17 行内控件|d20 超链接文字|d28 嵌入的工作簿|d34 导入的 HTML
        |d45 拼音指南|d46 公式|d50 软连字符、制表符、换行|d51 字间空格|d53 数字字符引用|d55 符号与部首|d58 嵌入的 DOCX""",
    _K.HEADER: "d05 首页页眉",
    _K.FOOTER: "d06 页脚",
    _K.NOTE: "d07 脚注|d08 尾注",
    _K.COMMENT: "d09 批注",
    _K.DELETION: "d11 修订删除|d12 修订移动|d57 删除的表格行",
    _K.TEXT_BOX: "d13 文本框|d14 只在兼容分支的文本框|d47 艺术字水印",
    _K.HIDDEN: "d15 隐藏文字|d49 白色 1 磅",
    _K.FIELD_CODE: "d18 域代码|d19 简单域与索引项",
    _K.LINK: "d21 链接目标",
    _K.BOOKMARK: "d22 书签名",
    _K.METADATA: "d23 核心属性|d24 应用属性|d31 图片 EXIF|d41 修订作者",
    _K.CUSTOM_DATA: """d25 自定义属性|d26 自定义 XML|d29 OLE 对象|d35 构建基块|d36 文档变量与模板|d40 样式名
        |d56 邮件合并""",
    _K.IMAGE: "d27 缩略图|d30 图片像素|d33 图片裁去的部分",
    _K.ALTERNATIVE: "d32 替代文字|d52 表格标题",
    _K.CHART: "d37 图表缓存|d38 SmartArt",
    _K.SCRIPT: "d39 VBA 宏",
    _K.RESIDUE: "d42 未引用的部件|d43 压缩包注释|d44 被同名部件盖住的旧部件|d54 XML 注释",
    _K.FORM_FIELD: "d48 旧式窗体域",
}


def _by_id(table: dict[PartKind, str]) -> dict[str, tuple[PartKind, str]]:
    found = {}
    for kind, text in table.items():
        for entry in text.split("|"):
            name, _, description = entry.strip().partition(" ")
            found[name] = (kind, description)
    return found


PDF = _by_id(_PDF)
DOCX = _by_id(_DOCX)


def markdown() -> str:
    """The page docs/formats.md."""
    out = [
        "# 读得到什么",
        "",
        "本页由测试的夹具表生成（`python -m hiding.expected`，见 `tests/resources/hiding/expected.py`），测试核对两者一致。",
        "每一行都有一个用程序造出来的文件，短语藏在该处，测试要求读到它并说出所在。",
        "",
        "- **读取**：直接读出文字。**识别**：靠文字识别（Tesseract）；`--ocr never` 或没有安装时该处为“未读”。",
        "- **读取（未读）**：明文能读出，但该处可能还有读不出的内容，所以同时报“未读”。",
        "- 不在正文里出现的内容，部件的 `visible` 为假，名称即下表“部件”。",
        "",
    ]
    for title, table, ocr in (("PDF", PDF, PDF_OCR), ("DOCX", DOCX, DOCX_OCR)):
        out += [f"## {title}", "", "| 编号 | 藏在哪里 | 部件 | 方式 |", "|---|---|---|---|"]
        for name, (kind, description) in sorted(table.items()):
            way = "识别" if name in ocr else "读取（未读）" if name in MAY_HOLD_MORE else "读取"
            out.append(f"| {name.upper()} | {description} | {kind.label} | {way} |")
        out.append("")
    out += [
        "## 未读",
        "",
        "下列情形不算读过，报告列出所在与原因，退出码 4：需要口令的文件；结构损坏、经修复才能打开的文件；出错的页面；",
        "不能还原的字符超过 2% 的页面；文字与所见不一致的页面；没有识别的图片；无法解开的图片；RTF、XML、邮件等没有还原的标记；",
        "以转义书写的文字；用途不明的二进制数据；OLE 对象与宏；超过大小、层数、数量、压缩比上限的内容。",
        "",
        "字形是否与文字相符只抽查汉字：每种字体取一行与内置字体比较，不像的再用文字识别核对。西文与符号不查；",
        "没有嵌入、也不带 ToUnicode 的字体由阅读程序按编码显示，与文字不会不符，不查。",
        "PDF 对象名只报含非 ASCII 字符的；字体文件内部的字符表不读。",
        "",
        "## 其他",
        "",
        "纯文本：UTF-8、GB18030（含 GBK）、UTF-16，按内容判断；开头的字节顺序标记不计入位置，`\\r\\n` 原样保留。HTML 另给出去掉标记的文字。",
        "XLSX：工作表按行读（值按保存的样子，日期是天数），隐藏的工作表、行、列和批注算看不见的内容，公式、名称、图形里的字另列。"
        "PPTX：逐页按段读，隐藏的页、备注、批注算看不见的内容。两种都不能加标志，`run` 会说明须先转为 PDF。",
        "附件、嵌入文件和其中的压缩包逐层读取，共用一个层数、数量与大小的限额。",
        "有电子签名的、文件包（PDF Portfolio）和只有权限口令的文件照读，`markpipe verify` 说明它是哪一种；需要打开口令的为“未读”。",
        "PDF 中跨页的句子连起来查：页码和各页相同的页眉页脚略过，它们自己也照查；命中的位置两页都标出。",
        "",
    ]
    return "\n".join(out)


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201 - a generator of documentation
