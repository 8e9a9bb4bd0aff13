"""Print what one long text costs: pasted from Word, looked through for 50,000 words, compared with its last version.

No database; process CPU, the best of five.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from sites.checks.findings import Severity
from sites.checks.words import Word, WordList
from sites.review.text_diff import parts
from sites.writing.html import to_blocks

_PARAGRAPH = (
    "<p class=MsoNormal style='text-indent:32.0pt;mso-char-indent-count:2.0;line-height:28.0pt'><span lang=EN-US "
    "style='font-size:16.0pt;mso-bidi-font-size:11.0pt;font-family:仿宋_GB2312;color:black'>2026</span>"
    "<span style='font-size:16.0pt;font-family:仿宋_GB2312'>年，各乡镇要<b>高度重视</b>。<o:p></o:p></span></p>\n"
)


def main() -> None:
    pasted = _PARAGRAPH * (1_000_000 // len(_PARAGRAPH))
    tell("1 MB pasted from Word", lambda: to_blocks(pasted))

    chance = random.Random(7)
    letters = [chr(code) for code in range(0x4E00, 0x9000)]
    spelled = ("".join(chance.choices(letters, k=chance.randint(2, 6))) for _n in range(50_000))
    words = WordList(Word(word, "", Severity.HINT, "") for word in spelled)
    article = "".join(chance.choices(letters, k=20_000))
    tell("20,000 characters looked through for 50,000 words", lambda: list(words.matches(article)))

    before = "".join(f"第{number}条规定内容若干。" for number in range(4_000))
    after = "新的开头。" + before.replace("第2000条规定", "第2000条修改后的规定") + "新的结尾。"
    tell("50,000 characters compared with the version before", lambda: parts(before, after))


def tell(what: str, work: Callable[[], object]) -> None:
    def once() -> float:
        begun = time.process_time()
        work()
        return time.process_time() - begun

    print(f"{what:<52} {min(once() for _turn in range(5)) * 1000:>8.1f} ms of CPU")


if __name__ == "__main__":
    main()
