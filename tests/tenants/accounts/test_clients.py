"""Browsers and addresses in words."""

import pytest

from tenants.accounts.clients import address_in_words, browser_in_words


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36", "Chrome 120 · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.1", "Edge 120 · Windows"),
        ("Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 Chrome/86.0 Safari/537.36 360SE", "360浏览器 · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; UOS) Chrome/110.0 Safari/537.36", "Chrome 110 · 统信 UOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1", "Safari 17 · iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 MicroMessenger/8.0.44", "微信 8 · Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer 11 · Windows"),
        ("curl/8.0", "未知浏览器"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_in_words(agent: str, words: str) -> None:
    assert browser_in_words(agent) == words


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("10.3.1.7", "10.3.1.7（内部网络）"),
        ("::1", "::1（本机）"),
        ("::ffff:192.168.1.9", "192.168.1.9（内部网络）"),
        ("114.114.114.114", "114.114.114.114（公共网络）"),
        (None, "本服务器"),
    ],
)
def test_an_address_in_words(address: str | None, words: str) -> None:
    assert address_in_words(address) == words
