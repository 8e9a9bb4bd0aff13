"""Divisions: any order of rows, each under its parent, bad rows alone refused, a second run without changes."""

import pytest

from tenants.models import Region
from tenants.regions import RegionRow, bureau_rows, canonical, load_regions

pytestmark = pytest.mark.django_db

HUNAN = [
    (2, "430000", "湖南省"),
    (3, "430100", "长沙市"),
    (4, "430102", "芙蓉区"),
    (5, "430102001", "文艺路街道"),
]


def lineage(code: str) -> str:
    return Region.objects.get(code=code).lineage


def sentences(receipt) -> list[tuple[object, str]]:
    return [(refusal.row, refusal.sentence) for refusal in receipt.refusals]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("43", "430000"),
        ("4301", "430100"),
        ("430102", "430102"),
        ("430102001", "430102001"),
        ("430102001000", "430102001"),
        ("430102000000", "430102"),
        ("430000000000", "430000"),
        ("４３０１０２", "430102"),
        (" 430102 ", "430102"),
        ("430102001002", None),
        ("43010", None),
        ("030102", None),
        ("43010x", None),
        ("四三", None),
        ("٤٣٠١٠٢", None),
        ("", None),
    ],
)
def test_a_code_is_read_in_every_form_that_lists_use(written, code):
    assert canonical(written) == code


def test_rows_in_any_order_stand_under_their_parents():
    receipt = load_regions(reversed(HUNAN))
    assert (len(receipt.created), receipt.changed, receipt.refusals) == (4, (), ())
    assert lineage("430102001") == "430000/430100/430102/430102001/"
    assert Region.objects.get(code="430102001").level == "town"
    assert Region.objects.get(code="430100").parent.code == "430000"


def test_a_second_run_finds_everything_unchanged():
    load_regions(HUNAN)
    receipt = load_regions(HUNAN)
    assert (receipt.created, receipt.changed) == ((), ())
    assert receipt.unchanged == ("430000", "430100", "430102", "430102001")


def test_another_name_is_a_change():
    load_regions(HUNAN)
    receipt = load_regions([(2, "430102", "芙蓉新区")])
    assert receipt.changed == ("430102",)
    assert Region.objects.get(code="430102").name == "芙蓉新区"


def test_a_dry_run_writes_nothing_and_says_the_same():
    receipt = load_regions(HUNAN, dry_run=True)
    assert len(receipt.created) == 4
    assert not Region.objects.exists()


def test_a_name_is_cleaned_of_what_nobody_sees():
    load_regions([(2, "430000", " \u200b湖 南　省\n")])
    assert Region.objects.get().name == "湖南省"


def test_bad_rows_are_refused_one_by_one_and_the_good_ones_go_through():
    receipt = load_regions(
        [
            *HUNAN,
            (6, "43010", "短"),
            (7, "430103", ""),
            (8, "430102", "另名区"),
            (9, "430102001001", "某某社区"),
            (10, "440102001", "无县镇"),
            (11, "", "无代码"),
            (12, "430104", "岳" * 101),
        ]
    )
    assert len(receipt.created) == 4
    refused = dict(sentences(receipt))
    assert sorted(refused) == [6, 7, 8, 9, 10, 11, 12]
    assert "430103" in refused[7]
    assert "芙蓉区" in refused[8]
    assert "另名区" in refused[8]
    assert "440102" in refused[10]


def test_the_same_row_twice_is_one_region():
    receipt = load_regions([*HUNAN, (6, "430102", "芙蓉区")])
    assert len(receipt.created) == 4
    assert receipt.refusals == ()


def test_a_town_whose_county_was_refused_is_refused_and_not_hung_on_the_city():
    receipt = load_regions(
        [(2, "43", "湖南省"), (3, "4301", "长沙市"), (4, "430102", ""), (5, "430102001", "文艺路街道")]
    )
    assert receipt.created == ("430000", "430100")
    assert [refusal.row for refusal in receipt.refusals] == [4, 5]
    assert "4" in receipt.refusals[1].sentence


def test_a_county_whose_city_was_refused_is_not_hung_on_the_province():
    receipt = load_regions([(2, "43", "湖南省"), (3, "4301", ""), (4, "430102", "芙蓉区")])
    assert receipt.created == ("430000",)
    assert [refusal.row for refusal in receipt.refusals] == [3, 4]


def test_a_directly_administered_county_hangs_on_its_province():
    load_regions([(2, "420000", "湖北省"), (3, "429004", "仙桃市")])
    assert lineage("429004") == "420000/429004/"


def test_a_town_of_a_city_without_counties_hangs_on_the_city():
    load_regions([(2, "440000", "广东省"), (3, "441900", "东莞市"), (4, "441900003", "东城街道")])
    assert lineage("441900003") == "440000/441900/441900003/"


def test_a_city_loaded_later_takes_its_counties_and_their_towns_along():
    load_regions([row for row in HUNAN if row[1] != "430100"])
    assert lineage("430102001") == "430000/430102/430102001/"
    receipt = load_regions([(2, "430100", "长沙市")])
    assert receipt.created == ("430100",)
    assert set(receipt.changed) == {"430102", "430102001"}
    assert lineage("430102001") == "430000/430100/430102/430102001/"


def test_a_parent_given_by_the_list_holds_until_a_list_gives_another():
    load_regions([*HUNAN, (6, "430200", "株洲市")])
    load_regions([(2, "430102", "芙蓉区", "430200")])
    assert lineage("430102001") == "430000/430200/430102/430102001/"
    assert load_regions(HUNAN).changed == ()
    assert lineage("430102") == "430000/430200/430102/"
    load_regions([(2, "430102", "芙蓉区", "430100")])
    assert lineage("430102001") == "430000/430100/430102/430102001/"


@pytest.mark.parametrize("parent", ["430900", "430102001", "430102", "没有"])
def test_a_parent_that_is_unknown_or_not_above_is_refused(parent):
    load_regions(HUNAN)
    receipt = load_regions([(7, "430102", "芙蓉区", parent)])
    assert [refusal.row for refusal in receipt.refusals] == [7]
    assert lineage("430102") == "430000/430100/430102/"


def test_one_line_of_the_bureaus_list_gives_its_province_city_and_county_too():
    cells = {
        "code": "430102001",
        "province": "湖南省",
        "city": "长沙市",
        "county": "芙蓉区",
        "township": "文艺路街道",
    }
    load_regions(bureau_rows(2, cells))
    assert lineage("430102001") == "430000/430100/430102/430102001/"
    assert Region.objects.get(code="430100").name == "长沙市"


def test_the_bureaus_stand_in_for_a_missing_city_is_no_city():
    cells = {"code": "429004", "province": "湖北省", "city": "省直辖县级行政区划", "county": "仙桃市"}
    load_regions(bureau_rows(2, cells))
    assert lineage("429004") == "420000/429004/"


def test_a_list_that_names_a_city_in_two_ways_is_told():
    rows = [
        *bureau_rows(2, {"code": "430102", "province": "湖南省", "city": "长沙市", "county": "芙蓉区"}),
        *bureau_rows(3, {"code": "430103", "province": "湖南省", "city": "岳阳市", "county": "天心区"}),
    ]
    receipt = load_regions(rows)
    assert Region.objects.get(code="430100").name == "长沙市"
    assert [(refusal.row, refusal.code) for refusal in receipt.refusals] == [(3, "430100")]


def test_a_written_row_counts_more_than_a_name_beside_a_county():
    rows = [RegionRow(2, "430100", "长沙", "", True), RegionRow(3, "430100", "长沙市")]
    receipt = load_regions([(1, "43", "湖南省"), *rows])
    assert receipt.refusals == ()
    assert Region.objects.get(code="430100").name == "长沙市"


def test_a_whole_province_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    rows = [(1, "43", "湖南省"), *((i, f"4301{i:02d}", f"第{i}区") for i in range(1, 60)), (99, "4301", "长沙市")]
    rows += [(1000 + i, f"430101{i:03d}", f"第{i}街道") for i in range(1, 900)]
    with django_assert_max_num_queries(20):
        assert len(load_regions(rows).created) == 960
