"""Settings about officers, authorisations and procedure: what is read, and mistakes with their lines."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from markpipe.config.settings import Settings, load
from markpipe.errors import ConfigurationError
from markpipe.model.agency import Grant

SITE = """\
schema = 1
[agency]
name = "某县公安局"
tier = "县级"
related = "某市公安局"
business_authority = "某业务主管部门"
secrecy_office = "某县保密局"
provincial_office = "某省保密局"
[[agency.authorities]]
kind = "自身业务"
levels = ["秘密"]
basis = "保密法第十七条第四款"
matters = ["police-1"]
longest_years = 5
granted_by = "某省保密局"
[[people]]
name = "甲"
[[people]]
name = "乙"
[[officers]]
name = "甲"
kind = "法定"
[[officers]]
name = "乙"
kind = "指定"
levels = ["秘密"]
certificate = "证1号"
certificate_to = 2027-01-31
appointment = "任〔2026〕1号"
published = 2026-01-05
filed = 2026-01-09
deputy_of = "甲"
[procedure]
steps = ["保密员", "办公室"]
remind_days = 60
review_months = 6
annual_due = "02-15"
[rules]
set_aside = ["DRV-7"]
"""


def read(tmp_path: Path, text: str = SITE) -> Settings:
    path = tmp_path / "markpipe.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, tmp_path)


def test_everything_is_read(tmp_path: Path) -> None:
    settings = read(tmp_path)
    agency = settings.agency
    assert (agency.related, agency.business_authority) == ("某市公安局", "某业务主管部门")
    assert (agency.secrecy_office, agency.provincial_office) == ("某县保密局", "某省保密局")
    (authority,) = agency.authorities
    assert (authority.grant, authority.matters, authority.longest_years) == (Grant.OWN_WORK, ("police-1",), 5)
    assert authority.granted_by == "某省保密局"
    officer = settings.officer("乙")
    assert officer is not None
    assert (officer.certificate_to, officer.deputy_of) == (dt.date(2027, 1, 31), "甲")
    assert (officer.appointment, officer.published_on, officer.filed_on) == (
        "任〔2026〕1号",
        dt.date(2026, 1, 5),
        dt.date(2026, 1, 9),
    )
    procedure = settings.procedure
    assert (procedure.steps, procedure.remind_days) == (("保密员", "办公室"), 60)
    assert (procedure.review_months, procedure.annual_due) == (6, (2, 15))
    assert procedure.set_aside == {"DRV-7"}
    assert settings.origin["procedure.steps"] == "markpipe.toml 第34行"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"办公室"]', '"门卫"]', "不认识“门卫”"),
        ('"DRV-7"', '"DRV-99"', "没有编号为"),
        ('"DRV-7"', '"LVL-2"', "不能停用"),
        ('"02-15"', '"02-31"', "不是月日"),
        ('deputy_of = "甲"', 'deputy_of = "乙"', "不能是本人"),
        ('deputy_of = "甲"', 'deputy_of = "丙"', "须列入"),
        ('kind = "自身业务"', 'kind = "随便"', "应是授权、特别授权、自身业务之一"),
        ("longest_years = 5", "longest_years = 0", "应是正整数"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in SITE
    with pytest.raises(ConfigurationError, match=says):
        read(tmp_path, SITE.replace(old, new))
