"""Stock phrases of official documents: what two texts may share without one being taken from the other.

Only the *draft* is masked, so the list can grow without registering any source anew.  A masked character never
counts toward the length that makes an excerpt; it may still stand inside one.  Three things are stock:

- set phrases of official writing, listed below (who is addressed, how it opens and closes, political formulas);
- titles in 《》: citing a document is not deriving from it, and titles of laws are public;
- one character repeated eight times or more (filling zeros of a table).

What this module does not do: it knows no text of any law, so a long passage of a law that a registered source
quotes and a draft quotes as well is shown as an excerpt, for a person to judge.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

_DATE = r"\d{4}年\d{1,2}月(?:\d{1,2}日)?"
_AREA = r"[省市区县旗盟州]"
_RESULT = r"(?:通知|通报|报告|函告|批复|公告|通告|意见|请示)"

# Punctuation is gone before these are matched.
_PHRASES = (
    # addressees and copies
    rf"各(?:{_AREA}){{1,4}}(?:人民政府|党委|委)?(?:市|省|区|县)?(?:人民)?政府(?:各)?(?:部门|委办局|组成部门)?",
    rf"{_AREA}(?:人民)?政府各(?:部门|委办局|有关部门|直属机构)+",
    r"各(?:部委|委办局|直属机构|直属单位|有关单位|有关部门|处室|科室|成员单位|企事业单位)+",
    r"各(?:设区的?市|地市州|县市区|市县区|市州|乡镇)(?:人民政府|街道办事处|教育局|财政局|公安局|自然资源局|统计局|招生委员会|招生考试机构)*",
    r"(?:抄送|抄报|主送|发送)(?:各?有关(?:单位|部门)|存档)?",
    # openings
    r"(?:现将|现就)?有关(?:事项|情况|要求|问题|工作)(?:安排)?(?:通知|通报|报告|函告|批复|说明|公告)如下",
    rf"(?:现将|现就).{{0,6}}{_RESULT}如下",
    r"(?:经|已经).{0,12}(?:研究)?(?:同意|批准|审议通过)(?:现)?(?:印发|转发)(?:给)?(?:你们|各单位)?(?:请)?",
    r"现(?:印发|转发|下发)(?:给)?你们请(?:认真|遵照|结合实际|结合工作实际)*(?:贯彻|组织|抓好)*(?:执行|落实|实施)",
    r"请(?:认真|遵照|结合实际|结合本地实际|结合工作实际|各单位)+(?:做好|抓好)?(?:贯彻|组织)?(?:执行|落实|实施)",
    r"(?:根据|按照|依据)(?:国家|上级|中央|省|市)?(?:有关|相关)(?:规定|要求|精神|法律法规(?:规定)?)",
    r"为(?:认真|深入|切实)?贯彻落实(?:党中央国务院)?(?:决策部署|有关精神|重要指示精神|会议精神)",
    # closings
    r"(?:以上|上述)(?:意见|请示|方案|报告)?(?:妥否|当否|如无不妥)?请(?:予)?(?:批示|审示|审议|批转|批复|指示)",
    r"(?:妥否|当否)请(?:予)?(?:批示|批复|审示|指示)",
    rf"特此{_RESULT}",
    r"(?:自|从)?(?:印发|发布|公布)之日起(?:施行|执行|实施)",
    r"此件(?:不予?公开|主动公开|依申请公开|公开发布|发至.{1,6}级)",
    r"(?:联系人|联系电话|联系方式|传真|电子邮箱|附件)",
    rf"(?:.{{0,12}}办公(?:厅|室|局))?{_DATE}印发",
    _DATE,
    # organisation formulas
    r"(?:进一步)?(?:加强|强化)组织领导(?:明确|落实|压实)?(?:责任分工|工作责任|主体责任|责任)?",
    r"(?:高度重视|提高(?:政治站位|思想认识)|统一思想)(?:精心组织)?(?:周密部署)?(?:密切配合)?(?:狠抓落实)?",
    r"(?:严格|认真)?落实(?:安全|保密)?(?:工作)?责任制?(?:确保)?(?:各项)?(?:工作)?(?:任务)?(?:落到实处|取得实效)",
    r"确保(?:各项)?(?:工作)?(?:任务|措施|要求)?(?:落到实处|取得实效|万无一失|顺利进行|顺利实施)",
    r"(?:各级党委和?政府|各地区各部门|各地各部门|各级各部门)(?:要)?",
    # political formulas
    r"(?:坚持)?以?习近平新时代中国特色社会主义思想(?:为指导)?",
    r"(?:深入|全面)?(?:学习)?(?:贯彻|落实|贯彻落实)党的[一二三四五六七八九十]+大(?:和[一二三四五六七八九十]+届[一二三四五六七八九十]+中全会)?精神",
    r"增强四个意识坚定四个自信做到两个维护",
    r"坚持(?:党的(?:全面)?领导|以人民为中心(?:的发展思想)?|稳中求进工作总基调|总体国家安全观)",
    r"(?:在)?党中央(?:的)?(?:坚强|集中统一)领导(?:下)?",
    r"完整准确全面贯彻新发展理念",
    # formulas of laws and of their promulgation
    r"(?:第[一二三四五六七八九十]+届)?(?:全国)?人民代表大会常务委员会第[一二三四五六七八九十]+次会议(?:第[一二三]次)?(?:通过|修订|修正|批准)?",
    r"(?:负有(?:直接)?责任的|对)?(?:直接负责的)?主管人员和其他直接责任人员(?:依法)?(?:给予(?:行政)?处分)?",
    r"(?:情节严重)?构成犯罪的?(?:由司法机关)?依法追究刑事责任(?:尚不构成犯罪的)?",
    r"(?:违反本(?:法|条例|办法|规定)(?:规定)?)?有下列(?:行为|情形)之一的(?:由)?",
    r"(?:按照|依照|根据)国家有关规定给予(?:表彰|奖励|表彰和奖励|表彰奖励)",
    r"(?:根据|依据)?.{0,12}法律(?:行政)?法规(?:的规定)?结合本(?:省|市|自治区|县|单位)实际制定本(?:条例|办法|规定|细则)",
    r"第[零一二三四五六七八九十百]+[条章节款]",
    r"(?:国家)?保密行政管理部门(?:或者|和)省自治区直辖市保密行政管理部门",
    r"一切国家机关和武装力量各政党和各(?:人民)?团体",
    # addresses of documents
    r"中图分类号[a-zA-Z]{1,2}\d{1,8}",
    r"(?:https?|www|doi)[0-9a-zA-Z]{4,80}",
    # names of laws that stand without book marks
    r"中华人民共和国(?:保守国家秘密法|政府信息公开条例|统计法|测绘法|教育法|档案法|国家安全法|数据安全法|网络安全法|密码法)(?:实施(?:条例|细则))?",
    r"党政机关公文处理工作条例",
)

_STOCK = re.compile("|".join(f"(?:{phrase})" for phrase in _PHRASES))
_FILLING = re.compile(r"(.)\1{7,}", re.DOTALL)
_TITLE = re.compile(r"[《〈][^《》〈〉。！？；]{1,60}[》〉]")


def stock_mask(folded_text: str, offsets: NDArray[np.int64], squeezed_text: str) -> NDArray[np.bool_]:
    """For every counted character of a draft whether it is stock.

    `offsets` gives the place of each character of `squeezed_text` in `folded_text`.
    """
    mask = np.zeros(len(offsets), dtype=np.bool_)
    for pattern in (_STOCK, _FILLING):
        for found in pattern.finditer(squeezed_text):
            mask[found.start() : found.end()] = True
    for found in _TITLE.finditer(folded_text):
        low, high = np.searchsorted(offsets, [found.start(), found.end()])
        mask[low:high] = True
    return mask
