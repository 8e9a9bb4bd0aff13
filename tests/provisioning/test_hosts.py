"""Host names: what is accepted, and the sentence for what is not."""

import pytest

from provisioning.hosts import HostError, clean_host, display_host


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("www.example.gov.cn", "www.example.gov.cn"),
        (" WWW.Example.GOV.CN. ", "www.example.gov.cn"),
        ("ｗｗｗ．example．gov．cn", "www.example.gov.cn"),
        ("长沙.政务", "xn--xuw958f.xn--zfr164b"),
        ("长沙。政务", "xn--xuw958f.xn--zfr164b"),
        ("XN--XUW958F.xn--zfr164b", "xn--xuw958f.xn--zfr164b"),
    ],
)
def test_a_host_is_stored_in_lower_case_ascii(written: str, stored: str) -> None:
    assert clean_host(written) == stored
    assert clean_host(stored) == stored


@pytest.mark.parametrize(
    ("written", "sentence_part"),
    [
        ("", "empty"),
        ("https://www.example.gov.cn/", "Write only 'www.example.gov.cn'"),
        ("http://admin:pw@WWW.example.gov.cn:8080/x?y", "Write only 'www.example.gov.cn'"),
        ("www.example.gov.cn/zwgk", "path. Write only 'www.example.gov.cn'"),
        ("www.example.gov.cn?x=1", "path"),
        ("www.example.gov.cn\\x", "path"),
        ("www.example.gov.cn:8000", "port. Write only 'www.example.gov.cn'"),
        ("www.example.gov.cn：8000", "port"),
        ("user@example.gov.cn", "user. Write only 'example.gov.cn'"),
        ("www.example gov.cn", "space"),
        ("www.exam\u200bple.gov.cn", "invisible"),
        ("192.168.0.1", "IP address"),
        ("0x7f.1", "IP address"),
        ("example.0x7f", "IP address"),
        ("[::1]", "IP address"),
        ("2001:db8::1", "IP address"),
        ("*.example.gov.cn", "wildcard"),
        ("a_b.example.gov.cn", "underscore"),
        ("a" * 64 + ".gov.cn", "over 63"),
        ("长" * 60 + ".政务", "over 63"),
        (".".join(["a" * 60] * 5), "253 are allowed"),
        ("a" * 5000, "253 are allowed"),
        ("portal", "single word"),
        ("www..gov.cn", "two dots"),
        (".gov.cn", "begins with one"),
        ("-a.gov.cn", "can't stand"),
        ("xn--zzz--.gov.cn", "can't stand"),
        ("a,b.gov.cn", "can't stand"),
        ("county.localhost", "own machine"),
    ],
)
def test_what_is_no_host_is_refused_with_a_sentence(written: str, sentence_part: str) -> None:
    with pytest.raises(HostError) as caught:
        clean_host(written)
    assert sentence_part in str(caught.value)
    assert caught.value.msgid % caught.value.params == str(caught.value)


def test_local_hosts_are_accepted_where_the_setting_allows_them() -> None:
    assert clean_host("Furong.localhost", allow_local=True) == "furong.localhost"
    assert clean_host("localhost", allow_local=True) == "localhost"
    with pytest.raises(HostError):
        clean_host("portal", allow_local=True)


def test_a_chinese_host_is_shown_as_people_write_it() -> None:
    assert display_host("xn--xuw958f.xn--zfr164b") == "长沙.政务"
    assert display_host("www.example.gov.cn") == "www.example.gov.cn"
    assert display_host("xn--zzz--.cn") == "xn--zzz--.cn"
