"""Old and new compared: what counts as the same, what as lost, what as added."""

from __future__ import annotations

from legacy.verify import own_text, tally
from legacy.verify.comparing import Old, compare
from legacy.verify.rendered import read

TEXT = "各中小学校要认真做好防汛工作，汛期安排专人值班，发现险情立即报告，不得迟报漏报瞒报，确保师生生命安全。"
PAGE = """<html><head><meta name="PubDate" content="2015-04-14 09:30"></head><body><main><article><header><h1>{title}</h1>
<div class="bar"><p>发布时间 2015-04-14 索引号 A-1/2015-001</p></div></header><div class="prose official"><p>{text}</p>{more}</div>
<section class="after"><a href="/documents/3/a.doc">附件</a></section>
<nav class="prevnext"><a href="/x/">上一篇</a></nav></article></main></body></html>"""


def page(text: str = TEXT, title: str = "关于防汛工作的通知", more: str = ""):
    return read(PAGE.format(text=text, title=title, more=more).encode(), "http://new.example/a/")


def failed(old: Old, new, *, sizes=(), dead=()) -> list[str]:
    return [one.check for one in compare(old, new, file_bytes=sizes, dead_links=dead) if one.passed is False]


def whole(**values) -> Old:
    given = {
        "title": "关于防汛工作的通知",
        "published_on": "2015-04-14",
        "body": TEXT,
        "own": [TEXT],
        "everything": TEXT * 2,
    }
    return Old(**{**given, **values})


def test_the_same_item_fails_nothing():
    old = whole(index_number="A-1/2015-001", files=[120], list_title="关于防汛工作的…", list_date="2015-04-14")
    assert failed(old, page(), sizes=[120]) == []


def test_the_new_page_is_read_without_its_frame():
    new = page(more='<p><img src="a.png"><a href="/b/">另见</a></p>')
    assert (new.pictures, new.files, new.links) == (
        1,
        ["http://new.example/documents/3/a.doc"],
        ["http://new.example/b/"],
    )
    assert "上一篇" not in new.text


def test_each_difference_is_told_apart():
    assert failed(whole(title="关于防火工作的通知"), page()) == ["title"]
    assert failed(whole(published_on="2015-04-15"), page()) == ["date"]
    assert failed(whole(document_number="县教发〔2015〕3号"), page()) == ["document_number"]
    assert failed(whole(index_number="B-9"), page()) == ["index_number"]
    assert failed(whole(pictures=1), page()) == ["pictures"]
    assert failed(whole(files=[5, 6]), page(), sizes=[5]) == ["files", "file_bytes"]
    assert failed(whole(list_date="2015-04-13"), page()) == ["list_date"]
    assert failed(whole(list_title="放假通知"), page()) == ["list_title"]
    assert "links" in failed(whole(), page(more='<a href="/b/">另见</a>'), dead=["http://new.example/b/"])


def test_a_lost_paragraph_is_seen_without_asking_the_extraction():
    lost = "对工作不力造成损失的，依照有关规定追究责任，并在全县范围内通报批评，取消年度评优资格。"
    old = whole(own=[TEXT, lost], everything=TEXT + lost)
    results = {one.check: one for one in compare(old, page(), file_bytes=[], dead_links=[])}
    assert results["own_text"].passed is False
    assert results["own_text"].old == lost
    assert results["text"].passed is True


def test_text_that_the_old_page_never_had_is_seen():
    assert "added_text" in failed(
        whole(body=""), page(text=TEXT + "本网站所有内容均为虚构，请勿当真，最终解释权归本站所有。")
    )


def test_brackets_of_document_numbers_do_not_matter():
    assert failed(whole(document_number="县教发[2015]3号"), page(text=TEXT + "县教发〔2015〕3号"))[:1] != [
        "document_number"
    ]


def test_own_text_leaves_out_frame_menus_and_scripts():
    frame = '<div>县教育局欢迎您</div><ul><li><a href="/a">机构</a></li></ul><p>发布时间：2015-04-14 点击量：9</p>{}<script>document.write("相关文章")</script>'
    pages = [
        own_text.page_lines(f"<html><body>{frame.format(f'<p>第{number}篇的正文在这里</p>')}</body></html>".encode())[0]
        for number in range(6)
    ]
    shared = own_text.shared_lines(pages)
    assert shared is not None
    assert [own_text.own_lines(found, shared) for found in pages[:2]] == [["第0篇的正文在这里"], ["第1篇的正文在这里"]]
    assert own_text.shared_lines(pages[:3]) is None


def state_with(*states: str) -> dict:
    state = tally.new_state()
    for one in states:
        tally.add_item(state, "/gzdt", one, ["没有日期"] if one == "refused" else [])
    return state


def test_refused_and_dropped_items_are_accounted_for_and_waiting_ones_are_not():
    assert tally.finish(state_with("loaded", "refused", "dropped"), {}, None)["passed"]
    assert not tally.finish(state_with("loaded", "review"), {}, None)["passed"]
    assert not tally.finish(state_with(), {}, None)["passed"]


def test_an_old_address_without_an_answer_stands_against_acceptance():
    state = state_with("loaded")
    tally.add_address(state, "redirect", "http://o/1")
    tally.add_address(state, "unresolved", "http://o/2", 7)
    tally.add_address(state, "unresolved", "http://o/3", 90)
    data = tally.finish(state, {}, None)
    assert data["open"] == [["address:unresolved", 2]]
    assert [row["hits"] for row in data["worst"]] == [90, 7]


def test_the_next_report_says_what_changed():
    state = state_with("loaded")
    old = Old(title="甲", body="", own=None)
    tally.add_results(
        state,
        "/gzdt",
        {"key": "k", "title": "甲", "url": "", "page": ""},
        compare(old, page(title="乙"), file_bytes=[], dead_links=[]),
    )
    first = tally.finish(state, {"made_at": "2026-01-01"}, None)
    second = tally.finish(state_with("loaded", "loaded"), {}, first)
    assert second["changes"]["went"] == [["title", "k"]]
    assert ["items:loaded", 1, 2] in second["changes"]["figures"]
