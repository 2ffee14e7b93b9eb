"""Names of people beside a role that must not be made public with them: 举报人王小明, 患者：李四, 未成年人张某某.

A name is a surname and one or two characters more, ended by something that ends a name.  Words that begin like one
(高血压, 应当, 于是) are listed.  A name that is masked already (王某, 李××) is none.  Does not know names without a role.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ROLES = (
    "实名举报人|举报人|投诉人|控告人|检举人|上访人|信访人|被害人|受害人|受害者|证人|知情人|当事人|患者|病人|感染者|病例|死者|伤者"
    "|犯罪嫌疑人|嫌疑人|被告人|服刑人员|社区矫正对象|戒毒人员|吸毒人员|未成年人|未成年|女童|男童|儿童|学生|考生|监护人|家长"
    "|孤儿|低保对象|低保户|特困人员|困难群众|救助对象|帮扶对象|残疾人|申请人|被处罚人|失信被执行人|精神障碍患者|居民|村民"
)
_COMPOUND = "欧阳|上官|司马|诸葛|皇甫|司徒|夏侯|东方|尉迟|公孙|慕容|令狐|端木|南宫|独孤|长孙|宇文|钟离|闻人"
_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭"
    "廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢"
    "路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房"
    "边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲"
    "乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺"
)
_NAME = rf"(?:(?:{_COMPOUND})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?:·[\u4e00-\u9fff]{{1,6}})?)"
_END = r"(?=[\s,，。、;；:：()（）\[\]《》“”\"'!?/|]|$|\d|[男女]|于|因|系|称|在|的|与|和|诉|等[人\d]|反映|举报|领|获|参加|表示|说|向|从|对|被|已|今年|收到|提出|拒|到庭|家住|住院|身份证|电话|联系|患|出生)"
_BESIDE = re.compile(
    rf"(?P<role>{ROLES})(?:的?姓名)?(?P<between>\s?[:：]\s?|\s?[(（]|是|为|系|[\s“]?)(?P<name>{_NAME}){_END}"
)
_MASKED = re.compile("[某×xX*＊○〇]")
# what begins with a surname and follows a role, and is no name: (illness, adverb, verb, thing)
_NO_NAME = re.compile(
    "高血|高热|高龄|高烧|高危|高等|高中|高考|高度|应当|应该|应予|应于|应在|应及|应提|应缴|应如|于是|和其|和家|和监|和证|和申|和被|时间|时应|时可|时需|时候|时的|时限"
    "|安全|安置|安排|成绩|成年|成功|成立|成为|成员|都应|都可|都要|都是|都有|全部|全体|全程|全家|方可|方能|方面|方式|可以|何时|何人|任何|任意|任职|明确|明知|明显|有关|白细|白血"
    "|关系|关于|关注|关爱|常见|常用|常年|单位|单独|单方|单亲|管理|管教|解释|解除|解决|强制|强奸|计算|计划|申请|申报|申诉|申领|来源|来信|来访|来电|原则|原因|原告|项目"
    "|向本|向有|向其|向公|向法|向人|向行|向市|向县|向社|向我|向学|金额|金融|连续|连带|保护|保密|保障|保证|宁可|华人|公安|包括|包庇|盖章|简称|简历|简况|易感|易受|文化|文书|查询|查阅|查看"
    "|家属|家庭|经济|权利|权益|信息|名单|数量|人数|证件|住所|住址|身份|年龄|性别|情况|情绪|户籍|姓名|联系|本人|委托|代理|代表|法定|书面|口头"
    "|石油|方案|程序|程度|易于|封闭|万元|万人|万名|康复|屈服|阳性|温度|温馨|游客|游览|习惯|官员|台账|冷静|商品|商业|商定|宗教|司法|党员|党组|车辆|车牌|车主|房屋|房产|武装|路途|盛行|童年"
)
_REACH = 60


@dataclass(frozen=True, slots=True)
class Named:
    """A name beside a role, as folded offsets; `certain` says that a colon or bracket led to it."""

    role: str
    start: int
    end: int
    certain: bool


def find_named(text: str) -> Iterator[Named]:
    """The names beside a role, in order."""
    for match in _BESIDE.finditer(text):
        name = match["name"]
        if _NO_NAME.match(name) or _MASKED.search(text[match.start("name") : match.end("name") + 1]):
            continue
        certain = match["between"].strip() in (":", "：", "(", "（")
        if not certain and match["between"] in ("为", "是", "系") and len(name) < 3:
            continue  # 申请人为方便…: two characters after a verb are more often a word
        yield Named(match["role"], match.start("name"), match.end("name"), certain)
