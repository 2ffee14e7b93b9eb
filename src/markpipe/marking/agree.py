"""Whether a carrier's electronic label agrees with its ink, and what the state of a label means for the file."""

from __future__ import annotations

from collections.abc import Iterator

from markpipe.marking.inked import Bearing, Flaw, cover
from markpipe.marking.label import Label, LabelAnswer, LabelState

_WHERE = "电子标签"
_ANSWERS = {
    LabelAnswer.ALTERED_LABEL: ("label-altered", "电子标签被改动，或者不是本程序写的"),
    LabelAnswer.ALTERED_CONTENT: (
        "label-content",
        "文件内容与电子标签不符：加标签以后内容改动过，或者标签是从别的文件移来的",
    ),
    LabelAnswer.UNTRUSTED: ("label-untrusted", "电子标签的签名密钥不在信任名单里，标签所写的不能作数"),
}


def label_flaws(answer: LabelAnswer, label: Label | None, bearing: Bearing) -> Iterator[Flaw]:
    """What is wrong with a label, or between label and ink."""
    marked = cover(bearing)
    if answer is LabelAnswer.MISSING:
        if marked is not None:
            yield Flaw("meta-label", "没有电子标签", _WHERE, "")
        return
    if answer is not LabelAnswer.VALID:
        code, message = _ANSWERS[answer]
        yield Flaw(code, message, _WHERE, "")
    if label is None:
        return
    for message in _disagreements(label, "" if marked is None else marked.text, bearing):
        yield Flaw("label-ink", message, _WHERE, "MRK-1")


def _disagreements(label: Label, ink: str, bearing: Bearing) -> Iterator[str]:
    match label.state:
        case LabelState.PROPOSED:
            if ink:
                yield "电子标签是预标志，载体上却有正式标志"
            return
        case LabelState.DECLASSIFIED:
            if ink:
                yield f"电子标签写明已解密，载体上的标志“{ink}”没有作废"
            return
        case LabelState.DETERMINED:
            if not ink:
                yield f"电子标签写明“{label.mark}”，载体上没有这个标志"
            elif ink != label.mark:
                yield f"电子标签写明“{label.mark}”，载体上是“{ink}”"
    serial = "" if label.serial is None else f"{label.serial:06d}"
    if serial and serial != bearing.serial:
        yield f"电子标签写明份号{serial}，载体上是“{bearing.serial or '没有份号'}”"
