"""What the demo's portal and classes say. Written for the demo; names and figures are invented."""

from dataclasses import dataclass, field
from decimal import Decimal

from web.demo.slides import Slides

VIDEOS = {
    "ai-1": Slides(
        "1.1 人工智能是什么",
        ("从数据中找规律", "和照着规则做的程序不同", "三个条件：数据、算法、算力", "能做什么，不能做什么"),
        16,
    ),
    "ai-2": Slides("1.2 机器怎样学习", ("先看例子，再找规律", "练习集、检验集分开", "学得太死叫过拟合"), 12),
    "ai-3": Slides(
        "2.1 大模型怎样用",
        (
            "把要求说清楚：角色、目标、格式",
            "给例子，比讲道理有用",
            "重要的事实自己核对",
            "不把敏感信息交给它",
            "结果由人负责",
        ),
        20,
    ),
    "ai-4": Slides(
        "2.2 工作中的安全与伦理", ("数据来源要合法", "个人信息先脱敏", "生成的内容要标明", "出错了，先停再查"), 16
    ),
    "er-1": Slides(
        "1.1 急诊分诊的四级标准",
        ("一级：濒危，立即抢救", "二级：危重，10 分钟内", "三级：急症，30 分钟内", "四级：非急症，可以等候"),
        20,
    ),
    "er-2": Slides(
        "1.2 成人基础生命支持",
        ("判断意识和呼吸", "按压频率 100–120 次/分", "按压深度 5–6 厘米", "每次按压后胸廓充分回弹"),
        20,
    ),
    "talk": Slides(
        "医患沟通的三十个要点",
        tuple(
            f"{number}. {text}"
            for number, text in enumerate(
                (
                    "先打招呼，说明自己是谁",
                    "坐下来，眼睛平视",
                    "用病人听得懂的话",
                    "一次只说一件事",
                    "说完请对方复述",
                    "坏消息先问想知道多少",
                    "停一停，让情绪过去",
                    "不打断，听满两分钟",
                    "先回应感受，再讲道理",
                    "数字用“十个人里有几个”",
                    "把选择讲全，包括不治",
                    "利和弊一起说",
                    "不替病人决定",
                    "家属的意见要单独听",
                    "写下来，比说一遍牢",
                    "约好下次什么时候谈",
                    "有争议，请上级一起谈",
                    "记录时间、人、内容",
                    "电话里只说该说的",
                    "保护隐私，关上门",
                    "方言听不懂，请人帮忙",
                    "老人：慢、近、大声",
                    "孩子：蹲下来说",
                    "最后问：还有什么想问的",
                ),
                start=1,
            )
        ),
        240,
    ),
}


@dataclass(frozen=True)
class DemoQuestion:
    """One question; the first option of `right` is right."""

    kind: str
    stem: str
    options: tuple[str, ...]
    right: tuple[int, ...]
    explanation: str


QUESTIONS = {
    "triage": DemoQuestion(
        "single",
        "濒危病人属于分诊的哪一级？",
        ("一级", "二级", "三级", "四级"),
        (0,),
        "一级是濒危，应立即进入复苏室抢救。",
    ),
    "waiting": DemoQuestion("true_false", "四级病人可以等候。", ("对", "错"), (0,), "四级是非急症，可以排队等候。"),
    "rate": DemoQuestion(
        "single",
        "成人胸外按压的频率应保持在每分钟多少次？",
        ("60–80 次", "100–120 次", "130–150 次", "越快越好"),
        (1,),
        "每分钟 100–120 次，太快会压得浅，回弹也不够。",
    ),
    "press": DemoQuestion(
        "multiple",
        "高质量胸外按压包括哪几项？",
        ("频率 100–120 次/分", "深度 5–6 厘米", "每次充分回弹", "按压中不断停下来检查"),
        (0, 1, 2),
        "尽量不中断，每两分钟换一次人。",
    ),
}


@dataclass(frozen=True)
class DemoLesson:
    """A lesson: its video, its quizzes as (second or None for the end, keys of questions)."""

    title: str
    video: str
    quizzes: tuple[tuple[int | None, tuple[str, ...]], ...] = ()
    is_preview: bool = False


@dataclass(frozen=True)
class DemoClass:
    """A class of the demo. `begins` and `ends` are days from today; None: the whole year."""

    slug: str
    title: str
    hours: Decimal
    courses: tuple[tuple[str, Decimal, tuple[DemoLesson, ...]], ...]
    subject: str = "professional"
    specialty: str = "health"
    summary: str = ""
    introduction: tuple[str, ...] = ()
    price_fen: int = 0
    original_price_fen: int = 0
    regions: tuple[str, ...] = ("370000",)
    series: tuple[str, ...] = ()
    begins: int | None = None
    ends: int | None = None
    tone: int = 1
    has_exams: bool = False
    extra: dict[str, object] = field(default_factory=dict)


_ER = (
    DemoLesson("急诊分诊的四级标准", "er-1", ((8, ("triage",)), (16, ("waiting",))), is_preview=True),
    DemoLesson("成人基础生命支持", "er-2", ((10, ("rate",)), (None, ("press",)))),
)

CLASSES = (
    DemoClass(
        "demo-public",
        "人工智能应用基础",
        Decimal(12),
        (
            (
                "认识人工智能",
                Decimal(6),
                (DemoLesson("人工智能是什么", "ai-1", is_preview=True), DemoLesson("机器怎样学习", "ai-2")),
            ),
            (
                "用好人工智能",
                Decimal(6),
                (DemoLesson("大模型怎样用", "ai-3"), DemoLesson("工作中的安全与伦理", "ai-4")),
            ),
        ),
        subject="public",
        specialty="",
        summary="本年度公需科目。用四段短课讲清人工智能是什么、怎么用、要注意什么。",
        introduction=(
            "面向全市专业技术人员，不需要编程基础。",
            "四段视频按顺序学完，每个小节有 5 道题的考试，都通过后 12 学时一次计入本年度公需科目。",
        ),
        tone=3,
        has_exams=True,
    ),
    DemoClass(
        "demo-quiz",
        "急诊急救规范化处置（试学班）",
        Decimal(3),
        (("急诊分诊与评估", Decimal(3), _ER),),
        summary="从院前分诊到心肺复苏，边看边答，免费开放。",
        introduction=("面向急诊、院前急救和基层卫生技术人员。", "视频中会弹出提问，答对后继续播放。"),
        series=("卫生技术",),
    ),
    DemoClass(
        "demo-paid",
        "急诊急救规范化处置",
        Decimal(3),
        (("急诊分诊与评估", Decimal(3), _ER),),
        summary="用真实案例讲清急诊处置的每一步。",
        introduction=("由市医学继续教育基地组织。", "一次付费，本年度内不限次回看。"),
        price_fen=240,
        original_price_fen=360,
        series=("卫生技术",),
    ),
    DemoClass(
        "demo-preview",
        "医患沟通的艺术",
        Decimal("2.5"),
        (("沟通的基本功", Decimal("2.5"), (DemoLesson("医患沟通的三十个要点", "talk", is_preview=True),)),),
        summary="一段四分钟的课，谁都可以先试看三分钟。",
        introduction=("把话说到病人心里，是一门可以练的功夫。",),
        series=("卫生技术",),
        tone=2,
    ),
    DemoClass(
        "demo-ended",
        "冬季呼吸道传染病防控",
        Decimal(2),
        (("防控要点", Decimal(2), (DemoLesson("急诊分诊的四级标准", "er-1"),)),),
        summary="上一期已经结束，可以看看目录。",
        begins=-120,
        ends=-30,
        series=("卫生技术",),
        tone=4,
    ),
    DemoClass(
        "demo-other-region",
        "临河区基层卫生适宜技术",
        Decimal(2),
        (("适宜技术", Decimal(2), (DemoLesson("成人基础生命支持", "er-2"),)),),
        specialty="primary-health",
        summary="只对临河区的单位开放。",
        regions=("370003",),
        series=("卫生技术",),
        tone=4,
    ),
    DemoClass(
        "classroom-dialogue",
        "课堂提问的设计",
        Decimal(4),
        (("怎样问出好问题", Decimal(4), (DemoLesson("机器怎样学习", "ai-2"),)),),
        specialty="school",
        summary="好问题让学生先想，再说，再听别人说。",
        series=("中小学教师",),
        tone=2,
    ),
    DemoClass(
        "ledger-basics",
        "新准则下的会计核算要点",
        Decimal(6),
        (("核算要点", Decimal(6), (DemoLesson("工作中的安全与伦理", "ai-4"),)),),
        specialty="accounting",
        summary="收入、租赁、金融工具，三处变化一次讲清。",
        price_fen=1200,
        original_price_fen=1800,
        series=("会计",),
        tone=3,
    ),
    DemoClass(
        "bim-start",
        "建筑信息模型入门",
        Decimal(5),
        (("从图纸到模型", Decimal(5), (DemoLesson("大模型怎样用", "ai-3"),)),),
        specialty="engineering",
        summary="一栋小楼，从轴网画到出图。",
        series=("工程技术",),
        tone=1,
    ),
    DemoClass(
        "soil-test",
        "测土配方施肥",
        Decimal(3),
        (("看土、算肥", Decimal(3), (DemoLesson("人工智能是什么", "ai-1"),)),),
        specialty="agriculture",
        summary="先看土，再算肥，少花钱多打粮。",
        series=("农业技术",),
        tone=4,
    ),
)

NEWS = (
    (-3, "notice", "本年度继续教育学时申报 12 月 20 日截止", "请在截止日前提交申报材料，逾期系统不再受理。"),
    (
        -6,
        "new_class",
        "《人工智能应用基础》列入本年度公需科目，免费开放",
        "登录后一键报名，四段短课，学完即计 12 学时。",
    ),
    (-12, "new_class", "卫生系列新增急诊与沟通课程", "试学班免费，欢迎先试看三分钟。"),
    (-20, "", "学时怎么算：一张表看懂", "公需科目每年 30 学时，专业科目每年 60 学时，合计 90 学时。"),
    (-31, "", "手机上也能学：把网站添加到主屏幕", "用手机浏览器打开本站，在菜单里选“添加到主屏幕”。"),
    (
        -45,
        "maintenance",
        "系统将于周日 0:00–4:00 升级，学习进度不受影响",
        "升级期间可能短暂无法登录，已学到的进度都会保存。",
    ),
)

FAQ = (
    ("登录时提示“还没通过审核”怎么办？", "注册后由所在单位审核。提示里写了单位的名称和电话，可以联系他们尽快处理。"),
    ("身份证号最后一位是 X，怎么输入？", "大写、小写都可以，前后有空格也没关系，系统会自动整理。"),
    ("换了单位，学时会丢吗？", "不会。学时记在你本人名下，换单位也跟着你走。"),
    ("视频为什么不能往后拖？", "没学到的部分要按顺序看，学过的部分可以随时回看。学完一遍后，整段都可以自由拖动。"),
    ("一个账号能同时在两台设备上播放吗？", "同一时间只能有一台在播放。换设备打开会从上次的位置接着学，前一台会停下。"),
)

DOWNLOADS = (
    ("继续教育学时登记表", "登记表", ("姓名", "单位", "专业技术职务", "年度", "科目与学时", "单位意见")),
    (
        "学时申报填写说明",
        "填写说明",
        ("一、选择年度和类型", "二、填写形式与起止时间", "三、上传证明材料", "四、提交后查看进度"),
    ),
    ("变更上级部门申请表", "申请表", ("单位名称", "现上级部门", "新上级部门", "变更理由", "经办人与电话")),
)

HISTORY = (
    (-2, "public", "公需科目 创新能力建设", "30", 6),
    (-2, "professional", "急危重症护理新进展", "32", 9),
    (-2, "professional", "医院感染防控实务", "30", 11),
    (-1, "public", "公需科目 数字素养提升", "30", 5),
    (-1, "professional", "心电图判读进阶", "24", 7),
    (-1, "professional", "病历书写规范", "18.5", 10),
)
"""What the first learner earned in earlier years: (years from now, subject, title, hours, month)."""

STEPS = (
    ("登录", "用证件号码登录。账号由单位管理员开通"),
    ("学习", "公需一键报名，专业按需选课，手机电脑都能看"),
    ("答题", "课中会弹出提问，答对后继续播放"),
    ("学时", "学完自动记入年度档案，随时能查还差多少"),
)

AGREEMENT = """
<h2>一、账号</h2><p>一人一号，实名使用。请妥善保管密码，不要借给他人。</p>
<h2>二、学习</h2><p>学时以实际观看、答题和考试为准，由系统按服务器时间计算。代学、替学一经查实，相应学时作废。</p>
<h2>三、费用</h2><p>公需科目免费。专业科目按班级页面标明的价格收取。</p>
"""

PRIVACY = """
<h2>收集什么</h2><p>为办理继续教育，平台保存姓名、证件号码、单位和学习记录。证件号码加密存放，显示时只露首尾几位。</p>
<h2>给谁看</h2><p>只有你的单位和负责审核的部门能按职责查看，每次查看都有记录。</p>
<h2>怎么联系</h2><p>想查询、更正自己的信息，请联系单位管理员或服务电话。</p>
"""
