"""What is wrong between what callers hear and what the flow does."""

import pytest

from eslflow.check import spoken
from eslflow.check.spoken import RULES
from tests.codes import ASK, EXAMPLES, TALK, whole
from tests.proofs import flow_of

OBJECTION = """\
purposes: {quality: {basis: legitimate_interests, retain: 30d}}
notices:
  told: {version: 1, text: "Press 3 not to be recorded, or 1 to go on."}
steps:
  tell:
    objection: {notice: told, purpose: quality}
    keys: {3: objected, 1: unopposed}
"""


def found(text, look):
    return list(look(flow_of(whole(text))))


def asked(words):
    """Return a question in these words."""
    notice = f"notices: {{recording: {{version: 1, text: {words}}}}}\n"
    return f"{notice}steps:\n{ASK}{TALK}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_broken_by_its_bad_example(rule):
    bad, good = EXAMPLES[rule.code]
    told = found(bad, RULES[rule])
    assert told
    assert {finding.rule for finding in told} == {rule}
    assert found(good, RULES[rule]) == []


def test_objections_have_keys_and_words_too():
    text = f"{OBJECTION}{TALK}"
    assert found(text, spoken.keys_swapped) == []
    swapped = text.replace("{3: objected, 1: unopposed}", "{1: objected, 3: unopposed}")
    (finding,) = found(swapped, spoken.keys_swapped)
    assert "3 means unopposed; the en words differ" in finding.problem


def test_words_are_quoted_as_they_are_written():
    words = "Press One to agree, or Two to refuse."
    (finding,) = found(asked(f"'{words}'").replace(KEYS, SWAPPED), spoken.keys_swapped)
    assert finding.hint.endswith(f"They say: {words}")
    (finding,) = found(
        asked(f"'{words}'").replace("2: ref", "3: ref"), spoken.key_unsaid
    )
    assert finding.hint.endswith(f"They say: {words}")
    words = "For Sales press One, for Support press Two."
    text = EXAMPLES["menu-swapped"][0].replace("menu: which", "menu: both")
    first, _ = found(f"prompts: {{both: '{words}'}}\n{text}", spoken.menu_swapped)
    assert first.hint.endswith(f"They say: {words}")


def test_words_of_which_one_key_is_right_are_left_alone():
    odd = "Press 1 to agree or 2 to accept that you are not recorded."
    assert found(asked(odd), spoken.keys_swapped) == []
    half = "'Press 1 to agree, press 2 if you accept.'"
    assert found(asked(half), spoken.keys_swapped) == []


KEYS = "{1: granted, 2: refused}"
SWAPPED = "{1: refused, 2: granted}"


def in_language(language, words):
    """Return a question in these words of a language."""
    text = asked("WORDS").replace("text: WORDS", f"text: {{{language}: {words!r}}}")
    return f"languages: [{language}]\n{text}"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Eins für Ja, zwei für Nein."),
        ("de", "Die 1 heißt ja, die 2 heißt nein."),
        ("de", "1 = ja, 2 = nein"),
        ("de", "Taste 1: Ja. Taste 2: Nein."),
        ("de", "Mit der Eins stimmen Sie zu, mit der Zwei lehnen Sie ab."),
        ("en", "1: yes, 2: no"),
        ("en", "One means yes, two means no."),
        ("en", "yes is 1, no is 2"),
        ("fr", "1 pour oui, 2 pour non."),
        ("fr", "Le 1 signifie oui."),
        ("es", "Uno para sí, dos para no."),
        ("es", "Pulse 1 si está de acuerdo."),
        ("it", "Uno per sì, due per no."),
        ("nl", "1 is ja, 2 is nee."),
    ],
)
def test_words_that_link_keys_and_answers_are_compared(language, words):
    right = in_language(language, f"Wir würden gerne aufnehmen. {words}")
    assert found(right, spoken.keys_swapped) == []
    (finding,) = found(right.replace(KEYS, SWAPPED), spoken.keys_swapped)
    assert "1 means refused" in finding.problem
    assert finding.hint == f"Swap the keys, or mend the words. They say: {words}"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Press 1 to agree. 2 of our staff say no to nothing."),
        ("en", "We keep it for 1 year, not for 2. Agree with 1, refuse with 2."),
        ("en", "No? Press 2. Everybody who says yes presses 1."),
        ("en", "If you do not want this, 2. If you accept, 1."),
        ("en", "By law (article 1) you may say no. Press 1 to accept, or 2."),
        ("en", "We are number 1, no question. 1 is yes; 2 is no."),
        ("en", "Say no and nothing is recorded. 1 means I agree."),
        ("en", "Is that okay? 1 for yes, 2 for no. You can say no later: press star."),
        ("en", "Without your yes, 1 recording less. Yes: 1, no: 2."),
        ("de", "Ist es Ihnen recht? Mit 1 ja, mit 2 nein; ohne 1 keine Aufnahme."),
        ("de", "Drücken Sie die 1, sagen Sie ja. Drücken Sie die 2, sagen Sie nein."),
        ("de", "Sagen Sie nicht nein, wählen Sie die 1. Sonst die 2."),
        ("de", "Nach Artikel 1 nicht nötig: ja mit der Eins, nein mit der Zwei."),
        ("fr", "Un oui : 1. Un non : 2."),
        ("es", "No se graba sin un sí: 1 para sí y 2 para no."),
    ],
)
def test_right_words_are_no_contrary(language, words):
    assert found(in_language(language, words), spoken.keys_swapped) == []


def test_words_without_keys_say_none():
    assert found(asked("Press one or two."), spoken.key_unsaid) == []
    assert found(asked("Press one or two."), spoken.key_dead) == []


def test_a_key_that_is_told_without_a_verb_is_told():
    text = asked("'To agree, press 1. To refuse: 2.'")
    assert found(text, spoken.key_unsaid) == []
    text = text.replace("refuse: 2", "refuse: 3")
    (finding,) = found(text, spoken.key_unsaid)
    hint = "Say it in the words, with a new version of the notice, or remove the key."
    assert finding.hint == f"{hint} They say: To agree, press 1."


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Press 1 for yes. Two means no."),
        ("de", "Drücken Sie die Eins, wenn Sie zustimmen; die Zwei lehnt ab."),
    ],
)
def test_a_key_that_an_answer_is_linked_to_is_told(language, words):
    assert found(in_language(language, words), spoken.key_unsaid) == []
    third = in_language(language, words).replace("2: refused", "3: refused")
    (finding,) = found(third, spoken.key_unsaid)
    assert finding.place[-1] == "3"


def test_star_and_hash_must_be_named_where_they_count():
    text = asked("Press 1 to agree or star to refuse.").replace("2: ref", "star: ref")
    assert found(text, spoken.key_unsaid) == []
    (finding,) = found(text.replace("star: ref", "hash: ref"), spoken.key_unsaid)
    assert "key # means refused" in finding.problem


def test_a_question_that_names_no_key_says_none():
    first, second = found(asked("May we record this for 90 days?"), spoken.key_unsaid)
    assert [finding.place[-1] for finding in (first, second)] == ["1", "2"]
    assert first.hint.endswith("They name no key.")
    named = asked("'One for yes, two for no.'")
    assert found(named, spoken.key_unsaid) == []
    head = "languages: [nb]\n"
    assert found(head + asked("{nb: Velg.}"), spoken.key_unsaid) == []


def test_the_keys_of_a_question_may_be_told_just_before_it():
    text = asked("May we record this?")
    hello = "prompts: {keys: Press 1 to agree or 2 to refuse.}\n"
    text = hello + text.replace("steps:\n", "steps:\n  keys: {announce: keys}\n")
    assert found(text, spoken.key_unsaid) == []


def test_the_callers_own_keys_are_none_of_the_question():
    text = asked("Press 1 to agree or 2 to refuse. Press 0 to withdraw.")
    assert len(found(text, spoken.key_dead)) == 1
    keys = "purposes: {training: {basis: consent, on_withdrawal: keep}}\n"
    keys += "recording: {caller_keys: {0: withdraw}}\n"
    assert found(keys + text, spoken.key_dead) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "1 to agree, 2 to refuse. You can withdraw by pressing star 0."),
        ("en", "1 to agree, 2 to refuse. Press the star key and then zero."),
        ("de", "Taste 1 heißt ja, 2 nein. Drücken Sie Stern Null zum Widerruf."),
        ("es", "Pulse 1 para sí, 2 para no. Se retira pulsando asterisco 5."),
    ],
)
def test_a_digit_behind_the_star_is_no_key_of_a_question(language, words):
    text = in_language(language, words)
    assert found(text, spoken.key_dead) == []
    assert len(found(text.replace(words, f"{words[:-1]}, 7."), spoken.key_dead)) == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Press 1 or 2. To withdraw later, call us and press 3 in the menu."),
        ("de", "Taste 1 oder 2. Später rufen Sie uns an und drücken die 3."),
        ("fr", "Tapez 1 ou 2. Plus tard, appelez-nous et tapez 3."),
    ],
)
def test_what_is_pressed_in_another_call_is_no_dead_key(language, words):
    text = in_language(language, words)
    assert found(text, spoken.key_dead) == []
    assert found(text.replace("2.", "2, 4."), spoken.key_dead)


MENU = """\
languages: [en, de, nb]
prompts:
  which: {en: "Sales: one.", de: "Verkauf mit der 1, Lager mit der 2.", nb: Velg.}
  hello: {en: Hello., de: Hallo., nb: Hei.}
steps:
  hello: {announce: hello}
  choose: {menu: which, keys: {1: sales, 2: talk}}
  sales: {queue: sales}
  talk: {queue: support}
"""


def test_a_key_is_told_of_as_a_digit_or_a_word_and_in_each_language():
    (finding,) = found(MENU, spoken.key_untold)
    assert finding.place == ("steps", "choose", "keys", "2")
    assert finding.problem.endswith(
        "key 2 leads to 'talk', and nobody is told so in en"
    )


def test_what_is_said_right_before_a_menu_may_tell_of_its_keys():
    text = MENU.replace("en: Hello.", "en: With 2 you reach our technicians.")
    assert found(text, spoken.key_untold) == []
    hello = "  hello: {announce: hello}\n"
    later = text.replace(hello, "") + hello
    assert len(found(later, spoken.key_untold)) == 1


def test_a_choice_of_languages_says_each_key_in_its_language():
    text = (
        "languages: [en, de]\n"
        "prompts: {tongue: {en: For English press 1., de: Drücken Sie die 2.}}\n"
        "steps:\n  tongue: {language: tongue, keys: {1: en, 2: de}}\n"
    )
    assert found(text, spoken.key_unsaid) == []
    assert found(text, spoken.key_dead) == []
    swapped = text.replace("{1: en, 2: de}", "{1: de, 2: en}")
    first, _ = found(swapped, spoken.key_unsaid)
    assert first.hint.startswith("Say it in the words, or remove the key. They say: ")


@pytest.mark.parametrize(
    "words",
    [
        "Press 1 for sales or 2 for support.",
        "'For sales press 1, for support press 2.'",
        "Press one for sales or two for support.",
    ],
)
def test_each_key_of_a_sentence_has_its_own_words(words):
    text = EXAMPLES["menu-swapped"][0].replace("menu: which", "menu: both")
    first, _ = found(f"prompts: {{both: {words}}}\n{text}", spoken.menu_swapped)
    assert "key 1 leads to 'support', and its words name sales" in first.problem
    right = EXAMPLES["menu-swapped"][1].replace("menu: which", "menu: both")
    assert found(f"prompts: {{both: {words}}}\n{right}", spoken.menu_swapped) == []


@pytest.mark.parametrize(
    ("language", "words", "key"),
    [
        ("en", "Support: 1. Sales: 2.", "1"),
        ("en", "Support: press one, Sales: press two.", "1"),
        ("de", "Verkauf: Taste 2, Support: Taste 1.", "1"),
        ("de", "Taste 2: Sales. Taste 3: Lager.", "2"),
        ("nb", "Sales: 2.", "2"),
    ],
)
def test_a_key_may_be_told_by_a_label(language, words, key):
    prompt = f"prompts: {{both: {{{language}: {words!r}}}}}\n"
    head = f"languages: [{language}]\n{prompt}"
    right, wrong = (
        head + example.replace("menu: which", "menu: both")
        for example in EXAMPLES["menu-swapped"]
    )
    first, *_ = found(wrong, spoken.menu_swapped)
    assert first.place == ("steps", "choose", "keys", key)
    assert found(right, spoken.menu_swapped) == []


def test_words_that_name_one_of_two_keys_may_be_those_of_either():
    text = EXAMPLES["menu-swapped"][1].replace("menu: which", "menu: both")
    head = "prompts: {both: 'Für Vertrieb die 1 drücken, für Support die 2.'}\n"
    assert found(head + text, spoken.menu_swapped) == []


def test_the_longer_notice_may_tell_of_withdrawal():
    words = (
        "notices:\n  recording: {version: 1, text: Press 1 to agree or 2 to refuse.}\n"
        "  long: {version: 1, text: You can withdraw it.}\n"
    )
    ask = ASK.replace("2: refused", "2: refused, 9: more")
    text = f"{words}steps:\n{ask}    more: long\n{TALK}"
    assert found(text, spoken.no_withdrawal) == []
    (finding,) = found(text.replace("withdraw", "like"), spoken.no_withdrawal)
    assert finding.place == ("notices", "recording", "text", "en")


def test_a_second_key_for_no_need_not_be_said_and_one_for_yes_must():
    no = f"steps:\n{ASK}{TALK}".replace("2: refused", "2: refused, 3: refused")
    assert found(no, spoken.key_unsaid) == []
    yes = f"steps:\n{ASK}{TALK}".replace("2: refused", "2: refused, 3: granted")
    (finding,) = found(yes, spoken.key_unsaid)
    assert finding.place == ("steps", "ask", "keys", "3")


def test_a_called_partys_key_is_no_dead_one():
    words = '"We record this. Press 1 to agree, 2 to refuse, later star and then 0."'
    steps = "steps:\n  call: {ring: {user: 1001}}\n" + ASK + "    ask: both\n"
    steps += "  talk: {connect: callee, record: on, from: answer}\n"
    notice = f"notices: {{recording: {{version: 1, text: {words}}}}}\n"
    rules = "recording: {callee_keys: {0: withdraw}}\n"
    purposes = "purposes:\n  training: {basis: consent, retain: 30d"
    keep = purposes + ", on_withdrawal: keep}\n"
    assert found(keep + notice + rules + steps, spoken.key_dead) == []
    plain = notice.replace("star and then 0", "press 0")
    assert found(keep + plain + rules + steps, spoken.key_dead) == []
    assert found(purposes + "}\n" + plain + steps, spoken.key_dead)


VERBAL = """\
notices: {asked: {version: 1, text: This call is recorded now.}}
recording:
  verbal: {notice: asked, purpose: training}
  agent_keys: {1: granted, 2: refused}
steps:
"""


def test_who_agrees_to_the_agent_must_hear_how_to_withdraw_too():
    (finding,) = found(f"{VERBAL}{TALK}", spoken.no_withdrawal)
    assert finding.problem == (
        "notice 'asked' does not say that consent can be withdrawn, in en"
    )
    assert finding.place == ("notices", "asked", "text", "en")
    told = VERBAL.replace("now.", "now. You can withdraw at any time.")
    assert found(f"{told}{TALK}", spoken.no_withdrawal) == []
