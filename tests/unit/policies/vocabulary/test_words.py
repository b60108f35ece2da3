"""The word lists: complete, found however they are typed, honest about what is ambiguous."""

import pytest

from policies.facts import registry
from policies.vocabulary import (
    AREAS,
    DEPARTMENTS,
    FIELDS,
    INDUSTRIES,
    TERMS,
    TITLES,
    TOWNS,
    WORD_LISTS,
    find,
    find_all,
)
from policies.vocabulary.words import MARKS, build_words


def test_pudong_has_12_streets_and_24_towns() -> None:
    assert [sum(entry.group == kind for entry in TOWNS) for kind in ("街道", "镇")] == [12, 24]


@pytest.mark.parametrize("words", WORD_LISTS.values(), ids=WORD_LISTS)
def test_every_entry_is_found_by_its_own_id_and_label(words) -> None:
    for entry in words:
        assert find(words, entry.id) == find(words, entry.label) == entry
        assert entry.mark in MARKS and entry.source


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        (TITLES, '专精特新"小巨人"企业', "xiaojuren-guojia"),
        (TITLES, " 高 企 ", "gaoqi"),
        (TITLES, "ｓｒｄｉ", "zhuanjingtexin"),
        (TERMS, "goi", "goi"),
        (AREAS, "张江", "zhangjiang"),
        (TOWNS, "张江", "zhangjiang-town"),
        (TOWNS, "唐镇", "tang-town"),
        (DEPARTMENTS, "科经委", "kejingwei"),
        (DEPARTMENTS, "上海市浦东新区科技和经济委员会", "kejingwei"),
    ],
)
def test_a_word_is_found_as_people_type_it(words, text, expected) -> None:
    assert find(words, text).id == expected


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (TOWNS, "唐"),
        (TOWNS, "六灶"),
        (FIELDS, "电子信息技术"),
        (DEPARTMENTS, "金融区"),
        (AREAS, ""),
        (TITLES, "$where"),
    ],
)
def test_what_is_not_in_the_list_is_not_found(words, text) -> None:
    assert find(words, text) is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [(TITLES, {"xiaojuren-guojia", "keji-xiaojuren"}), (TERMS, {"xiaojuren-guojia", "keji-xiaojuren"})],
)
def test_xiaojuren_alone_means_two_things(words, expected) -> None:
    assert find(words, "小巨人") is None
    assert {entry.id for entry in find_all(words, "小巨人")} == expected


def test_only_three_industries_are_established() -> None:
    leading = [entry.label for entry in INDUSTRIES if entry.group == "三大先导产业"]
    assert leading == ["集成电路", "生物医药", "人工智能"]


def test_the_registry_names_lists_and_fields_that_exist() -> None:
    named = {fact.members for fact in registry().values() if isinstance(fact.members, str) and fact.members}
    assert named and named <= set(WORD_LISTS)
    assert {
        key: label for key, label in registry()["tech_field"].members.items() if key != "none"
    } == FIELDS.labels()


@pytest.mark.parametrize(
    "word", [{"label": ""}, {"label": "甲", "mark": "X"}, {"label": "甲", "colour": "红"}]
)
def test_a_broken_entry_is_refused_by_name(word) -> None:
    with pytest.raises(ValueError, match=r"test\.yaml: some-id"):
        build_words("test", {"mark": "P", "words": {"some-id": word}})
