"""Centred and right-aligned paragraphs: stored as classes, read back by the editor, shown on the page."""

import json

import pytest
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from sites.blocks import TEXT_FEATURES
from sites.writing.html import to_blocks

STORED = '<p class="text-center" data-block-key="a">中</p><p class="text-right" data-block-key="b">右</p><p data-block-key="c">左</p>'


def test_the_editor_reads_and_writes_aligned_paragraphs() -> None:
    converter = ContentstateConverter(TEXT_FEATURES)
    state = converter.from_database_format(STORED)
    assert [block["type"] for block in json.loads(state)["blocks"]] == ["text-center", "text-right", "unstyled"]
    written = converter.to_database_format(state)
    for part in ('class="text-center"', 'class="text-right"', ">左</p>"):
        assert part in written


@pytest.mark.parametrize(
    "pasted",
    [
        "<h1>一</h1><p align=center>甲<br>乙</p><ul><li>a<ul><li>b</li></ul></li></ul><hr><p><b><i>x</i></b><sup>2</sup></p>",
        "<ol><li>一</li><li>二<ol><li>子</li></ol></li></ol><p>见<a href='https://a.cn/?x=1&amp;y=2'>链接</a></p>",
    ],
)
def test_the_editor_reads_what_a_paste_makes_and_loses_nothing(pasted: str) -> None:
    (text,) = to_blocks(pasted)
    converter = ContentstateConverter(TEXT_FEATURES)
    written = converter.to_database_format(converter.from_database_format(text.html))
    again = to_blocks(written)
    assert again == [text]


def test_wherever_text_is_written_both_can_be_chosen() -> None:
    assert {"text-center", "text-right"} <= set(TEXT_FEATURES)
