"""How fast a draft is compared with many registered sources, and what edits leave unfound.

Run: ``python benchmarks/reuse.py``.  Texts are drawn from words and stock phrases of office papers, so that unrelated
ones share what such papers share; figures of speed depend little on it, figures of recall on the edits alone.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time

from markpipe.model.building import TextMapBuilder
from markpipe.model.document import PartKind
from markpipe.reuse.chain import find_excerpts
from markpipe.reuse.fingerprints import fingerprint
from markpipe.text.fold import Folded, fold

KEY = bytes(range(32))
_WORDS = (
    "单位 工作 人员 管理 部门 有关 要求 检查 安全 设施 设备 运行 方案 组织 实施 责任 落实 加强 制度 材料 报送 审核 "
    "登记 保管 使用 范围 时间 地点 会议 通知 计划 项目 资金 验收 记录 值班 调度 水源 管线 阀门 泵站 监测 数据 报告 "
    "应急 处置 演练 车辆 仓库 钥匙 口令 交接 试题 考场 命题 印刷 运送 评卷 统计 调查 样本 汇总 发布 测绘 坐标 图件"
)
WORDS = _WORDS.split()
STOCK = ("现将有关事项通知如下，请认真贯彻执行。", "各区县人民政府，市政府各部门：", "加强组织领导，落实工作责任。")


def text_of(seed: int, length: int, stock: float = 0.03) -> str:
    """An invented office text of about so many characters, with a share of stock phrases."""
    chooser = random.Random(seed)
    parts: list[str] = []
    total = 0
    while total < length:
        part = chooser.choice(STOCK) if chooser.random() < stock else chooser.choice(WORDS)
        if chooser.random() < 0.15:
            part += chooser.choice("，。的和在与")
        parts.append(part)
        total += len(part)
    return "".join(parts)


def folded(text: str) -> Folded:
    """The text of one body part, folded."""
    builder = TextMapBuilder()
    builder.begin("body", PartKind.BODY)
    builder.add(text)
    return fold(builder.build())


def edited(text: str, share: float, chooser: random.Random) -> str:
    """The text with a share of its characters replaced."""
    return "".join(chr(chooser.randint(0x4E00, 0x9FA5)) if chooser.random() < share else char for char in text)


def speed(sources: int, length: int, rounds: int) -> None:
    """Time registering and comparing."""
    texts = [folded(text_of(seed, length)) for seed in range(sources)]
    start = time.perf_counter()
    registered = [(f"S{n}", fingerprint(text, KEY, lambda _offset: "第1页")) for n, text in enumerate(texts)]
    registering = time.perf_counter() - start
    drafts = [folded(text_of(10**6 + n, length)) for n in range(rounds)]
    quoting = [folded(text_of(10**7 + n, length // 2) + texts[n].raw[100:300] + "。") for n in range(rounds)]
    for name, group in (("unrelated", drafts), ("quoting 200 characters", quoting)):
        times, found = [], 0
        for draft in group:
            start = time.perf_counter()
            found += bool(find_excerpts(draft, registered, KEY))
            times.append(time.perf_counter() - start)
        print(
            f"compare {name} draft of {length} with {sources} sources: median {statistics.median(times) * 1000:.0f} ms, "
            f"slowest {max(times) * 1000:.0f} ms, {found} of {rounds} with an excerpt"
        )
    grams = sum(len(prints.hashes) for _, prints in registered)
    size = sum(len(prints.to_bytes()) for _, prints in registered)
    print(f"register {sources} sources: {registering:.2f} s, {grams} grams, {size / 2**20:.1f} MiB stored")


def recall(length: int, tries: int) -> None:
    """How many excerpts of a length, without stock phrases, are found after so many edits."""
    chooser = random.Random(7)
    texts = [text_of(seed, length, stock=0) for seed in range(20)]
    registered = [(f"S{n}", fingerprint(folded(text), KEY, lambda _offset: "第1页")) for n, text in enumerate(texts)]
    for taken in (20, 30, 40, 80):
        for share in (0.0, 0.05, 0.1):
            found = 0
            for _ in range(tries):
                number = chooser.randrange(len(registered))
                start = chooser.randrange(len(texts[number]) - taken)
                excerpt = edited(texts[number][start : start + taken], share, chooser)
                draft = folded(text_of(chooser.randrange(10**8, 10**9), 300) + excerpt)
                found += any(
                    e.source == f"S{number}" for e in find_excerpts(draft, registered[number : number + 1], KEY)
                )
            print(f"recall {taken} characters, {share:.0%} edited: {found / tries:.3f}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--length", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--tries", type=int, default=200)
    options = parser.parse_args()
    speed(options.sources, options.length, options.rounds)
    recall(options.length, options.tries)


if __name__ == "__main__":
    main()
