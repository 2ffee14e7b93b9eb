"""Personal data in a text: numbers with their checks, contacts, homes, illnesses, names beside a role.

Each kind has an entry of its own (`ENTRIES`), which the policy of a site names when it says what is to be masked.
Likelihood tells a person's data from an office's: an office's telephone is published on purpose, so it is told below
`detect.personal.NOTE` and holds nothing up.  Masked numbers (3301**********1234) are no findings.  Does not judge
whether publishing is allowed (个人信息保护法第二十五条 asks for separate consent): `classify.publication` does.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from markpipe.detect.checksums import has_identity_form, is_identity_number, is_luhn, is_unit_code
from markpipe.detect.people import find_named
from markpipe.model.document import TextMap
from markpipe.model.finding import Finding, Kind
from markpipe.text.fold import Folded

NOTE = 0.5
"""Findings less likely than this are an office's own contact data, or public by law: shown, but nothing waits."""

ENTRIES = {
    "personal-identity": "公民身份号码",
    "personal-passport": "护照、通行证号码",
    "personal-mobile": "手机号码",
    "personal-landline": "固定电话",
    "personal-bank-card": "银行卡号",
    "personal-unit-code": "统一社会信用代码",
    "personal-plate": "机动车号牌",
    "personal-address": "住址",
    "personal-email": "电子邮箱",
    "personal-name": "特定身份人员姓名",
    "personal-illness": "病情",
    "personal-position": "拍摄位置",
}
_BASIS = "个人信息保护法第二十五条、第二十八条"


@dataclass(frozen=True, slots=True)
class _Found:
    entry: str
    start: int
    end: int
    confidence: float
    why: str


_Finder = Callable[[str], Iterator[_Found]]
_SEP = r"[ \-]?"
_IDENTITY = re.compile(
    rf"(?<![0-9a-z.])(\d{{6}}){_SEP}(\d{{4}}){_SEP}?(\d{{4}}){_SEP}(\d{{3}}[0-9x])(?![0-9a-z])|(?<![0-9a-z.])\d{{15}}(?![0-9a-z])"
)
_SPACED_IDENTITY = re.compile(r"(?<![0-9a-z.])(?:\d ?){17}[0-9x](?![0-9a-z]| \d)")
_IDENTITY_WORDS = re.compile("身份证|身份号码|证件号|证件号码|idcard|id号")
_LONG_NUMBER = re.compile(r"(?<![0-9a-z.])\d{10,17}[0-9x]?(?![0-9a-z])")
_PASSPORT = re.compile(
    r"(?<![0-9a-z])(?:e[a-hj-np-z]\d{7}|[egdspk]\d{8}|[dsp]e\d{7}|1[45]\d{7}|[cwhm]\d{8})(?![0-9a-z])"
)
_PASSPORT_WORDS = re.compile("护照|通行证|passport|回乡证|台胞证")
_MOBILE = re.compile(
    rf"(?<![0-9a-z.=/_#])(?:(?:\+|00)?86{_SEP})?(1(?:3\d|4[014-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9\d)){_SEP}(\d{{4}}){_SEP}(\d{{4}})(?![0-9a-z%]|\.\d|{_SEP}\d)"
)
_LANDLINE = re.compile(
    r"(?<![0-9a-z.\-])(?:[(]?(?:\+?86-?)?0(?:10|2\d|[3-9]\d{2})[)]?[ \-]?)[2-9]\d{6,7}(?:(?:转|-)\d{1,5})?(?![0-9a-z\-])"
)
_CALL_WORDS = re.compile("电话|手机|联系|致电|拨打|号码|tel|phone|微信")
_OFFICE_WORDS = re.compile(
    "单位|办公|咨询|举报|监督|投诉|传真|值班|热线|服务|受理|采购|招标|客服|总机|窗口|中心|科室|邮编|fax|报名|编辑部|维权"
)
_HOME_WORDS = re.compile("家庭|住宅|宅电|家中|家里|本人|个人|家长|监护人|私人")
_NUMBER_WORDS = re.compile("订单|流水|编号|单号|案号|文号|序号|批次|条码|工单|批准文号|学号|账号id")
_UNITS = re.compile(r"\s?(?:元|万|亿|个|吨|公里|千米|米|平方|立方|人次|kw|mb|kg|㎡|m2)")
_CARD = re.compile(r"(?<![0-9a-z.\-])(\d{4}(?:[ \-]?\d{4}){2,3}(?:[ \-]?\d{1,3})?|\d{13,19})(?![0-9a-z\-]|\.\d)")
_CARD_WORDS = re.compile("卡号|账号|帐号|银行|开户|存折|收款|工资卡|储蓄|信用卡|社保卡")
_UNIT_CODE = re.compile(r"(?<![0-9a-z])[0-9a-hj-npqrtuwxy]{2}\d{6}[0-9a-hj-npqrtuwxy]{10}(?![0-9a-z])")
_PLATE = re.compile(
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-hj-np-z])[·•. \-]?"
    r"((?=[a-hj-np-z]*\d)(?:[dabcefghjk][a-hj-np-z0-9]\d{4}|\d{5}[dabcefghjk]|[a-hj-np-z0-9]{4}[a-hj-np-z0-9挂学警港澳]))(?![0-9a-z])"
)
_HOME_LABEL = re.compile(
    r"(?:家庭住址|家庭地址|现住址|现居住地|住\s?址|户籍地址?|户籍所在地|居住地址?|家住|现住|住所地?)(?:为|在|是|于)?\s?[:]?\s?(?P<value>[\u4e00-\u9fff][^\n。;,]{3,40})"
)
_DWELLING = re.compile(r"\d+\s?(?:号|室|幢|栋|组|单元|弄|楼)|[一二三四五六七八九十]+(?:组|社|队)")
_HOUSEHOLD = re.compile(
    r"[\u4e00-\u9fff]{2,12}(?:小区|花园|花苑|家园|公寓|新村|佳苑|苑|里|弄|村|城)\s?(?:[a-z\d一二三四五六七八九十]+\s?(?:区|期))?\s?\d+\s?(?:号楼|幢|栋|座|号)\s?(?:\d+\s?单元)?\s?\d{2,4}\s?室?(?![0-9])"
)
_STREET = re.compile(
    r"[\u4e00-\u9fff]{2,8}(?:路|街|道|巷|胡同)\s?\d+\s?号(?:\s?\d+\s?(?:号楼|幢|栋|座))?(?:\s?\d+\s?单元)?(?:\s?\d{2,4}\s?室)?(?!楼|线|院)"
)
_HOME_COLUMN = re.compile(r"住\s?址|家庭地址|户籍地|居住地")
_EMAIL = re.compile(r"(?<![a-z0-9._%+\-])([a-z0-9._%+\-]{1,64})@((?:[a-z0-9\-]{1,63}\.)+[a-z]{2,10})(?![a-z0-9@])")
_PRIVATE_MAIL = re.compile(
    r"(?:qq|foxmail|163|126|yeah|sina|vip\.sina|sohu|139|189|wo|aliyun|gmail|outlook|hotmail|live|icloud|21cn|tom|yahoo|msn|vip\.163|vip\.qq)\.(?:com|cn|net|com\.cn)"
)
_OFFICE_MAIL = re.compile(
    "info|admin|office|service|webmaster|support|contact|editor|news|hr|zhaobiao|bgs|xxgk|sales|press|help|tougao|bianji|journal|xuebao|zb|cg|kf"
)
_ILLNESS = re.compile(
    r"(?:患有?|罹患|确诊(?:为)?|诊断(?:为|:)|病情[:为]|感染|病史[:为])\s?(?P<value>[\u4e00-\u9fffa-z0-9()]{0,14}?(?:病毒|病|症|炎|癌|瘤|结核|艾滋|hiv|抑郁|梅毒|肝硬化|骨折|残疾))"
)
_POSITION = re.compile(r"gps[^\n]{0,20}?\d{1,3}\.\d{3,}[^\n]{0,24}|(?:拍摄位置|gpslatitude|gpslongitude)[^\n]{1,40}")
_NEAR, _BEHIND = 24, 12


def find_personal(text_map: TextMap, folded: Folded) -> tuple[Finding, ...]:
    """The personal data in a document, in the order of the text; of overlapping finds the first kind stays."""
    taken: list[_Found] = []
    for finder in _FINDERS:
        for found in finder(folded.text):
            if not any(found.start < other.end and other.start < found.end for other in taken):
                taken.append(found)
    taken.extend(_broken(folded, taken))
    taken.extend(_spaced(folded.text, taken))
    taken.extend(_half_read(text_map, folded, taken))
    with_names = [*taken, *_illnesses(folded.text, taken)]
    return tuple(_finding(found, folded) for found in sorted(with_names, key=lambda found: found.start))


def _broken(folded: Folded, taken: list[_Found]) -> Iterator[_Found]:
    """Numbers that a line end cuts in two: layouts wrap them anywhere, and their check digits still tell."""
    cuts = [
        match.start()
        for match in re.finditer(r"(?<=\d)\n(?=[\dx])", folded.text)
        if folded.raw[int(folded.offsets[match.start()])] != "\t"
    ]
    if not cuts:
        return
    closed = "".join(folded.text[low + 1 : high] for low, high in pairwise([-1, *cuts, len(folded.text)]))
    closed_cuts = [cut - number for number, cut in enumerate(cuts)]
    for finder in (_identities, _cards, _mobiles):
        for found in finder(closed):
            first, last = bisect_right(closed_cuts, found.start), bisect_left(closed_cuts, found.end)
            if last <= first or (finder is _mobiles and not _CALL_WORDS.search(_before(closed, found.start))):
                continue
            whole = replace(found, start=found.start + first, end=found.end + last, why=f"{found.why}，跨行")
            if not any(whole.start < other.end and other.start < whole.end for other in taken):
                yield whole


def _spaced(text: str, taken: list[_Found]) -> Iterator[_Found]:
    """Identity numbers with blanks anywhere in them, as text recognition reads wide type."""
    for match in _SPACED_IDENTITY.finditer(text):
        start, end = match.span()
        number = _bare(match[0])
        if any(start < other.end and other.start < end for other in taken):
            continue
        if is_identity_number(number):
            yield _Found("personal-identity", start, end, 0.95, "18 位，出生日期和校验码相符，数字间有空格")
        elif _IDENTITY_WORDS.search(_before(text, start)) and has_identity_form(number):
            yield _Found("personal-identity", start, end, 0.7, "校验码不符，可能是笔误或识别有误，数字间有空格")


def _half_read(text_map: TextMap, folded: Folded, taken: list[_Found]) -> Iterator[_Found]:
    """Long numbers in recognised text that speaks of identity or bank cards: recognition loses digits and whole lines."""
    for match in _LONG_NUMBER.finditer(folded.text):
        start, end = match.span()
        if any(start < other.end and other.start < end for other in taken) or _UNITS.match(_after(folded.text, end)):
            continue
        part = text_map.part_at(folded.raw_span(start, end).start)
        if not part.recognised:
            continue
        words = "".join(text_map.text[part.start : part.end].split()).lower()
        for entry, named in (("personal-identity", _IDENTITY_WORDS), ("personal-bank-card", _CARD_WORDS)):
            if named.search(words):
                yield _Found(entry, start, end, 0.6, "文字识别出一长串数字，同页有证件、银行卡字样，可能没有读全")
                break


def _finding(found: _Found, folded: Folded) -> Finding:
    span = folded.raw_span(found.start, found.end)
    return Finding(
        entry=found.entry,
        kind=Kind.PERSONAL,
        span=span,
        text=folded.raw[span.start : span.end],
        item=ENTRIES[found.entry],
        basis=_BASIS,
        folded=folded.foldings(found.start, found.end),
        confidence=found.confidence,
        why=(found.why,),
    )


def _before(text: str, start: int, reach: int = _NEAR) -> str:
    """The words before an offset, within its paragraph."""
    return text[max(text.rfind("\n", 0, start) + 1, start - reach) : start]


def _after(text: str, end: int, reach: int = _BEHIND) -> str:
    stop = text.find("\n", end)
    return text[end : min(end + reach, len(text) if stop < 0 else stop)]


def _bare(matched: str) -> str:
    return re.sub(r"[ \-]", "", matched)


def _identities(text: str) -> Iterator[_Found]:
    for match in _IDENTITY.finditer(text):
        number = _bare(match[0])
        # in a table the heading of the column stands lines above
        named = bool(_IDENTITY_WORDS.search(text[max(0, match.start() - 120) : match.start()]))
        if len(number) == 18 and is_identity_number(number):
            yield _Found("personal-identity", match.start(), match.end(), 0.98, "18 位，出生日期和校验码相符")
        elif len(number) == 15 and named and is_identity_number(number):
            yield _Found(
                "personal-identity", match.start(), match.end(), 0.9, "15 位旧号码，出生日期相符，近旁有证件字样"
            )
        elif named and has_identity_form(number):
            yield _Found("personal-identity", match.start(), match.end(), 0.75, "校验码不符，可能是笔误或改动过的号码")


def _passports(text: str) -> Iterator[_Found]:
    for match in _PASSPORT.finditer(text):
        if _PASSPORT_WORDS.search(_before(text, match.start())):
            yield _Found("personal-passport", match.start(), match.end(), 0.9, "近旁有护照、通行证字样")


def _mobiles(text: str) -> Iterator[_Found]:
    for match in _MOBILE.finditer(text):
        before, after = _before(text, match.start()), _after(text, match.end())
        called = _CALL_WORDS.search(before)
        if not called and (_NUMBER_WORDS.search(before) or _UNITS.match(after)):
            continue
        yield _Found("personal-mobile", match.start(), match.end(), 0.9 if called else 0.75, "手机号段")


def _landlines(text: str) -> Iterator[_Found]:
    for match in _LANDLINE.finditer(text):
        before = _before(text, match.start())
        if _HOME_WORDS.search(before) and not _OFFICE_WORDS.search(before):
            yield _Found("personal-landline", match.start(), match.end(), 0.8, "近旁有住宅、个人字样")
        elif _CALL_WORDS.search(before) or _OFFICE_WORDS.search(before) or "(" in match[0] or "-" in match[0]:
            yield _Found("personal-landline", match.start(), match.end(), 0.3, "区号和号码相符；单位电话不算个人信息")


def _cards(text: str) -> Iterator[_Found]:
    for match in _CARD.finditer(text):
        number = _bare(match[0])
        if not 13 <= len(number) <= 19 or not is_luhn(number):
            continue
        named = bool(_CARD_WORDS.search(text[max(0, match.start() - 60) : match.start()]))
        domestic = number.startswith("62") and 16 <= len(number) <= 19
        foreign = len(number) == 16 and number[0] in "45" and match[0] != number
        if domestic or foreign or (named and number[0] != "0"):
            yield _Found("personal-bank-card", match.start(), match.end(), 0.95 if named else 0.8, "位数和校验位相符")


def _unit_codes(text: str) -> Iterator[_Found]:
    for match in _UNIT_CODE.finditer(text):
        if is_unit_code(match[0]):
            single = match[0].startswith("92")
            why = "个体工商户的代码，指向个人" if single else "机构代码，依法公示，不算个人信息"
            yield _Found("personal-unit-code", match.start(), match.end(), 0.6 if single else 0.3, why)


def _plates(text: str) -> Iterator[_Found]:
    for match in _PLATE.finditer(text):
        yield _Found("personal-plate", match.start(), match.end(), 0.85, "号牌的汉字、字母和位数相符")


def _addresses(text: str) -> Iterator[_Found]:
    for match in _HOME_LABEL.finditer(text):
        value = match["value"]
        if _DWELLING.search(value):
            end = match.start("value") + len(
                re.split(r"[,;、]|\s(?=联系|电话|身份证)|(?=联系电话|电话|身份证)", value)[0].rstrip()
            )
            yield _Found("personal-address", match.start("value"), end, 0.85, "近旁有住址字样，具体到门牌或村组")
    for match in _HOUSEHOLD.finditer(text):
        yield _Found("personal-address", match.start(), match.end(), 0.7, "具体到楼栋和房号")
    for match in _STREET.finditer(text):
        # in a table the heading of the column stands lines above
        if _HOME_COLUMN.search(text[max(0, match.start() - 200) : match.start()]):
            yield _Found("personal-address", match.start(), match.end(), 0.6, "上文有住址栏，具体到门牌")


def _emails(text: str) -> Iterator[_Found]:
    for match in _EMAIL.finditer(text):
        before = _before(text, match.start())
        office = _OFFICE_MAIL.search(match[1]) or re.search("投稿|征订|编辑部|报名|采购|单位|监督|举报|咨询", before)
        if _PRIVATE_MAIL.fullmatch(match[2]) and not office:
            yield _Found("personal-email", match.start(), match.end(), 0.6, "公共邮箱，多为个人所用")
        else:
            yield _Found("personal-email", match.start(), match.end(), 0.3, "单位邮箱或对外联系邮箱")


def _names(text: str) -> Iterator[_Found]:
    for named in find_named(text):
        why = f"姓名紧接“{named.role}”"
        yield _Found("personal-name", named.start, named.end, 0.85 if named.certain else 0.65, why)


def _positions(text: str) -> Iterator[_Found]:
    for match in _POSITION.finditer(text):
        yield _Found("personal-position", match.start(), match.end(), 0.9, "图片里记有拍摄位置")


def _illnesses(text: str, taken: list[_Found]) -> Iterator[_Found]:
    """An illness is somebody's only where the same paragraph says whose: by a name, a number or an address."""
    somebody = [found for found in taken if found.confidence >= NOTE and found.entry != "personal-unit-code"]
    for match in _ILLNESS.finditer(text):
        low = text.rfind("\n", 0, match.start()) + 1
        high = text.find("\n", match.end())
        if any(low <= found.start and (high < 0 or found.start < high) for found in somebody):
            yield _Found("personal-illness", match.start("value"), match.end("value"), 0.8, "同一段落有可识别的个人")


_FINDERS: tuple[_Finder, ...] = (
    _identities,
    _unit_codes,
    _cards,
    _mobiles,
    _landlines,
    _passports,
    _plates,
    _emails,
    _addresses,
    _names,
    _positions,
)
