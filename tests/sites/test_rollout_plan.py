"""Roll-out plans: what a template changes on a site, and what it leaves to the site."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from sites.column_templates import ColumnSpec, ColumnTemplate, TemplateLibrary
from sites.rollout_plan import LOCAL_PARENT, PresentColumn, RolloutPlan, conformance, plan_rollout


def spec(code: str, **more: object) -> ColumnSpec:
    given = {"slug": code, "title": f"{code}栏", "kind": "list", "mandatory": True, **more}
    return ColumnSpec(code=code, **given)  # type: ignore[arg-type]


def template(*columns: ColumnSpec, version: int = 1) -> ColumnTemplate:
    return ColumnTemplate(kind="town", version=version, title="乡镇", columns=columns)


def made_from(column: ColumnSpec, *, slug: str = "", version: int = 1) -> PresentColumn:
    return PresentColumn(
        code=column.code, title=column.title, kind=column.kind, slug=slug or column.slug, parent_code=column.parent,
        position=column.position, mandatory=column.mandatory, update_within_days=column.update_within_days,
        disclosure=column.disclosure, column_type=column.column_type, keeper=column.keeper,
        responsible=column.responsible, intro=column.intro, keywords=column.keywords, show_in_menus=column.menu,
        template_version=version,
    )  # fmt: skip


def apply_to(present: Sequence[PresentColumn], plan: RolloutPlan) -> list[PresentColumn]:
    """Carry a plan out on plain data, in the order the module prescribes, and check the tree after every step."""
    site = list(present)

    def change(code: str, **values: object) -> None:
        [index] = [n for n, column in enumerate(site) if column.code == code]
        site[index] = replace(site[index], **values)  # type: ignore[arg-type]
        check()

    def check() -> None:
        parents = {column.code: column.parent_code for column in site if column.code}
        for code in parents:
            line = [code]
            while parents.get(line[-1]):
                line.append(parents[line[-1]])
                assert len(line) == len(set(line)), f"{code} stands below itself"
        places = [(column.parent_code, column.slug) for column in site if column.parent_code != LOCAL_PARENT]
        assert len(places) == len(set(places)), "two siblings have one slug"

    for addition in plan.additions:
        assert addition.spec.parent in {"", *(column.code for column in site)}
        site.append(made_from(addition.spec, slug=addition.slug, version=plan.version))
        check()
    for move in plan.moves:
        change(move.code, parent_code=move.new, slug=move.slug)
    for item in (*plan.retitles, *plan.reorders, *plan.kind_changes, *plan.attribute_changes):
        change(item.code, **{item.field: item.new})
    for code in plan.revivals:
        change(code, retired=False)
    for retirement in plan.retirements:
        change(retirement.code, retired=True, show_in_menus=False)
    for code in plan.stamps:
        change(code, template_version=plan.version)
    return site


GUIDE = spec("zn", parent="gk", kind="single")
OPEN = spec("gk", kind="section", menu=True)
NEWS = spec("dt", position=20, update_within_days=14)
VIDEO = spec("sp", position=30, mandatory=False, menu=True)
BASE = template(OPEN, GUIDE, NEWS, VIDEO)
SITE = [made_from(column) for column in BASE.columns]


def site_with(code: str, **values: object) -> list[PresentColumn]:
    return [replace(c, **values) if c.code == code else c for c in SITE]  # type: ignore[arg-type]


def test_an_empty_site_gets_every_column_parents_first() -> None:
    plan = plan_rollout(BASE, [])
    assert [(a.spec.code, a.slug, a.conflict) for a in plan.additions] == [
        ("gk", "gk", None), ("zn", "zn", None), ("dt", "dt", None), ("sp", "sp", None),
    ]  # fmt: skip
    assert plan
    assert conformance(BASE, []) == 0.0


def test_an_empty_site_can_be_given_the_mandatory_columns_alone() -> None:
    assert [a.spec.code for a in plan_rollout(BASE, [], with_optional=False).additions] == ["gk", "zn", "dt"]


def test_a_site_as_its_template_wants_it_has_nothing_to_do() -> None:
    plan = plan_rollout(BASE, SITE, base=BASE)
    assert plan.is_empty
    assert not plan
    assert conformance(BASE, SITE) == 1.0


def test_a_new_version_that_says_the_same_only_stamps_the_columns() -> None:
    plan = plan_rollout(replace(BASE, version=2), SITE, base=BASE)
    assert plan.stamps == ("gk", "zn", "dt", "sp")
    assert (plan.additions, plan.changes, plan.retirements, plan.local_differences) == ((), (), (), ())
    assert plan


def test_a_slug_taken_by_a_local_column_or_another_page_is_told_and_a_free_one_proposed() -> None:
    local = [PresentColumn(code="", title="老动态", kind="list", slug="dt")]
    plan = plan_rollout(BASE, local, taken_slugs={"": ["dt-2"], "gk": ["zn"]})
    assert [(a.spec.code, a.slug) for a in plan.additions] == [
        ("gk", "gk"),
        ("zn", "zn-2"),
        ("dt", "dt-3"),
        ("sp", "sp"),
    ]
    assert tuple(map(str, plan.warnings)) == (
        "The slug 'zn' of column 'zn' is taken below 'gk' by another page. 'zn-2' is used instead.",
        "The slug 'dt' of column 'dt' is taken below the home page by a local column (老动态). 'dt-3' is used instead.",
    )
    assert plan_rollout(BASE, apply_to(local, plan)).is_empty


def test_every_change_of_the_template_lands_in_its_group() -> None:
    new = template(
        OPEN,
        spec("zn", kind="list", title="公开指南"),
        spec("dt", position=30, update_within_days=7, disclosure=("20.1",)),
        spec("sp", parent="gk", mandatory=False, menu=False, position=30),
        version=2,
    )
    plan = plan_rollout(new, SITE, base=BASE)
    assert [(c.code, c.old, c.new) for c in plan.retitles] == [("zn", "zn栏", "公开指南")]
    assert [(m.code, m.old, m.new, m.slug) for m in plan.moves] == [("zn", "gk", "", "zn"), ("sp", "", "gk", "sp")]
    assert [(c.code, c.old, c.new) for c in plan.reorders] == [("dt", 20, 30)]
    assert [(c.code, c.old, c.new) for c in plan.kind_changes] == [("zn", "single", "list")]
    assert [(c.code, c.field, c.old, c.new) for c in plan.attribute_changes] == [
        ("dt", "update_within_days", 14, 7),
        ("dt", "disclosure", (), ("20.1",)),
        ("sp", "show_in_menus", True, False),
    ]
    assert plan.local_differences == ()


def test_a_change_of_kind_warns_when_the_column_holds_items() -> None:
    new = template(OPEN, replace(GUIDE, kind="list"), NEWS, VIDEO, version=2)
    [change] = plan_rollout(new, site_with("zn", items=3), base=BASE).kind_changes
    assert str(change.warning).startswith("Column 'zn' (zn栏) turns from 'single' into 'list' and holds 3 items.")
    assert plan_rollout(new, SITE, base=BASE).warnings == ()


def test_a_move_into_a_place_where_the_slug_is_taken_gets_a_free_slug() -> None:
    new = template(OPEN, replace(GUIDE, parent=""), NEWS, VIDEO, version=2)
    site = [*SITE, PresentColumn(code="", title="指南", kind="single", slug="zn")]
    [move] = plan_rollout(new, site, base=BASE).moves
    assert (move.slug, "a local column (指南)" in str(move.conflict)) == ("zn-2", True)


def test_a_column_that_left_the_template_is_retired_once_and_local_columns_are_not_touched() -> None:
    new = template(OPEN, GUIDE, NEWS, version=2)
    site = [*site_with("sp", items=8), PresentColumn(code="", title="本地特产", kind="list", slug="tc", items=5)]
    plan = plan_rollout(new, site, base=BASE)
    assert [(r.code, r.title, r.items, r.in_menu) for r in plan.retirements] == [("sp", "sp栏", 8, True)]
    after = apply_to(site, plan)
    assert after[-1] == site[-1]
    assert plan_rollout(new, after, base=new).is_empty


def test_a_retired_column_that_comes_back_is_revived_into_the_menu() -> None:
    without = template(OPEN, GUIDE, NEWS, version=2)
    retired = apply_to(SITE, plan_rollout(without, SITE, base=BASE))
    for again in (replace(BASE, version=3), BASE):  # a newer version, and the undoing of the last one
        plan = plan_rollout(again, retired, base=without)
        assert plan.revivals == ("sp",)
        assert [(c.code, c.field, c.new) for c in plan.attribute_changes] == [("sp", "show_in_menus", True)]
        assert apply_to(retired, plan)[-1] == replace(SITE[-1], template_version=again.version)


@pytest.mark.parametrize(
    ("field", "local", "own"), [("title", "视频山乡", "sp栏"), ("position", 5, 30), ("show_in_menus", False, True)]
)
def test_what_a_site_changed_on_an_optional_column_is_kept_and_reported(
    field: str, local: str | int | bool, own: str | int | bool
) -> None:
    new = template(OPEN, GUIDE, NEWS, replace(VIDEO, title="视频", position=40), version=2)
    plan = plan_rollout(new, site_with("sp", **{field: local}), base=BASE)
    [difference] = plan.local_differences
    assert (difference.code, difference.field, difference.base, difference.local, difference.kept) == (
        "sp", field, own, local, True,
    )  # fmt: skip
    assert field not in {change.field for change in plan.changes}
    assert plan_rollout(BASE, site_with("sp", **{field: local}), base=BASE).is_empty


@pytest.mark.parametrize(("field", "local"), [("title", "头条"), ("position", 5), ("show_in_menus", True)])
def test_what_a_site_changed_on_a_mandatory_column_is_set_back_and_reported(field: str, local: str | int) -> None:
    plan = plan_rollout(BASE, site_with("dt", **{field: local}), base=BASE)
    assert [(c.code, c.field, c.old) for c in plan.changes] == [("dt", field, local)]
    assert [(d.code, d.field, d.local, d.kept) for d in plan.local_differences] == [("dt", field, local, False)]


def test_a_sites_own_words_on_a_mandatory_column_stay_and_untouched_ones_follow_the_template() -> None:
    new = template(OPEN, GUIDE, replace(NEWS, responsible="宣传办", intro="新说明。"), VIDEO, version=2)
    plan = plan_rollout(new, site_with("dt", responsible="党政办 张三"), base=BASE)
    assert [(c.field, c.new) for c in plan.changes] == [("intro", "新说明。")]
    assert [(d.field, d.local, d.template, d.kept) for d in plan.local_differences] == [
        ("responsible", "党政办 张三", "宣传办", True)
    ]


def test_without_a_base_the_template_wins_and_nothing_is_called_local() -> None:
    new = template(OPEN, GUIDE, NEWS, VIDEO, version=2)
    plan = plan_rollout(new, site_with("sp", title="视频山乡"))
    assert [(c.old, c.new) for c in plan.retitles] == [("视频山乡", "sp栏")]
    assert plan.local_differences == ()


def test_an_optional_column_the_site_removed_stays_away_with_its_children() -> None:
    child = spec("xx", parent="sp", mandatory=False)
    new = template(OPEN, GUIDE, NEWS, replace(VIDEO, kind="topic"), child, version=2)
    plan = plan_rollout(new, SITE[:3], base=BASE)
    assert plan.additions == ()
    assert [(d.code, d.field, d.local, d.kept) for d in plan.local_differences] == [("sp", "column", None, True)]
    assert [a.spec.code for a in plan_rollout(new, SITE[:3]).additions] == ["sp", "xx"]


def test_a_child_of_a_removed_column_that_the_site_moved_stays_where_it_is() -> None:
    old = template(OPEN, replace(VIDEO, kind="topic"), spec("xx", parent="sp", mandatory=False))
    site = [made_from(OPEN), replace(made_from(old.columns[2]), parent_code="gk")]
    assert plan_rollout(old, site, base=old).moves == ()


def test_a_removed_mandatory_column_comes_back() -> None:
    assert [a.spec.code for a in plan_rollout(BASE, SITE[:2] + SITE[3:], base=BASE).additions] == ["dt"]


def test_a_mandatory_column_that_went_offline_is_published_again_and_an_optional_one_is_not() -> None:
    plan = plan_rollout(BASE, site_with("dt", live=False), base=BASE)
    assert [(c.code, c.field, c.new) for c in plan.changes] == [("dt", "live", True)]
    assert plan_rollout(BASE, site_with("sp", live=False), base=BASE).is_empty


def test_an_address_is_never_changed_and_a_changed_one_is_reported() -> None:
    plan = plan_rollout(BASE, site_with("dt", slug="xinwen"), base=BASE)
    assert plan.is_empty
    assert [(d.field, d.base, d.local, d.kept) for d in plan.local_differences] == [("slug", "dt", "xinwen", True)]


def test_two_columns_with_one_code_are_told() -> None:
    with pytest.raises(ValueError, match="two columns with the code 'dt'"):
        plan_rollout(BASE, [*SITE, SITE[2]])


@pytest.mark.parametrize("values", [{"live": False}, {"retired": True}, {"kind": "single"}, {"parent_code": "gk"}])
def test_conformance_counts_a_mandatory_column_only_if_live_in_place_and_of_its_kind(values: dict[str, object]) -> None:
    assert conformance(BASE, site_with("dt", **values)) == pytest.approx(2 / 3)
    assert conformance(BASE, SITE[:2]) == pytest.approx(2 / 3)


def test_conformance_ignores_optional_columns_titles_and_order() -> None:
    assert conformance(BASE, site_with("dt", title="头条", position=90)[:3]) == 1.0
    assert conformance(template(VIDEO), []) == 1.0


def random_template(random: Random, version: int) -> ColumnTemplate:
    columns: list[ColumnSpec] = []
    for code in random.sample("abcdefghij", random.randint(3, 10)):
        above = [c for c in columns if c.depth < 3 and c.kind == "section"]
        parent = random.choice([None, *above])
        columns.append(
            spec(
                code,
                parent=parent.code if parent else "",
                slug=code + random.choice(["", "x"]),
                depth=parent.depth + 1 if parent else 1,
                mandatory=(parent is None or parent.mandatory) and random.random() < 0.6,
                kind=random.choice(["section", "section", "list"]),
                title=random.choice(["甲", "乙", "丙"]),
                position=random.randint(1, 5) * 10,
                menu=random.random() < 0.5,
                intro=random.choice(["", "说明。"]),
                update_within_days=random.choice([None, 14, 180]),
            )
        )
    return template(*columns, version=version)


def meddle(random: Random, site: list[PresentColumn]) -> list[PresentColumn]:
    """What a site's own people may have done since: retitled, moved, removed, unpublished, added columns."""
    changed = []
    for column in site:
        if random.random() < 0.1 and not any(other.parent_code == column.code for other in site):
            continue
        column = random.choice([
            column, column, replace(column, title="本地"), replace(column, position=7), replace(column, live=False),
            replace(column, show_in_menus=not column.show_in_menus), replace(column, responsible="张三", items=2),
            replace(column, parent_code=LOCAL_PARENT), replace(column, kind="single"),
        ])  # fmt: skip
        changed.append(column)
    slugs = {column.slug for column in changed}
    local = [slug for slug in random.sample(["a", "b", "cx", "d", "z"], 2) if slug not in slugs]
    return changed + [PresentColumn(code="", title="自建", kind="list", slug=slug) for slug in local]


@pytest.mark.parametrize("seed", range(300))
def test_a_second_plan_is_empty_whatever_the_site_and_the_templates_were(seed: int) -> None:
    random = Random(seed)
    old: ColumnTemplate | None = None
    site: list[PresentColumn] = []
    for version in (1, 2, 3):
        new = random_template(random, version)
        plan = plan_rollout(new, site, base=old)
        after = apply_to(site, plan)
        again = plan_rollout(new, after, base=new)
        assert again.is_empty
        assert all(difference.kept for difference in again.local_differences)
        assert conformance(new, after) == 1.0
        assert [c for c in after if not c.code] == [c for c in site if not c.code]
        assert {c.code for c in site} <= {c.code for c in after}
        old, site = new, meddle(random, after)


def test_the_shipped_templates_can_be_laid_out_on_an_empty_site() -> None:
    library = TemplateLibrary()
    for kind in library.kinds():
        shipped = library.latest(kind)
        plan = plan_rollout(shipped, [])
        assert plan.warnings == ()
        after = apply_to([], plan)
        assert plan_rollout(shipped, after, base=shipped).is_empty
        assert conformance(shipped, after) == 1.0
