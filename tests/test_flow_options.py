"""What options take."""

from dataclasses import dataclass

import pytest

from eslflow.flow.document import Document, Kind, Mark, Node
from eslflow.flow.keys import Keys
from eslflow.flow.model import From, Record
from eslflow.flow.options import (
    RECORD_FROM,
    RECORD_WANTED,
    REQUIRED,
    Duration,
    NoticeName,
    OneOf,
    PromptName,
    PurposeName,
    QueueName,
    Size,
    StepName,
    Table,
    Tag,
    Url,
    Whole,
    amount,
    fields_of,
    option,
    plural,
)
from eslflow.flow.problems import Context
from eslflow.steps.consent import Consent, Meaning

NAMES = {"prompt": ["welcome"], "step": ["sales"], "notice": ["rec"], "purpose": ["p"]}


def convert(takes, text):
    """Return the value a text converts to, or what is said of it."""
    document = Document(f"x: {text}".encode(), "t.yaml")
    node = document.read().pairs[0][1]
    value = takes.convert(node, Context(document, NAMES))
    if document.problems:
        first = document.problems[0]
        return f"{first.problem} | {first.hint}"
    return value


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("6s", 6),
        ("1.5s", 1.5),
        ("2m", 120),
        ("1h", 3600),
        ("1d", 86400),
    ],
)
def test_a_duration_is_in_seconds(text, seconds):
    assert convert(Duration(0.1, 100_000), text) == seconds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("6", "'6' is no duration | Write 6s for seconds."),
        ("1.5", "'1.5' is no duration | Write 1.5s for seconds."),
        ("6 s", "'6 s' is no duration | Takes a duration such as 5s (ms, s, m, h, d)."),
        ("90s", "'90s' is out of range | Takes 500ms to 1m."),
        ("1ms", "'1ms' is out of range | Takes 500ms to 1m."),
        (
            "[6s]",
            "a list stands where a duration such as 5s",
        ),
    ],
)
def test_a_duration_that_is_none_is_told(text, said):
    assert convert(Duration(0.5, 60), text).startswith(said)


@pytest.mark.parametrize(
    ("text", "size"),
    [("1GB", 10**9), ("1.5MB", 1_500_000), ("0KB", 0), ("2TB", 2 * 10**12)],
)
def test_a_size_is_in_bytes(text, size):
    assert convert(Size(), text) == size


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (1_000_000_000, "1GB"),
        (2_500_000, "2.5MB"),
        (1_000, "1KB"),
        (1_234_567, "1234567"),
        (7, "7"),
        (0, "0"),
    ],
)
def test_an_amount_is_spelled_as_a_file_spells_it(size, text):
    assert amount(size) == text


def test_a_size_that_is_none_is_told():
    takes = "Takes a size such as 1GB (KB, MB, GB, TB)."
    for text in ("1", "1gb", "1 GB", "1GiB", "-1GB", "GB"):
        assert convert(Size(), text) == f"'{text}' is no size | {takes}"
    assert convert(Size(), "[1GB]").startswith("a list stands where a size such as")


def test_a_whole_number_has_a_range():
    assert convert(Whole(1, 10), "10") == 10
    assert "Takes a whole number from 1 to 10." in convert(Whole(1, 10), "11")
    assert "'1.5' is no whole number" in convert(Whole(1, 10), "1.5")
    assert "'3' is no whole number" in convert(Whole(1, 10), "'3'")
    assert convert(Whole(1, 10), "17").startswith("17 is too large (1 to 10)")
    assert convert(Whole(1, 10), "0").startswith("0 is too small (1 to 10)")
    options = Table({"tries": Whole(1, 9)})
    assert convert(options, "{tries: 17}").startswith("tries: 17 is too large (1 to 9)")
    assert "nothing stands" in convert(Whole(1, 10), "")


def test_a_word_of_an_enum_is_its_member():
    assert convert(RECORD_WANTED, "on") is Record.ON
    assert convert(RECORD_FROM, "answer") is From.ANSWER
    assert convert(OneOf(Meaning), "granted") is Meaning.GRANTED
    assert "Did you mean 'granted'?" in convert(OneOf(Meaning), "grantd")
    assert "a mapping stands" in convert(OneOf(Meaning), "{a: b}")
    assert convert(RECORD_WANTED, "yes").endswith("| Takes one of on, off, masked.")


def test_enums_read_as_they_are_written():
    assert (str(Record.ON), str(From.STEP), str(Meaning.REFUSED)) == (
        "on",
        "step",
        "refused",
    )


@pytest.mark.parametrize(
    ("takes", "text"),
    [
        (PromptName(), "welcome"),
        (NoticeName(), "rec"),
        (PurposeName(), "p"),
        (StepName(), "sales"),
    ],
)
def test_a_name_must_be_declared(takes, text):
    assert convert(takes, text) == text
    assert f"Did you mean '{text}'?" in convert(takes, text + "x")
    assert "a list stands" in convert(takes, "[a]")


def test_where_nothing_is_declared_that_is_what_mends_it(monkeypatch):
    monkeypatch.setitem(NAMES, "prompt", [])
    told = convert(PromptName(), "hi")
    assert told == "there is no prompt 'hi' | Declare it under prompts:"


@pytest.mark.parametrize("text", ["support", "support@default", "100", "a.b-c_d"])
def test_a_queue_has_a_name_of_the_switch(text):
    assert convert(QueueName(), text) == text


@pytest.mark.parametrize("text", ["a b", "a@b@c", "é", "x" * 61])
def test_a_queue_name_that_is_none_is_told(text):
    assert "is not right here" in convert(QueueName(), text)


@pytest.mark.parametrize("text", ['"${system(x)}"', '"a\\nb"', '"%24{x}"', '"$1"'])
def test_what_the_switch_would_run_is_refused(text):
    assert "must not go to the switch" in convert(QueueName(), text)


def test_a_queue_name_is_text():
    assert "a list stands" in convert(QueueName(), "[a]")


def test_an_address_is_one_of_the_web():
    assert convert(Url(), "https://example.com/a?b#c") == "https://example.com/a?b#c"
    assert "'ftp://x' is no web address" in convert(Url(), "ftp://x")
    assert "is no web address" in convert(Url(), "'https://a b'")
    assert "a list stands" in convert(Url(), "[a]")


def test_a_problem_knows_where_in_the_flow_it_is():
    takes = Table({"keys": Keys(StepName())})
    document = Document(b"x: {keys: {1: nowhere}}", "t.yaml")
    context = Context(document, NAMES, "steps.ask")
    takes.convert(document.read().pairs[0][1], context)
    assert document.problems[0].path == "steps.ask.keys.1"
    assert context.missed == {"step"}


def test_a_table_has_all_its_names():
    takes = Table({"notice": NoticeName(), "purpose": PurposeName()})
    assert convert(takes, "{notice: rec, purpose: p}") == {
        "notice": "rec",
        "purpose": "p",
    }
    assert "'purpose' is missing" in convert(takes, "{notice: rec}")
    assert "a list stands" in convert(takes, "[a]")
    assert "Did you mean 'notice'?" in convert(takes, "{notce: rec, purpose: p}")


def test_an_option_is_a_field_that_tells_what_it_takes():
    @dataclass(frozen=True, kw_only=True)
    class Sing:
        song: str = option(PromptName(), help="What.", key="sing")
        verses: int = option(Whole(1, 9), 2, "How many.")

    assert Sing(song="x").verses == 2
    assert fields_of(Sing)["sing"][0] == "song"
    assert fields_of(Sing)["verses"][1].default == 2
    with pytest.raises(TypeError):
        Sing()


def test_a_step_tells_its_options_with_the_shared_ones_last():
    options = fields_of(Consent)
    assert list(options) == ["consent", "keys", "more"] + [
        "tries",
        "timeout",
        "ask",
        "receipt",
        "meanwhile",
        "ask_again_after",
        "remember",
        "record",
        "from",
    ]
    assert options["consent"][1].default is REQUIRED
    assert options["from"][0] == "record_from"
    assert all(field.help for _, field in options.values())


def test_names_are_put_in_other_words_wherever_they_stand():
    takes = Table({"keys": Keys(StepName()), "n": Whole(1, 2), "p": PromptName()})
    value = {"keys": {"1": "a", "2": None}, "n": 2, "p": "hi"}
    assert takes.renamed(value, lambda what, name: f"{what}/{name}") == {
        "keys": {"1": "step/a", "2": None},
        "n": 2,
        "p": "prompt/hi",
    }


def test_many_of_something_are_called_by_their_plural():
    assert plural("step") == "steps"
    assert plural("hours") == "hours"


def test_schemas_say_the_same():
    takes = Table({"keys": Keys(StepName()), "n": Whole(1, 2), "q": QueueName()})
    schema = takes.schema()
    assert schema["required"] == ["keys", "n", "q"]
    assert schema["properties"]["n"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 2,
        "description": "A whole number from 1 to 2.",
    }
    assert Duration(1, 2).schema()["type"] == "string"
    assert Size().schema()["type"] == "string"
    assert Url().schema()["pattern"].startswith("^https?://")
    assert OneOf(Record).schema() == {"enum": ["on", "off", "masked"]}


def test_nothing_is_no_scalar():
    node = Node(Kind.NOTHING, Mark(1, 1))
    document = Document(b"", "t.yaml")
    assert StepName().convert(node, Context(document, NAMES)) is None
    assert document.problems


def test_a_tag_may_have_blanks_and_brackets_and_nothing_that_ends_a_variable():
    assert convert(Tag(), "'[REC] '") == "[REC] "
    assert "is not right here" in convert(Tag(), "'a;b'")


def test_of_a_table_some_names_may_be_left_out():
    table = Table({"a": Whole(1, 9)}, more={"b": Whole(1, 9)})
    assert table.schema()["required"] == ["a"]
    assert set(table.schema()["properties"]) == {"a", "b"}
