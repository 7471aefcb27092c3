"""The demo's people and organisations. All invented; the ID numbers have valid check digits and belong to nobody."""

from dataclasses import dataclass

PASSWORD = "Xueshi-2026"  # noqa: S105  the demo's published password, refused outside DEMO

CITY = ("370000", "示例市")
DISTRICTS = (
    ("370001", "市直", ""),
    ("370002", "东城区", "370002"),
    ("370003", "临河区", "370003"),
    ("370004", "广川区", "370004"),
    ("370005", "利津县", "370005"),
    ("370006", "经济技术开发区", ""),
    ("370007", "高新技术产业开发区", ""),
    ("370008", "旅游度假区", ""),
)


@dataclass(frozen=True)
class DemoOrganisation:
    """One node of the tree; `parent` is the code of its superior."""

    code: str
    kind: str
    name: str
    region: str
    parent: str | None = None
    phone: str = ""


ORGANISATIONS = (
    DemoOrganisation("B0001", "bureau", "示例市人力资源和社会保障局", "370001", None, "000-12345"),
    DemoOrganisation("B0002", "bureau", "东城区人力资源和社会保障局", "370002", "B0001", "000-22345"),
    DemoOrganisation("B0003", "bureau", "临河区人力资源和社会保障局", "370003", "B0001", "000-32345"),
    DemoOrganisation("D0001", "department", "示例市卫生健康委员会", "370001", "B0001", "000-12360"),
    DemoOrganisation("D0002", "department", "示例市教育局", "370001", "B0001", "000-12370"),
    DemoOrganisation("U0001", "employer", "示例市第一医院", "370001", "D0001", "000-56001"),
    DemoOrganisation("U0002", "employer", "示例市第二中学", "370001", "D0002", "000-56002"),
    DemoOrganisation("U0003", "employer", "临河区人民医院", "370003", "B0003", "000-56003"),
    DemoOrganisation("U0004", "employer", "东城区建筑设计院", "370002", "B0002", "000-56004"),
    DemoOrganisation("J0001", "base", "示例市医学继续教育基地", "370001", "B0001", "000-57001"),
)


@dataclass(frozen=True)
class DemoRole:
    """A role of a demo account: the contract's user type and where."""

    kind: str
    organisation: str
    state: str = "active"


@dataclass(frozen=True)
class DemoPerson:
    """A demo account that logs in by ID number."""

    id_number: str
    name: str
    roles: tuple[DemoRole, ...]
    note: str


PEOPLE = (
    DemoPerson("110101199003070134", "陈思远", (DemoRole("technician", "U0001"),), "学员，有两年的学时记录"),
    DemoPerson("11010119920615002X", "林晓", (DemoRole("technician", "U0001"),), "学员，还没有开始学习"),
    DemoPerson(
        "110101198509210136",
        "周明",
        (DemoRole("technician", "U0001"), DemoRole("employer", "U0001")),
        "一人两种身份：学员、用人单位管理员",
    ),
    DemoPerson("110101199505090143", "孙悦", (DemoRole("technician", "U0003"),), "学员，单位在临河区"),
    DemoPerson("110101197804110256", "赵静", (DemoRole("department", "D0001"),), "主管部门管理员"),
    DemoPerson("110101198107300171", "吴磊", (DemoRole("bureau", "B0001"),), "市人社局管理员"),
    DemoPerson("110101197612120361", "郑岚", (DemoRole("bureau", "B0003"),), "区人社局管理员"),
    DemoPerson("110101198311050210", "冯涛", (DemoRole("base", "J0001"),), "继续教育基地管理员"),
    DemoPerson("110101198802180319", "何敏", (DemoRole("employer", "B0001"),), "市人社局内部账户（按用人单位登录）"),
    DemoPerson(
        "110101199608250082", "唐宁", (DemoRole("technician", "U0001", "in_review"),), "注册还在审核，登录会提示联系谁"
    ),
)

STAFF = (
    ("editor", "编辑", "内容编辑：写课程，送审"),
    ("reviewer", "审核", "内容审核：通过后发布"),
    ("support", "客服一", "客服：合并单位、发放登记凭证、更正资料"),
    ("support2", "客服二", "客服：复核另一位客服提交的更正"),
    ("finance", "财务一", "财务：查订单、申请退款、对账、开发票"),
    ("finance2", "财务二", "财务：复核另一位财务申请的退款"),
    ("root", "管理员", "平台超级管理员"),
)
