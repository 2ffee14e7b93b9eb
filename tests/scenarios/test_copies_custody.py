"""D18–D25: what happens to numbered carriers, in an office's words, through the command line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from desk import Desk
from office import SECRET, Office, make_office

PEOPLE = "".join(f'[[people]]\nname = "{name}"\n' for name in ("赵六", "孙七", "周八", "吴九"))
APPROVED = ("--approved-by", "吴九", "--approval", "审〔2026〕7号")
COPY = "D2026-0001/{:06d}"


@pytest.fixture
def bureau(tmp_path: Path) -> Office:
    """王五 is the 保密员; 赵六 reads, 孙七 and 周八 witness, 吴九 approves."""
    return Desk(make_office(tmp_path / "office", extra=PEOPLE).folder)


def determine(office: Office, scope: str = "") -> Path:
    """A draft that quotes a 机密 source, approved as D2026-0001."""
    office.add_source()
    draft = office.write_docx(office.drafts / "报告.docx", "关于检查的报告", SECRET)
    office.call("determination", "propose", draft, "--handler", "张三", *(("--scope", scope) if scope else ()))
    approved = office.call("determination", "approve", "D2026-0001", "--as", "李四")
    assert approved.returncode == 0, approved.stderr
    return draft


def issue(office: Office, draft: Path, copies: int, code: int = 0) -> None:
    arguments = ("--copies", copies, "--file", draft, "-o", office.folder / "份", "--as", "王五")
    done = office.call("copies", "issue", "D2026-0001", *arguments)
    assert done.returncode == code, done.stderr


def receive(office: Office, *serials: str, **more: str) -> str:
    """A 机密 document from the province; answers its id."""
    told = {
        "number": "省厅发〔2026〕3号",
        "title": "关于汛期值守的通知",
        "mark": "机密★20年",
        "reproduction": "可复制",
    } | more
    options = [word for name, value in told.items() for word in (f"--{name}", value)]
    numbered = [word for serial in serials for word in ("--serial", serial)]
    answer = office.json("carriers", "receive", "--issuer", "省水利厅", *options, *numbered, "--as", "王五")
    return str(answer["id"])


def ok(office: Office, *arguments: object) -> Any:
    return office.json("copies", *arguments)


def refused(office: Office, *arguments: object, says: str) -> None:
    before = office.events()
    done = office.call("copies", *arguments)
    assert done.returncode == 5, done.stdout + done.stderr
    assert says in done.stderr, done.stderr
    assert office.events() == [*before, "attempt-refused"]


def on_day(office: Office, day: dt.date) -> None:
    site = office.folder / "markpipe.toml"
    lines = [f"today = {day}" if line.startswith("today") else line for line in site.read_text().splitlines()]
    site.write_text("\n".join(lines))


def sound(office: Office) -> None:
    assert office.json("register", "verify")["ok"] is True


def test_d18_more_than_approved_is_refused_and_uses_no_number(bureau: Office) -> None:
    draft = determine(bureau)
    bureau.call("copies", "approve", "D2026-0001", "--copies", 3, "--scope", "各科室", *APPROVED, "--as", "王五")
    issue(bureau, draft, 4, code=5)
    assert bureau.json("copies", "status")["copies"] == []
    issue(bureau, draft, 3)
    assert [copy["serial"] for copy in bureau.json("copies", "status")["copies"]] == ["000001", "000002", "000003"]
    issue(bureau, draft, 3)
    issue(bureau, draft, 4, code=5)
    assert bureau.json("copies", "status")["summary"] == {"在库": 3}
    sound(bureau)


def test_d20_no_copy_passes_from_reader_to_reader(bureau: Office) -> None:
    draft = determine(bureau)
    issue(bureau, draft, 3)
    third = COPY.format(3)
    ok(bureau, "circulate", third, "--to", "李四", "--as", "王五")
    refused(bureau, "circulate", third, "--to", "赵六", "--as", "李四", says="不得横传")
    refused(bureau, "circulate", third, "--to", "赵六", "--as", "王五", says="不得横传")
    ok(bureau, "return", third, "--as", "王五")
    ok(bureau, "circulate", third, "--to", "赵六", "--as", "王五")
    stands = ok(bureau, "status", third)
    assert stands["knowers"] == ["李四", "赵六"]
    assert (stands["state"], stands["holder"], stands["mark"]) == ("传阅中", "赵六", "机密★2035年3月2日")
    assert [line["act"] for line in stands["history"]] == ["制作", "传阅", "归还", "传阅"]
    sound(bureau)


def test_sent_copies_are_signed_for_by_whom_they_were_sent_to(bureau: Office) -> None:
    draft = determine(bureau)
    issue(bureau, draft, 2)
    first = COPY.format(1)
    refused(bureau, "transfer", first, "--to", "赵六", "--channel", "邮政快递", "--as", "王五", says="不得用“邮政快递”")
    ok(bureau, "transfer", first, "--to", "赵六", "--as", "王五")
    refused(bureau, "receive", first, "--as", "李四", says="不能签收")
    before = bureau.events()
    ok(bureau, "transfer", first, "--to", "赵六", "--as", "王五")
    assert bureau.events() == before
    ok(bureau, "receive", first, "--as", "赵六")
    ok(bureau, "receive", first, "--as", "赵六")
    assert bureau.json("copies", "status")["summary"] == {"已签收": 1, "在库": 1}
    second = COPY.format(2)
    assert (
        bureau.call("copies", "transfer", second, "--to", "郑十", "--unit", "市水务局", "--as", "王五").returncode == 2
    )
    ok(bureau, "transfer", second, "--to", "郑十", "--unit", "市水务局", "--channel", "机要通信", "--as", "王五")
    ok(bureau, "receive", second, "--receipt", "回执12号 郑十", "--as", "王五")
    assert ok(bureau, "holders", "郑十")["carriers"][0]["unit"] == "市水务局"
    sound(bureau)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_says_who_gets_which_copy(bureau: Office, kind: str) -> None:
    series = receive(bureau, "000001", "000002")
    listed = bureau.folder / f"分发.{kind}"
    rows = [("份", "姓名", "单位"), (f"{series}/1", "赵六", ""), (f"{series}/2", "孙七", "")]
    if kind == "csv":
        listed.write_text("\n".join(",".join(row) for row in rows), encoding="gb18030")
    else:
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        for row in rows:
            sheet.append(row)
        book.save(listed)
    answer = ok(bureau, "transfer", "--recipients", listed, "--as", "王五")
    assert [(carrier["carrier"], carrier["holder"]) for carrier in answer["carriers"]] == [
        (f"{series}/000001", "赵六"),
        (f"{series}/000002", "孙七"),
    ]


@pytest.mark.parametrize(
    "content", ["", "份,姓名\n", "份\nR2026-0001/1", "份,姓名\nR2026-0001/1,", "份,姓名\na/1,甲\na/1,乙"]
)
def test_a_wrong_list_does_nothing(bureau: Office, content: str) -> None:
    receive(bureau, "000001")
    listed = bureau.folder / "分发.csv"
    listed.write_text(content, encoding="utf-8")
    done = bureau.call("copies", "transfer", "--recipients", listed, "--as", "王五")
    assert done.returncode == 2
    assert "分发.csv" in done.stderr
    assert bureau.json("copies", "holders")["carriers"] == []


def test_holders_outside_the_scope_need_a_recorded_widening(bureau: Office) -> None:
    ref = receive(bureau, "000117", scope="李四、赵六") + "/000117"
    refused(bureau, "circulate", ref, "--to", "孙七", "--as", "王五", says="不在 R2026-0001/000117 的知悉范围")
    ok(bureau, "circulate", ref, "--to", "赵六", "--as", "王五")
    ok(bureau, "return", ref, "--as", "王五")
    ok(bureau, "circulate", ref, "--to", "孙七", "--widened", "吴九 扩〔2026〕1号", "--as", "王五")
    assert "扩大知悉范围：吴九 扩〔2026〕1号" in bureau.call("copies", "status", ref).stdout


def test_d21_received_carriers_keep_their_number_and_are_copied_only_with_approval(bureau: Office) -> None:
    series = receive(bureau, "000117")
    assert series == "R2026-0001"
    ref = f"{series}/000117"
    assert bureau.json("carriers", "list")["incoming"][0]["number"] == "2026-0001"
    assert "省厅发〔2026〕3号" in bureau.call("carriers", "list").stdout
    two = ("duplicate", ref, "--copies", 2, "--as", "王五")
    assert bureau.call("copies", *two).returncode == 2
    made = ok(bureau, *two, *APPROVED)["carriers"]
    assert [carrier["carrier"] for carrier in made] == [f"{ref}/000001", f"{ref}/000002"]
    assert {carrier["mark"] for carrier in made} == {"机密★20年"}
    before = bureau.events()
    assert ok(bureau, *two, *APPROVED)["carriers"] == made
    assert bureau.events() == before
    refused(bureau, "duplicate", ref, "--copies", 3, *APPROVED, "--as", "王五", says="已复制 2 份")
    stands = bureau.call("copies", "status", f"{ref}/1").stdout
    assert "江北市水文测站复制 2026年5月10日" in stands
    sound(bureau)


@pytest.mark.parametrize(
    ("received", "says"),
    [
        ({"reproduction": "禁止复制"}, "禁止复制"),
        ({"reproduction": "经制发机关批准"}, "须经制发机关批准"),
        ({"mark": "绝密★30年"}, "绝密级"),
    ],
)
def test_d21_what_the_issuer_does_not_allow(bureau: Office, received: dict[str, str], says: str) -> None:
    ref = receive(bureau, "000117", **received) + "/000117"
    refused(bureau, "duplicate", ref, "--copies", 1, *APPROVED, "--as", "王五", says=says)
    consent = ("--issuer-consent", "省厅函〔2026〕9号")
    done = bureau.call("copies", "duplicate", ref, "--copies", 1, *APPROVED, *consent, "--as", "王五")
    assert done.returncode == (5 if received.get("reproduction") == "禁止复制" else 0)


def test_d21_telegrams_are_never_copied(bureau: Office) -> None:
    words = ("--issuer", "省厅", "--title", "来电", "--mark", "机密★5年", "--serial", "3", "--reproduction", "可复制")
    answer = bureau.json("carriers", "receive", *words, "--telegram", "--as", "王五")
    ref = f"{answer['id']}/000003"
    consent = ("--issuer-consent", "省厅函〔2026〕9号")
    refused(bureau, "duplicate", ref, "--copies", 1, *APPROVED, *consent, "--as", "王五", says="密电")


@pytest.mark.parametrize("serials", [(), ("12a",), ("0",), ("1234567",), ("000003", "3")])
def test_received_numbers_are_those_on_the_paper(bureau: Office, serials: tuple[str, ...]) -> None:
    numbered = [word for serial in serials for word in ("--serial", serial)]
    words = ("--issuer", "省厅", "--title", "通知", "--mark", "机密★5年", "--reproduction", "可复制")
    assert bureau.call("carriers", "receive", *words, *numbered, "--as", "王五").returncode == 2
    assert bureau.json("carriers", "list")["incoming"] == []


def test_one_document_is_received_once(bureau: Office) -> None:
    receive(bureau, "000117")
    again = bureau.call(
        *(
            "carriers",
            "receive",
            "--issuer",
            "省水利厅",
            "--number",
            "省厅发〔2026〕3号",
            "--title",
            "关于汛期值守的通知",
        ),
        *("--mark", "机密★20年", "--reproduction", "可复制", "--serial", "000117", "--as", "王五"),
    )
    assert again.returncode == 5
    assert "已登记为 R2026-0001" in again.stderr
    third_party = bureau.call(
        "carriers", "receive", "--issuer", "x", "--title", "x", "--mark", "机密", "--reproduction", "可复制"
    )
    assert third_party.returncode == 5  # the first 承办人 acts where nobody is named


def test_what_people_type_is_read_as_they_mean_it(bureau: Office) -> None:
    series = receive(bureau, "０００１１７", "119-120", number="省厅发[2026]３号", scope="李四、赵六")
    refs = [f"{series}/{serial:06d}" for serial in (117, 119, 120)]
    assert [one["carrier"] for one in ok(bureau, "status", series.lower())["carriers"]] == refs
    ok(bureau, "circulate", "r2026-0001／１１７", "--to", "赵　六", "--as", "王 五")
    assert [one["holder"] for one in ok(bureau, "holders", "赵 六")["carriers"]] == ["赵六"]
    listed = bureau.folder / "清点.csv"
    listed.write_text(f"份　号\n{series}/０００１１９\n{series}/120\n", encoding="gbk")
    assert ok(bureau, "inspect", "--from", listed, "--as", "王五")["missing"] == []


def test_a_scope_lists_names_as_tables_space_them(bureau: Office) -> None:
    ref = receive(bureau, "117", scope="李　四、赵六 孙七，周 八") + "/000117"
    for name in ("李四", "孙七", "周八"):
        ok(bureau, "circulate", ref, "--to", name, "--as", "王五")
        ok(bureau, "return", ref, "--as", "王五")
    refused(bureau, "circulate", ref, "--to", "吴九", "--as", "王五", says="不在")


def test_times_are_told_as_the_office_has_them(bureau: Office) -> None:
    ref = receive(bureau, "117") + "/117"
    loss = ok(bureau, "lost", ref, "--circumstances", "找不到", "--as", "王五")
    by = dt.datetime.fromisoformat(loss["report_by"]) + dt.timedelta(hours=8)
    told = bureau.call("copies", "lost", loss["id"], "--step", "报告", "--as", "王五").stdout
    assert f"须于 {by:%Y-%m-%d %H:%M}（北京时间）前报告" in told
    told = bureau.call("copies", "lost", loss["id"], "--step", "报告", "--reported", "--as", "王五").stdout
    assert "（北京时间）" in told
    assert "Z" not in told.replace(ref, "")


@pytest.mark.parametrize(
    ("lines", "count", "says"),
    [
        ("赵六,邮政快递,2", None, "不得用“邮政快递”"),
        ("赵六,,2", 3, "分发清单共 2 份，而要制作 3 份"),
        ("赵六,,1\n孙七,,1", None, "孙七不在"),
    ],
)
def test_a_list_that_cannot_be_handed_out_uses_no_number(
    bureau: Office, lines: str, count: int | None, says: str
) -> None:
    draft = determine(bureau, scope="赵六、李四")
    listed = bureau.folder / "分发.csv"
    listed.write_text(f"姓名,渠道,份数\n{lines}\n", encoding="utf-8-sig")
    words: tuple[object, ...] = ("issue", "D2026-0001", "--file", draft, "-o", bureau.folder / "份", "--as", "王五")
    words = (*words, "--recipients", listed)
    done = bureau.call("copies", *words, *(() if count is None else ("--copies", count)))
    assert (done.returncode, says in done.stderr) == (2 if count else 5, True), done.stderr
    assert bureau.json("copies", "status")["copies"] == []
    if "孙七" in lines:
        words = (*words, "--widened", "吴九 扩〔2026〕1号")
        done = bureau.call("copies", *words)
        assert done.returncode == 0, done.stderr
        assert bureau.json("copies", "status")["summary"] == {"待签收": 2}
        ok(bureau, "receive", COPY.format(1), "--as", "赵六")
        before = bureau.events()
        assert bureau.call("copies", *words).returncode == 0  # the same list again: who has signed has it already
        assert bureau.events() == before


def test_what_comes_later_joins_its_document(bureau: Office) -> None:
    series = receive(bureau, "117")
    on_day(bureau, dt.date(2026, 5, 12))
    assert receive(bureau, "118-119", number="省厅发（2026）3号") == series
    assert [one["carrier"][-3:] for one in ok(bureau, "status", series)["carriers"]] == ["117", "118", "119"]
    assert ok(bureau, "status", f"{series}/118")["history"][0]["day"] == "2026-05-12"
    words = ("--issuer", "省水利厅", "--number", "省厅发〔2026〕3号", "--title", "关于汛期值守的通知")
    more = ("--mark", "机密★20年", "--reproduction", "可复制", "--serial", "119", "--as", "王五")
    assert bureau.call("carriers", "receive", *words, *more).returncode == 5
    sound(bureau)


def test_a_document_without_numbers_is_counted(bureau: Office) -> None:
    words = ("--issuer", "省厅", "--title", "通知", "--mark", "秘密★5年", "--reproduction", "可复制", "--as", "王五")
    assert bureau.call("carriers", "receive", *words, "--serial", "1-2", "--count", 3).returncode == 2
    answer = bureau.json("carriers", "receive", *words, "--count", 3)
    assert (answer["numbered"], len(answer["carriers"])) == (False, 3)
    assert "文件上没有份号" in bureau.call("carriers", "list").stdout
    assert "0 份" not in bureau.call("copies", "status").stdout


def test_what_the_issuer_wants_back_is_overdue_until_it_is_there(bureau: Office) -> None:
    ref = receive(bureau, "117", **{"return-by": "2026-05-12"}) + "/000117"
    ok(bureau, "lend", ref, "--to", "赵六", "--days", 10, *APPROVED, "--as", "王五")
    for day, owed in ((12, []), (13, [ref])):
        on_day(bureau, dt.date(2026, 5, day))
        assert ("没有逾期" in bureau.call("copies", "overdue").stdout) == (not owed)
        answer = bureau.json("copies", "overdue", code=1 if owed else 0)
        assert ([one["carrier"] for one in answer["owed"]], answer["carriers"]) == (owed, [])
    assert f"{ref} 应于 2026-05-12 前退还省水利厅，现借出" in bureau.call("copies", "overdue").stdout
    ok(bureau, "return", ref, "--as", "王五")
    assert bureau.json("carriers", "return", ref, "--unit", "省水利厅", "--as", "王五")["summary"] == {
        "已退制发机关": 1
    }
    assert bureau.json("copies", "overdue")["owed"] == []
    sound(bureau)


def test_received_carriers_go_back_to_their_issuer(bureau: Office) -> None:
    ref = receive(bureau, "000117") + "/000117"
    done = bureau.json("carriers", "return", ref, "--unit", "省水利厅", "--receipt", "回执3号", "--as", "王五")
    assert done["summary"] == {"已退制发机关": 1}
    refused(bureau, "circulate", ref, "--to", "赵六", "--as", "王五", says="已退制发机关")
    draft = determine(bureau)
    issue(bureau, draft, 1)
    own = bureau.call("carriers", "return", COPY.format(1), "--unit", "省水利厅", "--as", "王五")
    assert own.returncode == 5


def test_d22_a_loan_is_overdue_on_the_day_after_its_last(bureau: Office) -> None:
    ref = receive(bureau, "000117") + "/000117"
    lend = ("lend", ref, "--to", "赵六", "--days", 2, "--as", "王五")
    assert bureau.call("copies", *lend).returncode == 2
    refused(bureau, *lend, "--approved-by", "赵六", says="不能由本人批准")
    ok(bureau, *lend, *APPROVED)
    day = dt.date(2026, 5, 10)
    for after, late in ((0, []), (1, []), (2, []), (3, [ref])):
        on_day(bureau, day + dt.timedelta(days=after))
        answer = bureau.json("copies", "overdue", code=1 if late else 0)
        assert [carrier["carrier"] for carrier in answer["carriers"]] == late
    ok(bureau, "return", ref, "--as", "王五")
    assert bureau.json("copies", "overdue")["carriers"] == []


def test_top_secret_leaves_the_house_only_with_two(bureau: Office) -> None:
    ref = receive(bureau, "000001", mark="绝密★30年") + "/000001"
    carry = ("carry", ref, "--to", "赵六", "--days", 1, *APPROVED, "--as", "王五")
    refused(bureau, *carry, says="两人以上同行")
    ok(bureau, *carry, "--companion", "孙七")
    assert "同行孙七" in bureau.call("copies", "status", ref).stdout


def test_d23_a_recall_names_what_is_missing_and_who_had_it_last(bureau: Office) -> None:
    series = receive(bureau, *(str(serial) for serial in range(1, 21)))
    refs = [f"{series}/{serial:06d}" for serial in range(1, 21)]
    ok(bureau, "circulate", *refs[:12], *refs[13:], "--to", "赵六", "--as", "王五")
    ok(bureau, "circulate", refs[12], "--to", "孙七", "--as", "王五")
    batch = ok(bureau, "recall", series, "--due", "2026-06-01", "--reason", "省厅要求清退", "--as", "王五")
    assert (batch["id"], len(batch["refs"]), len(batch["missing"])) == ("B2026-0001", 20, 20)
    ok(bureau, "return", *refs[:12], *refs[13:], "--as", "王五")
    shown = ok(bureau, "recall", "--show", "B2026-0001")
    assert [(carrier["carrier"], carrier["holder"]) for carrier in shown["missing"]] == [(refs[12], "孙七")]
    refused(bureau, "recall", "--close", "B2026-0001", "--as", "王五", says=f"{refs[12]}（传阅中，最后在孙七处）")
    loss = ok(bureau, "lost", refs[12], "--circumstances", "出差途中遗失", "--as", "孙七")
    assert (loss["id"], loss["last_holder"], loss["reported_at"]) == ("L2026-0001", "孙七", "")
    found = dt.datetime.fromisoformat(loss["report_by"]) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(hours=23, minutes=50) < found <= dt.timedelta(hours=24)
    refused(bureau, "recall", "--close", "B2026-0001", "--as", "王五", says="丢失待查")
    refused(bureau, "lost", "L2026-0001", "--step", "查明", "--close", "--as", "王五", says="还没有报告")
    reported = ok(bureau, "lost", "L2026-0001", "--step", "向市保密局报告", "--reported", "--as", "王五")
    assert reported["reported_at"]
    ok(bureau, "return", refs[12], "--as", "王五")
    ok(bureau, "lost", "L2026-0001", "--step", "已找回", "--close", "--as", "王五")
    closed = ok(bureau, "recall", "--close", "B2026-0001", "--as", "王五")
    assert closed["closed_on"] == "2026-05-10"
    sound(bureau)


def test_a_recall_that_is_late_shows_as_overdue(bureau: Office) -> None:
    series = receive(bureau, "1")
    ok(bureau, "circulate", f"{series}/1", "--to", "赵六", "--as", "王五")
    ok(bureau, "recall", "--holder", "赵六", "--due", "2026-05-09", "--as", "王五")
    assert bureau.json("copies", "overdue", code=1)["recalls"] == ["B2026-0001"]


DESTROY = ("--method", "自行销毁", "--place", "机要室", *APPROVED, "--as", "王五")


def witnesses(*names: str) -> tuple[str, ...]:
    return tuple(word for name in names for word in ("--witness", name))


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (("王五", "孙七"), "王五是"),
        (("孙七", "孙七"), "两名不同的监销人"),
        (("孙七",), "两名不同的监销人"),
        (("吴九", "孙七"), "吴九是批准人"),
    ],
)
def test_d24_who_may_not_witness(bureau: Office, names: tuple[str, ...], says: str) -> None:
    ref = receive(bureau, "1") + "/1"
    refused(bureau, "destroy", ref, *DESTROY, *witnesses(*names), says=says)


def test_d24_destruction_takes_both_signatures(bureau: Office) -> None:
    series = receive(bureau, "1", "2")
    refs = (f"{series}/000001", f"{series}/000002")
    ok(bureau, "circulate", refs[1], "--to", "赵六", "--as", "王五")
    pair = witnesses("孙七", "周八")
    refused(bureau, "destroy", *refs, *DESTROY, *pair, says="不能销毁")
    ok(bureau, "return", refs[1], "--as", "王五")
    listing = ok(bureau, "destroy", *refs, *DESTROY, *pair)
    assert (listing["id"], listing["signed"], listing["destroyed_on"]) == ("X2026-0001", ["", ""], "")
    assert ok(bureau, "status", series)["summary"] == {"待销毁": 2}
    refused(bureau, "sign", "X2026-0001", "--as", "赵六", says="不是 X2026-0001 的监销人")
    ok(bureau, "sign", "X2026-0001", "--as", "孙七")
    ok(bureau, "sign", "X2026-0001", "--as", "孙七")
    assert ok(bureau, "status", series)["summary"] == {"待销毁": 2}
    signed = ok(bureau, "sign", "X2026-0001", "--as", "周八")
    assert signed["signed"] == ["2026-05-10", "2026-05-10"]
    assert signed["destroyed_on"] == "2026-05-10"
    assert ok(bureau, "status", series)["summary"] == {"已销毁": 2}
    assert ok(bureau, "status", refs[1])["knowers"] == ["赵六"]  # the register outlives the paper
    sound(bureau)


def test_d24_many_are_destroyed_by_the_designated_body(bureau: Office) -> None:
    series = receive(bureau, *(str(serial) for serial in range(1, 121)))
    refs = [f"{series}/{serial}" for serial in range(1, 121)]
    pair = witnesses("孙七", "周八")
    done = bureau.call("copies", "destroy", *refs, *DESTROY, *pair)
    assert done.returncode == 5
    assert "指定单位的回执" in done.stderr
    body = ("--method", "送销毁机构", "--place", "市销毁中心", *APPROVED, "--as", "王五")
    refused(bureau, "destroy", *refs, *body, *pair, says="回执编号")
    listing = ok(bureau, "destroy", *refs, *body, *pair, "--receipt", "销〔2026〕55号")
    assert len(listing["refs"]) == 120


def test_voided_paper_waits_for_its_destruction(bureau: Office) -> None:
    draft = determine(bureau)
    issue(bureau, draft, 2)
    first, second = COPY.format(1), COPY.format(2)
    ok(bureau, "circulate", first, "--to", "赵六", "--as", "王五")
    refused(bureau, "void", first, "--reason", "卡纸", "--as", "王五", says="先退回保密员")
    assert bureau.call("copies", "void", second, "--reason", "卡纸", "--as", "王五").returncode == 0
    assert bureau.json("copies", "status")["summary"] == {"传阅中": 1, "已作废待销毁": 1}
    listing = ok(bureau, "destroy", second, *DESTROY, *witnesses("孙七", "周八"))
    assert listing["refs"] == [second]
    sound(bureau)


def test_d25_nobody_leaves_with_a_carrier_or_a_power(bureau: Office) -> None:
    series = receive(bureau, "1", "2", "3", "4")
    refs = [f"{series}/{serial:06d}" for serial in range(1, 5)]
    ok(bureau, "circulate", *refs, "--to", "李四", "--as", "王五")
    listed = bureau.json("copies", "clear", "--holder", "李四", code=1)
    assert [carrier["carrier"] for carrier in listed["carriers"]] == refs
    assert listed["power"] == "定密责任人身份"
    ok(bureau, "return", *refs[:3], "--as", "王五")
    close = ("clear", "--holder", "李四", "--close", "--as", "王五")
    refused(bureau, *close, says=f"{refs[3]}（传阅中）；定密责任人身份")
    ok(bureau, "return", refs[3], "--as", "王五")
    refused(bureau, *close, says="定密责任人身份")
    site = bureau.folder / "markpipe.toml"
    site.write_text(site.read_text().replace("to = 2027-12-31", "to = 2026-05-09"))
    assert bureau.json("copies", *close)["cleared"] is True
    assert bureau.events()[-1] == "holder-cleared"
    sound(bureau)


def test_counting_the_store_finds_what_is_not_there(bureau: Office) -> None:
    series = receive(bureau, "1", "2", "3")
    ok(bureau, "circulate", f"{series}/3", "--to", "赵六", "--as", "王五")
    counted = bureau.folder / "清点.csv"
    counted.write_text(f"份\n{series}/1\n{series}/3\n", encoding="utf-8")
    answer = bureau.json("copies", "inspect", "--series", series, "--from", counted, "--as", "王五", code=1)
    assert (answer["missing"], answer["surplus"]) == ([f"{series}/000002"], [f"{series}/000003"])
    good = bureau.json("copies", "inspect", f"{series}/1", f"{series}/2", "--as", "王五")
    assert good["missing"] == []


def test_the_store_is_handed_over_from_keeper_to_keeper_before_a_third_person(bureau: Office) -> None:
    receive(bureau, "1", "2")

    def hand(giver: str, taker: str, witness: str) -> tuple[object, ...]:
        return ("handover", "--from", giver, "--to", taker, "--witness", witness, "--as", "王五")

    refused(bureau, *hand("王五", "赵六", "吴九"), says="赵六不是保密员")
    site = bureau.folder / "markpipe.toml"
    site.write_text(site.read_text().replace('name = "赵六"\n', 'name = "赵六"\nroles = ["保密员"]\n'))
    assert bureau.call("copies", *hand("王五", "赵六", "王五")).returncode == 2
    done = bureau.call("copies", *hand("王五", "赵六", "吴九"))
    assert done.returncode == 0, done.stderr
    assert "王五移交赵六 2 份，吴九监交" in done.stdout
    before = bureau.events()
    assert bureau.call("copies", *hand("王五", "赵六", "吴九")).returncode == 0
    assert bureau.events() == before
    site.write_text(site.read_text().replace('name = "孙七"\n', 'name = "孙七"\nroles = ["保密员"]\n'))
    refused(bureau, *hand("王五", "孙七", "吴九"), says="现由赵六保管")
    ref = "R2026-0001/1"
    refused(bureau, "destroy", ref, *DESTROY, *witnesses("赵六", "周八"), says="赵六是载体保管人")


def test_archived_carriers_are_gone_from_the_store(bureau: Office) -> None:
    ref = receive(bureau, "1") + "/1"
    ok(bureau, "archive", ref, "--place", "档案室 2026-12", "--as", "王五")
    refused(bureau, "lend", ref, "--to", "赵六", "--days", 1, *APPROVED, "--as", "王五", says="已归档")


@pytest.mark.parametrize("ref", ["D2026-0001", "x/y", "D2026-0001/9999999", "D2026-0001/0", "R2026-0009/1", "/"])
def test_what_names_no_carrier(bureau: Office, ref: str) -> None:
    done = bureau.call("copies", "circulate", ref, "--to", "赵六", "--as", "王五")
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
