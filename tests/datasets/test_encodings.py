from io import BytesIO

import pytest

from helpers.datasets.encodings import encoding_of

WORDS = {
    "gb18030": "客户 价格 张三丰 北京 红色杯子 陶瓷茶壶",
    "cp932": "顧客 価格 山田さん カップ 青い皿 東京",
    "big5": "顧客 價格 王小明 紅色杯子",
    "euc_kr": "고객 가격 김철수 빨간 컵 주전자",
    "cp1250": "Řezník Žluťoučký hrnek kůň Dvořák Černý čajník",
    "cp1251": "Клиент Цена Иванов красная чашка",
    "cp1253": "Πελάτης Τιμή κόκκινη κούπα",
    "cp1252": "Müller Teekännchen Grün Straße Schüssel théière café",
}


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("times", [1, 50])
def test_an_encoding_is_told_by_its_words(name: str, times: int) -> None:
    text = "customer,price\n" + "".join(f"{word},1\n" for word in WORDS[name].split()) * times
    assert encoding_of(BytesIO(text.encode(name))) == name


@pytest.mark.parametrize("text", ["é,1", "£5", "5 €", "RED £ MUG", "Señor", "Æble", "“Peter’s” – mug", "naïve café"])
def test_a_few_letters_are_those_of_western_spreadsheets(text: str) -> None:
    assert encoding_of(BytesIO(f"a,b\n{text}\n".encode("cp1252"))) == "cp1252"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b\n1,\x002\n", "NUL bytes"),
        (b"a,b\n1,\xed\xa0\x80\n", "lone surrogate"),
        (b" \n ", "no text"),
    ],
)
def test_what_no_text_holds_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        encoding_of(BytesIO(content))
