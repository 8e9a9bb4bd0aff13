"""One kind of damaged copy: traditional characters, each with its reading in brackets, as in 國(guó)家(jiā). Pure.

Only a text that is full of such notes is touched: the notes go, and the characters become the simplified ones. A normal
page is never converted unasked.
"""

from __future__ import annotations

import re

from lxml import etree

_LETTERS = "a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüêńňǹɡ"
_NOTE = re.compile(rf"(?<=[\u3400-\u9fff])[（(]\s?[{_LETTERS}]{{1,6}}[1-5]?\s?[)）]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_NOTES_LEAST = 8
_SHARE_LEAST = 0.03
# The commonest traditional characters with one simplified form; what is missing here stays as it is.
_PAIRS = (
    "國国會会來来們们這这個个時时為为對对說说學学過过還还經经發发動动後后開开長长種种點点關关實实現现產产從从進进當当業业問问機机無无應应與与體体樣样電电兩两"
    "頭头話话裡里裏里見见話话邊边間间員员書书門门軍军區区萬万東东車车報报線线場场標标題题術术幾几數数歲岁處处設设農农廠厂黨党義义議议專专務务單单級级組组織织結结"
    "統统縣县鄉乡鎮镇鄉乡黃黄導导領领幹干辦办與与麗丽舉举樂乐買买賣卖產产親亲從从眾众優优傳传傷伤價价億亿僅仅儘尽內内兒儿凍冻則则剛刚創创劃划劇剧勞劳勝胜勢势匯汇協协"
    "參参雙双變变號号員员園园圍围圖图團团執执堅坚報报壓压壞坏夠够夢梦奪夺奮奋婦妇孫孙寧宁審审寫写寬宽將将尋寻層层島岛師师帳帐帶带幣币庫库廣广廳厅張张強强彈弹徑径復复"
    "愛爱態态慣惯慮虑憂忧憲宪懷怀戰战戲戏戶户據据擇择擔担擴扩攝摄敗败敵敌斷断於于舊旧暫暂曆历條条極极構构權权橋桥檔档檢检欄栏歡欢歸归殺杀氣气決决況况淨净測测準准"
    "漲涨漢汉減减溝沟滿满漁渔濟济災灾熱热燈灯爭争爾尔牆墙獎奖獨独獲获環环畫画療疗監监盤盘盡尽確确礎础禮礼離离積积稱称穩稳競竞節节範范築筑簡简籌筹糧粮納纳紀纪紅红約约"
    "純纯紙纸細细終终給给絡络絕绝維维綱纲網网緊紧緒绪緩缓編编練练縮缩總总績绩續续聯联職职聲声聽听肅肃腦脑臺台與与興兴舊旧艱艰藝艺蘇苏藥药華华葉叶衛卫補补裝装製制複复規规視视"
    "覺觉覽览觀观計计訂订認认討讨訓训記记許许訪访證证評评詞词試试詩诗該该詳详語语誤误課课調调談谈請请論论諸诸謀谋講讲謝谢識识譯译護护讓让豐丰貝贝負负財财貧贫貨货責责貫贯貴贵"
    "費费貿贸資资賓宾質质賽赛贊赞趕赶趙赵躍跃軟软較较載载輕轻輛辆輪轮輸输轉转農农運运達达違违遠远適适選选遺遗遲迟郵邮鄰邻醫医釋释鋼钢錄录錢钱錯错鐵铁鏡镜閱阅閉闭陳陈陽阳"
    "陰阴階阶際际陸陆險险隊队隨随雖虽難难雲云電电靈灵靜静響响頁页項项順顺須须預预頒颁頓顿願愿類类顯显風风飛飞飯饭養养餘余館馆馬马駐驻驗验驚惊體体鬥斗魚鱼鮮鲜鳥鸟麥麦齊齐齒齿龍龙"
    "維维繼继續续華华協协萬万與与畢毕啟启嚴严喪丧豐丰臨临為为麼么憑凭鬧闹們们儀仪侶侣俠侠偉伟側侧僑侨偵侦備备債债傑杰儲储黨党蘭兰養养獸兽內内岡冈軍军農农馮冯衝冲決决況况淒凄"
    "鳳凤憑凭凱凯擊击鑿凿劉刘則则剛刚創创刪删別别劑剂劍剑勸劝辦办務务勵励勁劲勢势區区醫医華华單单衛卫卻却廠厂歷历厲厉壓压縣县參参雙双發发變变敘叙臺台葉叶號号歎叹嘆叹嗎吗啟启吳吴吶呐"
)
_SIMPLE = {ord(_PAIRS[at]): _PAIRS[at + 1] for at in range(0, len(_PAIRS) - 1, 2)}


def is_annotated(text: str) -> bool:
    """Return whether the text is such a copy: many notes, each behind a Han character."""
    if "(" not in text and "（" not in text:
        return False
    notes = len(_NOTE.findall(text))
    return notes >= _NOTES_LEAST and notes >= len(_HAN.findall(text)) * _SHARE_LEAST


def mended(text: str) -> str:
    """Return such a text without its notes, in simplified characters."""
    return _NOTE.sub("", text).translate(_SIMPLE)


def mend(element: etree._Element) -> bool:
    """Mend all texts of an element where it is such a copy; return whether it was."""
    if not is_annotated("".join(element.itertext())):
        return False
    for inner in element.iter():
        if inner.text:
            inner.text = mended(inner.text)
        if inner is not element and inner.tail:
            inner.tail = mended(inner.tail)
    return True
