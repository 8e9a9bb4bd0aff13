from sites.models.base import SitePage
from sites.models.checking import IgnoredFinding, LinkOutcome, LinkState, TextPrint
from sites.models.columns import Column, ColumnKind, HomePage, Keeper, RegionPage
from sites.models.content import (
    Article,
    Attachment,
    Audience,
    Leader,
    OfficialDocument,
    PolicyLink,
    ServiceGuide,
    Validity,
)
from sites.models.keeping import (
    ColumnGrant,
    IssuedNumber,
    MediaQuota,
    MediaShelf,
    NumberCounter,
    NumberKind,
    NumberPattern,
    Quota,
)
from sites.models.media import SiteFile, SiteImage, SiteRendition
from sites.models.notices import Announcement, Notice, NoticeKind, NoticePreference
from sites.models.review import Decision, Review, ReviewPolicy, ReviewState, ReviewStep, Stage
from sites.models.wordlists import LeaderName, ListUpload, Severity, WordRule

__all__ = [
    "Announcement",
    "Article",
    "Attachment",
    "Audience",
    "Column",
    "ColumnGrant",
    "ColumnKind",
    "Decision",
    "HomePage",
    "IgnoredFinding",
    "IssuedNumber",
    "Keeper",
    "Leader",
    "LeaderName",
    "LinkOutcome",
    "LinkState",
    "ListUpload",
    "MediaQuota",
    "MediaShelf",
    "Notice",
    "NoticeKind",
    "NoticePreference",
    "NumberCounter",
    "NumberKind",
    "NumberPattern",
    "OfficialDocument",
    "PolicyLink",
    "Quota",
    "RegionPage",
    "Review",
    "ReviewPolicy",
    "ReviewState",
    "ReviewStep",
    "ServiceGuide",
    "Severity",
    "SiteFile",
    "SiteImage",
    "SitePage",
    "SiteRendition",
    "Stage",
    "TextPrint",
    "Validity",
    "WordRule",
]
