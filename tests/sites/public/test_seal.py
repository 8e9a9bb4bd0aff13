import pytest

from sites.public.seal import seal_of


@pytest.mark.parametrize(
    ("short_name", "seal"),
    [
        ("清河省", "清河"),
        ("云溪县", "云溪"),
        ("攸县", "攸"),
        ("张家界市", "张"),
        ("湘西土家族苗族自治州", "湘西"),
        ("江华瑶族自治县", "江华"),
        ("石桥镇", "石桥"),
        ("桂花坪街道", "桂"),
        ("文艺路街道办事处", "文"),
        ("芙蓉区人民政府", "芙蓉"),
        ("县民政局", "民政"),
        ("省发展和改革委员会", "发展"),
        ("民政局", "民政"),
        ("", ""),
    ],
)
def test_the_seal_is_one_or_two_characters_of_the_name(short_name, seal):
    assert seal_of(short_name) == seal
