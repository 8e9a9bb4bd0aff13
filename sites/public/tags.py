"""Page tags (页面标签) that the national check reads: site tags everywhere, column tags on columns and items, article
tags on items. Names and order are those of the tag annex to 国办发〔2017〕47号."""

from dataclasses import dataclass

from sites.public.parts import Moment

Tags = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What the column tags are made of; only the name must be there."""

    name: str
    description: str = ""
    keywords: str = ""
    column_type: str = ""


def site_tags(name: str, domain: str, code: str) -> Tags:
    """Return the three tags of a site. A channel site gives those of the registered site above it."""
    return (("SiteName", name), ("SiteDomain", domain), ("SiteIDCode", code))


def column_tags(column: ColumnFacts, site_name: str) -> Tags:
    """Return the four tags of a column. All four are required, so gaps are filled from the names."""
    return (
        ("ColumnName", column.name),
        ("ColumnDescription", column.description or f"{site_name}{column.name}"),
        ("ColumnKeywords", keywords(column.keywords) or f"{column.name},{site_name}"),
        ("ColumnType", column.column_type or column.name),
    )


def article_tags(
    *,
    title: str,
    published: Moment | None,
    source: str,
    site_name: str,
    keyword_text: str = "",
    author: str = "",
    description: str = "",
    image: str = "",
    url: str = "",
) -> Tags:
    """Return the tags of an item: the three required ones always, the optional ones when they say something.

    A missing source means that the site itself is the source.
    """
    required = (
        ("ArticleTitle", title),
        ("PubDate", published.full if published else ""),
        ("ContentSource", source or site_name),
    )
    optional = (
        ("Keywords", keywords(keyword_text)),
        ("Author", author),
        ("Description", description),
        ("Image", image),
        ("Url", url),
    )
    return required + tuple(pair for pair in optional if pair[1])


def keywords(text: str) -> str:
    """Return keywords separated by plain commas, whichever separator the editor used."""
    for mark in "，、；;\n\u3000 ":
        text = text.replace(mark, ",")
    return ",".join(word for word in text.split(",") if word)
