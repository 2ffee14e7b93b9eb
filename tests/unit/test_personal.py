"""Personal data: for each kind as many texts that hold it as tricky ones that do not."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.detect.checksums import has_identity_form, is_identity_number, is_luhn, is_unit_code
from markpipe.detect.people import find_named
from markpipe.detect.personal import ENTRIES, NOTE, find_personal
from markpipe.formats.plain import text_map
from markpipe.model.building import TextMapBuilder
from markpipe.model.document import PartKind
from markpipe.model.finding import Finding, Kind
from markpipe.text.fold import fold

FIRST17 = "33010219900307123"


def identity(first17: str = FIRST17) -> str:
    """A number with the right check character (weights of GB 11643, written out)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(first17, weights, strict=True))
    return first17 + "10X98765432"[total % 11]


def luhn(first: str) -> str:
    """The digits with the check digit that makes them pass."""
    return next(first + digit for digit in "0123456789" if plain_luhn(first + digit))


def plain_luhn(number: str) -> bool:
    digits = [int(digit) for digit in number[::-1]]
    return (sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0


def unit_code(first17: str) -> str:
    """A 统一社会信用代码 with the right check character (weights of GB 32100, written out)."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    total = sum(signs.index(sign) * weight for sign, weight in zip(first17, weights, strict=True))
    return first17 + signs[-total % 31]


ID = identity()
WRONG = ID[:-1] + ("1" if ID[-1] != "1" else "2")
CARD = luhn("622202100011223344")
UNIT = unit_code("91330106MA2CFK3T1")
SINGLE = unit_code("92330106MA2CFK3T1")


def found(text: str) -> tuple[Finding, ...]:
    mapped = text_map(text)
    return find_personal(mapped, fold(mapped))


def strong(text: str) -> list[tuple[str, str]]:
    return [(each.entry.removeprefix("personal-"), each.text) for each in found(text) if each.confidence >= NOTE]


POSITIVE = [
    (f"身份证号{ID}。", "identity", ID),
    (f"王某，{ID}，住院治疗", "identity", ID),
    (f"公民身份号码：{ID[:6]} {ID[6:14]} {ID[14:]}", "identity", f"{ID[:6]} {ID[6:14]} {ID[14:]}"),
    ("证件号　" + "".join(chr(ord(c) + 0xFEE0) for c in ID), "identity", "".join(chr(ord(c) + 0xFEE0) for c in ID)),
    (f"身份证{identity('11010519491231002').lower()}", "identity", identity("11010519491231002").lower()),
    (f"港澳居民居住证 {identity('81000019850512003')}", "identity", identity("81000019850512003")),
    (f"姓名\t身份证号\n张三\t{ID}", "identity", ID),
    (f"身份证号：{WRONG}", "identity", WRONG),
    ("身份证号：330102900307123", "identity", "330102900307123"),
    ("护照号：E12345678", "passport", "E12345678"),
    ("持护照EA1234567出境", "passport", "EA1234567"),
    ("港澳通行证C98765432", "passport", "C98765432"),
    ("护照 G56789012", "passport", "G56789012"),
    ("联系人手机13812345678", "mobile", "13812345678"),
    ("请拨打 138-1234-5678", "mobile", "138-1234-5678"),
    ("电话：+86 139 0012 3456", "mobile", "+86 139 0012 3456"),
    ("微信同号19912345678，谢谢", "mobile", "19912345678"),
    ("王老师17012345678", "mobile", "17012345678"),
    ("家庭电话：0571-87654321", "landline", "0571-87654321"),
    ("本人宅电(010)65432109", "landline", "(010)65432109"),
    ("监护人住宅电话021-56781234转8", "landline", "021-56781234转8"),
    (f"卡号：{CARD}", "bank-card", CARD),
    (f"工资卡{CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:16]} {CARD[16:]}", "bank-card", None),
    (f"汇入{luhn('621700123456789')}", "bank-card", luhn("621700123456789")),
    (f"银行账号{luhn('45123400112233')}", "bank-card", luhn("45123400112233")),
    (f"个体户代码{SINGLE}", "unit-code", SINGLE),
    ("车牌号浙A12345", "plate", "浙A12345"),
    ("车牌苏E98765", "plate", "苏E98765"),
    ("驾驶沪B·DF1234小客车", "plate", None),
    ("新能源车京AD12345", "plate", "京AD12345"),
    ("粤Z1234港", "plate", "粤Z1234港"),
    ("家庭住址：杭州市西湖区文三路100号3幢201室，联系电话略", "address", "杭州市西湖区文三路100号3幢201室"),
    ("户籍地为临江省北山县柳树乡石桥村5组", "address", "临江省北山县柳树乡石桥村5组"),
    ("事发于翠苑小区12幢3单元402室", "address", "事发于翠苑小区12幢3单元402室"),
    ("王某家住东河新村8号楼502室", "address", None),
    ("邮箱 zhang_san88@qq.com", "email", "zhang_san88@qq.com"),
    ("请发至lisi2020@163.com", "email", "lisi2020@163.com"),
    ("E-mail：wang.wu@gmail.com", "email", "wang.wu@gmail.com"),
    ("举报人王小明反映称", "name", "王小明"),
    ("患者：李四，女", "name", "李四"),
    ("未成年人陈小雨（12岁）", "name", "陈小雨"),
    ("当事人姓名：欧阳建国", "name", "欧阳建国"),
    ("证人赵铁柱。", "name", "赵铁柱"),
    ("被害人（钱多多）报案", "name", "钱多多"),
    ("考生周晓丽，成绩如下", "name", "周晓丽"),
    ("患者：李四，确诊为肺结核。", "illness", "肺结核"),
    (f"王某，身份证{ID}，患有精神分裂症", "illness", "精神分裂症"),
    ("GPSLatitude 30.27415", "position", "GPSLatitude 30.27415"),
    ("GPS 30.27415, 120.15515", "position", "GPS 30.27415, 120.15515"),
]
NEGATIVE = [
    f"流水号{WRONG}已入账",
    "身份证号330102********1234",
    f"摘要值a{ID}b",
    f"序列号{ID}99",
    f"{ID[:6]}19901332{ID[14:]}",
    "编号330102900307123",
    "身份证号：991332900307123",
    f"圆周率3.{FIRST17}9",
    "型号E12345678电机",
    "批号G56789012合格",
    "护照办理须知：请携带E开头的证件",
    "订单编号13812345678",
    "金额13812345678元",
    "图纸尺寸138.12345678",
    "手机号138****5678",
    "热线12345，400-800-1234",
    "http://a.example/x?id=13812345678",
    "11012345678不是手机号",
    "咨询电话：0571-87654321",
    "市教育局办公室 010-65432109",
    "传真：021-56781234",
    "2021-56781234号文件",
    "卡号：6222021000112233445" if not plain_luhn("6222021000112233445") else "卡号：6222021000112233446",
    "尾号3344的银行卡",
    "条码6901234567892",
    f"编号{'0' * 16}",
    "银行卡号6222 **** **** 3344",
    f"统一社会信用代码：{UNIT}",
    f"代码{UNIT[:-1]}{'1' if UNIT[-1] != '1' else '2'}",
    "京ABCDEFG方案",
    "浙A级景区12家",
    "苏C区块",
    "云A1系列",
    "地址：杭州市解放东路18号市民中心",
    "住所地：本市辖区内",
    "家住附近的群众",
    "花园小区改造涉及12幢楼",
    "投稿邮箱：bianjibu@126.com",
    "office@hangzhou.gov.cn",
    "admin@example.com",
    "@qq.com结尾的邮箱",
    "举报人应当提供材料",
    "患者高血压分级管理",
    "当事人王某表示",
    "未成年人保护法",
    "申请人于三日内",
    "考生须知：全部作答",
    "患者家属签字",
    "学生成绩单",
    "当事人的姓名、住址",
    "加强肺结核防治，确诊为肺结核的免费治疗",
    "糖尿病患者管理率达到70%",
    "GPS定位终端120台",
    "申请人为方便群众",
]


@pytest.mark.parametrize(("text", "kind", "words"), POSITIVE)
def test_personal_data_is_found(text: str, kind: str, words: str | None) -> None:
    kinds = strong(text)
    assert kind in [each for each, _ in kinds], found(text)
    if words is not None:
        assert (kind, words) in kinds


@pytest.mark.parametrize("text", NEGATIVE)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert strong(text) == []


def test_there_are_as_many_tricky_texts_as_true_ones() -> None:
    assert len(NEGATIVE) >= len(POSITIVE)
    assert {f"personal-{kind}" for _, kind, _ in POSITIVE} == set(ENTRIES)


def test_what_an_office_publishes_is_told_without_holding() -> None:
    notes = found(f"咨询电话：0571-87654321，代码{UNIT}，office@hangzhou.gov.cn")
    assert [each.entry for each in notes] == ["personal-landline", "personal-unit-code", "personal-email"]
    assert all(each.confidence < NOTE and each.kind is Kind.PERSONAL for each in notes)


def test_one_number_is_one_finding() -> None:
    (only,) = found(f"身份证号{ID}")
    assert (only.span.start, only.span.end, only.text) == (4, 22, ID)
    assert only.item == "公民身份号码"
    assert only.why


@given(
    st.sampled_from(["110105", "330102", "650100", "810000"]),
    st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2099, 12, 31)),
    st.integers(1, 999),
)
def test_every_right_identity_number_passes_and_no_other_check_character_does(place: str, day: dt.date, n: int) -> None:
    number = identity(f"{place}{day:%Y%m%d}{n:03d}").lower()
    assert is_identity_number(number)
    assert [sign for sign in "0123456789x" if is_identity_number(number[:-1] + sign)] == [number[-1]]


@given(st.text("0123456789", min_size=12, max_size=18))
def test_luhn_agrees_with_the_definition(digits: str) -> None:
    number = luhn(digits)
    assert is_luhn(number) == (len(set(number)) > 1)
    other = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not is_luhn(other)


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_unit_codes_agree_with_the_definition(first17: str) -> None:
    code = unit_code(first17).lower()
    assert is_unit_code(code) == (not code.isalpha())


@pytest.mark.parametrize(
    "number", ["", "1" * 17, "33010219900307123z", "330102199002301234", "00" + "1" * 16, "3301021890"]
)
def test_numbers_that_cannot_be(number: str) -> None:
    assert not has_identity_form(number)
    assert not is_identity_number(number)


@pytest.mark.parametrize("code", ["", "i" * 18, "abcdefghjklmnpqrtu"])
def test_codes_that_cannot_be(code: str) -> None:
    assert not is_unit_code(code)


@pytest.mark.parametrize("at", [1, 5, 9, 17])
def test_a_number_cut_by_a_line_end_is_still_one(at: int) -> None:
    (only,) = found(f"姓名略\n身份证号{ID[:at]}\n{ID[at:]}。\n另一行12\n34")
    assert only.text == f"{ID[:at]}\n{ID[at:]}"
    assert only.entry == "personal-identity"
    (card,) = found(f"卡号{CARD[:at]}\n{CARD[at:]}")
    assert card.text == f"{CARD[:at]}\n{CARD[at:]}"


def test_numbers_below_each_other_and_in_cells_are_not_put_together() -> None:
    assert strong(f"1\n{ID[1:]}\n") == [] or ID.startswith("1")
    assert strong(f"{ID[:6]}\t{ID[6:]}") == []
    assert strong("138\n12345678") == []
    assert [kind for kind, _ in strong("手机138\n12345678")] == ["mobile"]


def test_names_end_where_names_end() -> None:
    text = "被告人司马光明系主犯，证人王府井集团，申请人为方便群众"
    assert [(each.role, text[each.start : each.end], each.certain) for each in find_named(text)] == [
        ("被告人", "司马光明", False)
    ]


def test_blanks_within_a_number_hide_nothing() -> None:
    for text in ("身份证号3 3 0 102199003071230", "公民 330102 1990 03 07 12 30 号"):
        (only,) = found(text)
        assert only.entry == "personal-identity"
    assert not found("编号1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8")
    assert not found("排名3 3 0 1 0 2 1 9 9 0 0 3 0 7 1 2 3 0 1")


def test_a_spaced_number_that_fails_its_check_is_looked_at_near_the_words_for_one() -> None:
    wrong = "3 3 0 1 0 2199003071238"
    (only,) = found(f"身份证号{wrong}")
    assert (only.entry, only.confidence) == ("personal-identity", 0.7)
    assert not found(f"流水号{wrong}")


def recognised(text: str) -> list[Finding]:
    """What is found in a page that text recognition read."""
    builder = TextMapBuilder()
    builder.begin("page:1/ocr", PartKind.PAGE, recognised=True)
    builder.add(text)
    built = builder.build()
    return list(find_personal(built, fold(built)))


def test_a_long_number_on_a_recognised_page_about_identity_cards_is_looked_at_by_a_person() -> None:
    table = "姓名身份证号住址金额\n赵一1101011990030”和平里3号2000元\n77758 201室\n"
    (half,) = [one for one in recognised(table) if one.entry == "personal-identity"]
    assert half.text == "1101011990030"
    assert half.confidence >= NOTE
    assert "没有读全" in half.why[0]
    assert not [one for one in found(table) if one.entry == "personal-identity"], "typed text has all its digits"
    assert [one.entry for one in recognised("工资卡号\n62220211223344\n")] == ["personal-bank-card"]
    assert recognised("本年预算 110101199003 元，身份证办理窗口照常。\n") == []
    assert recognised("器材编号 110101199003077\n") == []


def test_a_street_and_number_under_a_heading_for_homes() -> None:
    (home,) = found("姓名\t住址\t金额\n钱二\t建设路18号\t1500元\n")
    assert (home.entry, home.text) == ("personal-address", "建设路18号")
    assert found("会议地点在建设路18号，请准时参加。") == ()
