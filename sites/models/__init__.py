from sites.models.base import SitePage
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
from sites.models.media import SiteFile, SiteImage, SiteRendition

__all__ = [
    "Article",
    "Attachment",
    "Audience",
    "Column",
    "ColumnKind",
    "HomePage",
    "Keeper",
    "Leader",
    "OfficialDocument",
    "PolicyLink",
    "RegionPage",
    "ServiceGuide",
    "SiteFile",
    "SiteImage",
    "SitePage",
    "SiteRendition",
    "Validity",
]
