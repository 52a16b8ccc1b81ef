"""What is set aside, as it may be shown."""

from __future__ import annotations

from tanglaw.lookups.search import masked, masked_within


def test_card_digits_in_shown_texts_are_masked_and_nothing_else() -> None:
    """Of a card in running text the masked form stays; other numbers, places and empty texts are as they came."""
    texts = [
        "pay with 4111 1111 1111 1111 ok, order 8841220",
        "",
        "call +49 30 901820",
        "a 5500005555555559, b 378282246310005",
    ]
    assert masked_within(texts) == [
        "pay with 4111 11** **** 1111 ok, order 8841220", "", "call +49 30 901820", "a 550000******5559, b 378282*****0005",
    ]  # fmt: skip
    assert masked("4111111111111111") == "411111******1111"
    assert masked_within([]) == []
