"""Texts: filled in by key, with plural forms, lists and messages, in any language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from iml4e_xlsx import resources
from iml4e_xlsx.text.interface_texts import load_texts, read_texts, scheme_texts
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.message import message
from iml4e_xlsx.text.texts import Texts, plural_form

ENGLISH = Texts(
    "en",
    {
        "mail.sent.one": "{count} mail was sent.",
        "mail.sent.other": "{count} mails were sent.",
        "mail.to": "To {names}: {what}",
        "list.all": "{names}",
        "list.first": "{names} and {count} more",
        "plain": "Braces stay: {}",
    },
)

POLISH = """
mail:
  sent:
    one: "Wysłano {count} wiadomość."
    few: "Wysłano {count} wiadomości."
    many: "Wysłano {count} wiadomości razem."
    other: "Wysłano {count} wiadomości w sumie."
  all: {one: "jedna z {count}", other: "{count} ze wszystkich"}
"""


@pytest.fixture
def polish(tmp_path: Path) -> Texts:
    """Return the texts of a language file with the plural forms of Polish."""
    (tmp_path / "mail.yaml").write_text(POLISH, encoding="utf-8")
    return Texts("pl", read_texts(tmp_path))


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 mails were sent."),
        (1, "1 mail was sent."),
        (2, "2 mails were sent."),
        (101, "101 mails were sent."),
    ],
)
def test_english_has_two_forms(count: int, text: str) -> None:
    """One is alone; everything else, also none, is many."""
    assert ENGLISH("mail.sent", count=count) == text


@pytest.mark.parametrize(
    ("count", "form"),
    [
        (1, "Wysłano 1 wiadomość."),
        (2, "Wysłano 2 wiadomości."),
        (4, "Wysłano 4 wiadomości."),
        (5, "Wysłano 5 wiadomości razem."),
        (12, "Wysłano 12 wiadomości razem."),
        (22, "Wysłano 22 wiadomości."),
        (0, "Wysłano 0 wiadomości razem."),
    ],
)
def test_a_language_of_several_plurals_needs_its_files_alone(
    polish: Texts, count: int, form: str
) -> None:
    """Polish has few and many beside one and other; the rule comes from CLDR."""
    assert polish("mail.sent", count=count) == form


def test_a_form_that_a_translation_lacks_is_other(polish: Texts) -> None:
    """A translator may write fewer forms than the language has."""
    assert polish("mail.all", count=3) == "3 ze wszystkich"


@pytest.mark.parametrize(("language", "form"), [("ja", "other"), ("ar", "two"), ("cs", "few")])
def test_plural_forms_are_those_of_cldr(language: str, form: str) -> None:
    """Two of something, in languages with one, three and six forms."""
    assert plural_form(language, 2) == form


@pytest.mark.parametrize(
    ("language", "count", "form"),
    [("pt-BR", 1, "one"), ("sr-Latn", 3, "few"), ("xx", 1, "one"), ("xx", 2, "other")],
)
def test_a_language_may_have_a_region_or_be_unknown_to_cldr(
    language: str, count: int, form: str
) -> None:
    """A scheme may name any language; one that CLDR lacks takes the forms of English."""
    assert plural_form(language, count) == form


def test_a_message_in_a_text_is_said_in_the_same_language() -> None:
    """Messages lie in each other as deep as they need."""
    inner = message("mail.sent", count=2)
    outer = message("mail.to", names=list_names(["Ann", "Ben"], 5), what=inner)

    assert ENGLISH.render(outer) == "To Ann, Ben: 2 mails were sent."


def test_a_list_of_messages_is_joined() -> None:
    """A tuple may hold plain texts and messages."""
    what = (message("mail.sent", count=1), "the rest later")

    assert (
        ENGLISH("mail.to", names=("Ann",), what=what) == "To Ann: 1 mail was sent., the rest later"
    )


@pytest.mark.parametrize(
    ("limit", "shown", "text"),
    [
        (3, None, "a, b, c"),
        (2, None, "a, b and 1 more"),
        (2, 1, "a and 2 more"),
        (3, 1, "a, b, c"),
    ],
)
def test_of_many_names_the_first_are_listed(limit: int, shown: int | None, text: str) -> None:
    """Up to the limit all of them; beyond it the first, and how many follow."""
    assert ENGLISH.render(list_names(["a", "b", "c"], limit, shown)) == text


def test_values_are_not_read_as_texts() -> None:
    """Braces in a value stay, and a text without values is not filled in."""
    assert ENGLISH("mail.to", names="{what}", what="{0.__class__}") == "To {what}: {0.__class__}"
    assert ENGLISH("plain") == "Braces stay: {}"


def test_a_missing_key_or_value_is_a_defect() -> None:
    """It must not end as half a sentence."""
    for key, values in (("mail.nothing", {"count": 1}), ("mail.to", {"names": "Ann"})):
        with pytest.raises(KeyError):
            ENGLISH(key, **values)


def test_keys_are_contained_with_and_without_plural_forms() -> None:
    """A text with forms is asked for by its own key."""
    assert "mail.sent" in ENGLISH
    assert "mail.to" in ENGLISH
    assert "mail.received" not in ENGLISH


def test_a_language_that_the_interface_lacks_is_english() -> None:
    """A scheme may be in any language; its interface is English until somebody translates it."""
    texts = load_texts("tlh")

    assert texts.language == "en"
    assert texts("place.line", line=3) == load_texts()("place.line", line=3)


@pytest.fixture
def french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Texts]:
    """Return the texts of an interface with a French folder of few texts, over English ones."""
    own = {
        "fr": 'open: {one: "{count} ouvert", other: "{count} ouverts"}\nheard: "entendu: {count}"',
        "en": (
            'open: "{count} open"\n'
            'heard: {one: "{count} was heard", other: "{count} were heard"}\n'
            'lost: {one: "{count} mail lost", other: "{count} mails lost"}'
        ),
    }
    for language, text in own.items():
        (tmp_path / language).mkdir()
        (tmp_path / language / "mail.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(resources, "interface_folder", lambda language: tmp_path / language)
    load_texts.cache_clear()
    yield load_texts("fr")
    load_texts.cache_clear()


def test_a_translation_has_plural_forms_where_english_has_one_text(french: Texts) -> None:
    """And one text where English has forms: each language needs what it needs."""
    assert [french("open", count=count) for count in (1, 2)] == ["1 ouvert", "2 ouverts"]
    assert [french("heard", count=count) for count in (1, 2)] == ["entendu: 1", "entendu: 2"]


def test_an_english_text_in_a_translation_has_the_forms_of_english(french: Texts) -> None:
    """None is one in French, but many in English."""
    assert french("lost", count=0) == "0 mails lost"
    assert french.overlaid({"open": "{count}"})("lost", count=0) == "0 mails lost"


def test_a_schemes_own_words_replace_the_interfaces() -> None:
    """The rest stays."""

    class OwnWords:
        language = "en"
        interface = {"place.cell": "field {cell}"}  # noqa: RUF012 - never changed

    texts = scheme_texts(OwnWords())

    assert texts("place.cell", cell="D5") == "field D5"
    assert texts("place.line", line=3) == load_texts()("place.line", line=3)
