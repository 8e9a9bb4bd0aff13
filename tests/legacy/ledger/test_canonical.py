"""All spellings of an old address are one line in the ledger, and hostile text is only text."""

from __future__ import annotations

import random

import pytest

from legacy.ledger.address_rule import Rule, RuleRefused
from legacy.ledger.canonical import Canonical, canonical, canonical_path, digest, spellings

SAME = [
    "http://www.csx.example.cn/Art/2015/index.html",
    "http://csx.example.cn/art/2015/",
    "https://csx.example.cn/art/2015",
    "http://CSX.EXAMPLE.CN:80/art/2015/INDEX.HTML#top",
    "//www.csx.example.cn/art//./x/../2015/",
    "www.csx.example.cn/art/2015/default.asp",
    "http://user:word@www.csx.example.cn./art/%32015/",
    "http://www.csx.example.cn/art\\2015\\index.html",
    "http://www.csx.example.cn/art/2015/;jsessionid=AB12?utm_source=x&_=17",
    " http://www.csx.example.cn/art/2015/\r\n",
]


@pytest.mark.parametrize("url", SAME)
def test_spellings_of_one_address_are_one(url):
    assert canonical(url) == Canonical("csx.example.cn", "/art/2015")


@pytest.mark.parametrize(
    "path",
    ["/公告/通知.html", "/%E5%85%AC%E5%91%8A/%E9%80%9A%E7%9F%A5.html", "/%B9%AB%B8%E6/%cd%a8%d6%aa.html",
     "/%B9%AB%B8%E6/%E9%80%9A%E7%9F%A5.HTML", "/%u516c%u544a/%u901A%u77e5.html"],
)  # fmt: skip
def test_gbk_utf8_and_escape_spell_the_same_chinese_name(path):
    assert canonical_path(path) == "/%E5%85%AC%E5%91%8A/%E9%80%9A%E7%9F%A5.html"


def test_a_gbk_byte_that_looks_like_a_slash_stays_in_its_character():
    assert canonical_path("/%D5%5C.html") == canonical_path("/誠.html")  # D5 5C in GBK
    assert canonical_path("/a%5Cb") == "/a/b"


def test_two_byte_utf8_that_is_a_word_in_gbk_is_the_word():
    assert canonical_path("/%CD%A8%D6%AA") == canonical_path("/通知")


def test_parameters_count_in_any_order_and_by_their_text():
    wanted = canonical_path("/show.asp?id=5&Type=%B9%AB")
    assert canonical_path("/Show.asp?type=%E5%85%AC&amp;ID=5&spm=1.2") == wanted
    assert canonical_path("/show.asp?id=6&type=%E5%85%AC") != wanted
    assert canonical_path("/show.asp?a=1&a=2") != canonical_path("/show.asp?a=2&a=1")
    assert canonical_path("/s?q=a+b") == canonical_path("/s?q=a%20b")
    assert canonical_path("/s?q=a%2Bb") != canonical_path("/s?q=a+b")


def test_a_rule_says_which_parameters_matter():
    rule = Rule.from_json({"significant": ["Id"]})
    assert canonical_path("/show.asp?id=5&from=home", rule) == "/show.asp?id=5"
    rule = Rule.from_json({"ignored": ["from*"]})
    assert canonical_path("/show.asp?id=5&FromPage=home&utm_source=x", rule) == "/show.asp?id=5&utm_source=x"


def test_a_rule_may_keep_case_slash_and_www():
    rule = Rule.from_json({"fold_case": False, "keep_slash": True, "keep_www": True})
    assert canonical("http://www.a.example/A/", rule) == Canonical("www.a.example", "/A/")
    assert canonical("http://www.a.example/A/index.html", rule) == Canonical("www.a.example", "/A/")
    assert canonical("http://www.a.example/A", rule) != canonical("http://www.a.example/a", rule)


def test_hosts_of_one_site_can_be_one():
    rule = Rule.from_json({"aliases": {"www.old.example": "csx.example"}})
    assert canonical("http://old.example/a", rule) == canonical("http://www.csx.example/a", rule)


def test_ports_and_chinese_hosts():
    assert canonical("http://10.1.2.3:8080/a").host == "10.1.2.3:8080"
    assert canonical("https://a.example:443/").host == "a.example"
    assert canonical("http://长沙县.政务/").host == "xn--5nr319co32a.xn--zfr164b"
    assert canonical("http://[::1]:8080/a").host == "[::1]:8080"


def test_a_rule_goes_through_json_and_the_default_is_empty():
    assert Rule().as_json() == {}
    rule = Rule(significant=("id",), aliases=(("a.example", "b.example"),), fold_case=False)
    assert Rule.from_json(rule.as_json()) == rule


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ([], "object"),
        ({"colour": 1}, "colour"),
        ({"fold_case": "yes"}, "fold_case"),
        ({"significant": "id"}, "significant"),
        ({"aliases": ["a"]}, "aliases"),
        ({"aliases": {"a.example": "b.example", "b.example": "c.example"}}, "same"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_key(data, says):
    with pytest.raises(RuleRefused, match=says):
        Rule.from_json(data)


def test_a_long_address_has_a_key_that_fits_and_differs():
    one, two = (canonical("http://a.example/" + "x" * 600 + end) for end in "12")
    assert len(one.key) == 500
    assert one.key != two.key


def test_the_digest_is_of_host_and_path():
    assert len(digest("a.example", "/")) == 32
    assert digest("a.example", "/b") != digest("a.exampl", "e/b")


PIECES = [
    "http://", "//", "/", "\\", "..", ".", "%", "%2", "%2e", "%2E%2e", "%5c", "%2f", "%00", "\0", "%u4e2d", "%ud83d",
    "%u005c", "?", "&", "&amp;", "amp;", "=", "+", "#", ";", ";jsessionid=1", ":", ":80", ":8080", "@", "[", "]", "::",
    "www.", "WWW.", "ｗｗｗ．", "a", "B", "index.html", "Index.HTML", "公告", "%B9%AB", "%E5%85", "%ff", "\udcb9\udcab",
    "\ud800", "\U0001f600", "%C3%A9", "é", "İ", "ß", "\u202e", " ", "\t", "\n", "。", "x" * 70, "_=1", "id=5",
    "javascript:", "data:", "file:///C:", "%25", "%252e", "~", "'", '"', "<", "xn--", "xn--a", "-",
]  # fmt: skip
RULES = [
    Rule(),
    Rule(fold_case=False, keep_slash=True, keep_www=True),
    Rule(significant=("id",), aliases=(("a", "b"), ("old.example", "a.example"))),
    Rule(keep_slash=True, ignored=()),
]


@pytest.mark.parametrize("rule", RULES)
def test_any_text_has_one_form_that_is_its_own(rule):
    chance = random.Random(4)
    for _turn in range(4000):
        url = "".join(chance.choices(PIECES, k=chance.randint(1, 9)))
        if chance.random() < 0.3:
            url = f"http://{chance.choice(('a.example', 'WWW.old.example', '政务.cn'))}/" + url
        found = canonical(url, rule)
        assert found.path.startswith("/"), url
        assert (found.host + found.path).isascii(), url
        assert not any(char in found.host + found.path for char in "\0\r\n\t \\#"), url
        again = canonical(found.url, rule) if found.host else canonical(found.path, rule)
        if found.host or not found.path.startswith("//"):
            assert again == found, repr(url)


def test_bytes_of_a_gbk_file_name_are_read_as_its_characters():
    name = "公告.html".encode("gbk").decode("utf-8", "surrogateescape")
    assert canonical_path("/" + name) == canonical_path("/公告.html")


def test_every_spelling_offered_is_the_same_address():
    url = "http://www.a.example/公告/show.asp?id=5&type=2"
    assert {canonical(text) for text in spellings(url)} == {canonical(url)}
