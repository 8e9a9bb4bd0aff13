"""The words (用语) of a list of sites: headers and values as people write them, and what each of them means."""

from tenants.messages import _

# field -> headers, as a person reads the field first; where a sheet has several, the earlier one wins
_HEADERS: dict[str, str] = {
    "code": "单位编码|主办单位编码|站点编码|编码|code|tenant code|site key",
    "name": "主办单位|主办单位名称|单位名称|机构名称|网站名称|站点名称|名称|name|organiser",
    "short_name": "简称|单位简称|网站简称|short name|shortname",
    "kind": "类型|站点类型|网站类型|单位类型|类别|kind|type",
    "region_code": "行政区划代码|行政区划编码|区划代码|区划编码|行政区划|地区代码|区划|region code|region",
    "supervisor_code": (
        "主管单位编码|上级单位编码|主管单位代码|上级主管单位编码|主管单位|上级单位|上级编码|"
        "supervisor code|supervisor|parent code|parent"
    ),
    "host": "域名|网站域名|主域名|主机|主机名|host|hostname|domain",
    "mount": "路径|挂载路径|目录|访问路径|网站目录|mount|path|slug",
    "site_code": "网站标识码|政府网站标识码|标识码|site code|site id code",
    "status": "状态|网站状态|站点状态|运行状态|status",
    "undertaker": "承办单位|承办单位名称|undertaker",
    "address": "地址|单位地址|办公地址|联系地址|address",
    "office_hours": "办公时间|工作时间|office hours",
    "icp_filing": "ICP备案编号|ICP备案号|ICP备案|ICP|icp filing",
    "police_filing": "公安备案编号|公安备案号|公安机关备案号|公网安备号|公安备案|police filing",
    "contact_name": "联系人|联系人姓名|联络员|联络员姓名|联系人/姓名|联络员/姓名|contact name|contact",
    "contact_post": "联系人职务|联络员职务|联系人/职务|联络员/职务|contact post",
    "contact_phone": (
        "联系人电话|联系电话|联络员电话|联系人手机|联系人/电话|联系人/联系电话|联系人/手机|联络员/电话|"
        "联络员/联系电话|联络员/手机|电话|contact phone|phone"
    ),
    "leader_name": (
        "负责人|负责人姓名|分管负责人|分管负责人姓名|分管领导|主要负责人|负责人/姓名|分管负责人/姓名|"
        "分管领导/姓名|主要负责人/姓名|leader name|leader"
    ),
    "leader_post": (
        "负责人职务|分管负责人职务|分管领导职务|负责人/职务|分管负责人/职务|分管领导/职务|"
        "主要负责人/职务|职务|leader post"
    ),
    "leader_phone": (
        "负责人电话|分管负责人电话|分管领导电话|负责人联系电话|负责人/电话|负责人/联系电话|负责人/手机|"
        "分管负责人/电话|分管负责人/联系电话|分管负责人/手机|分管领导/电话|分管领导/联系电话|"
        "主要负责人/电话|主要负责人/联系电话|leader phone"
    ),
    "opened_on": "开通日期|开通时间|上线日期|上线时间|开办时间|opened on|opening date",
    "theme": "主题色|主题颜色|配色|主题|theme",
    "template_version": "模板版本|栏目模板版本|模板版本号|template version",
}
HEADERS: dict[str, str] = {header: field for field, headers in _HEADERS.items() for header in headers.split("|")}

# The names of the fields as the sentences show them, marked for the catalogue one by one.
FIELDS = frozenset(
    (
        _("code"),
        _("name"),
        _("short_name"),
        _("kind"),
        _("region_code"),
        _("supervisor_code"),
        _("host"),
        _("mount"),
        _("site_code"),
        _("status"),
        _("undertaker"),
        _("address"),
        _("office_hours"),
        _("icp_filing"),
        _("police_filing"),
        _("contact_name"),
        _("contact_post"),
        _("contact_phone"),
        _("leader_name"),
        _("leader_post"),
        _("leader_phone"),
        _("opened_on"),
        _("theme"),
        _("template_version"),
    )
)

_KINDS: dict[str, str] = {
    "province": ("province 省级门户 省门户 省级 省 省级政府门户 省级政府门户网站 省政府门户 省政府门户网站 省人民政府"),
    "city": (
        "city 市级门户 市州门户 市门户 州门户 市级 市 市州 市政府门户 市政府门户网站 市级政府门户 "
        "市州政府门户 地级市门户 市人民政府"
    ),
    "county": (
        "county 县级门户 区县门户 县区门户 县门户 区门户 县市区门户 县级 县 区 区县 县区 县市区 "
        "县政府门户 区政府门户 县级政府门户 县区政府门户 区县政府门户 县政府门户网站 县人民政府 district"
    ),
    "department": (
        "department 部门 部门网站 部门子站 政府部门 省级部门 市级部门 县级部门 省直部门 市直部门 "
        "县直部门 区直部门 省直单位 市直单位 县直单位 区县部门 委办局 局委办 dept bureau"
    ),
    "town": (
        "town 乡镇 街道 乡镇街道 镇街 乡镇办 乡 镇 街道办 街道办事处 乡镇子站 街道子站 township street subdistrict"
    ),
}
KIND_WORDS: dict[str, str] = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_STATUSES: dict[str, str] = {
    "draft": "draft 草稿 筹建 建设中 未开通",
    "trial": "trial 试运行 测试 试用",
    "live": "live 正式 在线 正式运行 正式上线 上线 运行 运行中 正常 开通 已开通",
    "suspended": "suspended 暂停 临时下线 停用",
    "closing": "closing 关停公告期 公告期 关停中 关闭中",
    "closed": "closed 关停 关闭 已关停 已关闭",
}
STATUS_WORDS: dict[str, str] = {word: status for status, words in _STATUSES.items() for word in words.split()}
_THEMES: dict[str, str] = {"red": "red default 红 红色 深红 深红色 默认", "blue": "blue 蓝 蓝色"}
THEME_WORDS: dict[str, str] = {word: theme for theme, words in _THEMES.items() for word in words.split()}
