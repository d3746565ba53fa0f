"""How long recordings are kept by the words of a notice."""

import pytest

from eslflow.check.lasting import limits

KEPT = [
    ("en", "The recording is deleted after 30 days.", "deleted after 30 days"),
    (
        "en",
        "We record this call. It is erased after one month.",
        "erased after one month",
    ),
    (
        "en",
        "We keep the recording for 30 days at most.",
        "keep the recording for 30 days",
    ),
    ("en", "Recordings are kept for up to four weeks.", "kept for up to four weeks"),
    ("en", "The recording will be deleted within a month.", "deleted within a month"),
    ("de", "Die Aufnahme wird nach 30 Tagen gelöscht.", "nach 30 Tagen gelöscht"),
    (
        "de",
        "Wir bewahren die Aufzeichnung höchstens einen Monat auf.",
        "bewahren die Aufzeichnung höchstens einen Monat",
    ),
    (
        "de",
        "Die Aufzeichnung wird dreißig Tage lang gespeichert.",
        "dreißig Tage lang gespeichert",
    ),
    ("fr", "L'enregistrement est supprimé après 30 jours.", "supprimé après 30 jours"),
    ("es", "La grabación se borra a los 30 días.", "borra a los 30 días"),
    (
        "it",
        "La registrazione viene cancellata dopo 30 giorni.",
        "cancellata dopo 30 giorni",
    ),
    ("nl", "De opname wordt na 30 dagen gewist.", "na 30 dagen gewist"),
    ("de", "Wir heben die Aufnahme 30 Tage auf.", "heben die Aufnahme 30 Tage"),
    ("en", "The recording is gone after 30 days.", "gone after 30 days"),
    (
        "en",
        "We record this. We hold on to it for a month.",
        "hold on to it for a month",
    ),
    ("fr", "L'enregistrement est conservé 30 jours.", "conservé 30 jours"),
    ("es", "Podemos grabar. La grabación se guarda 30 días.", "guarda 30 días"),
]


@pytest.mark.parametrize(("language", "words", "quoted"), KEPT)
def test_a_limit_is_read_with_its_words(language, words, quoted):
    (limit,) = limits(words, language)
    assert limit.words == quoted
    assert 28 <= limit.days <= 31


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("We delete recordings after 2 weeks.", 14),
        ("We keep the recording for five years.", 1830),
        ("The recording is kept for 90 days.", 90),
        ("Recordings are kept no longer than 30 days.", 30),
        ("After ten days the recording is deleted.", 10),
        ("May we record? The retention period is 30 days.", 30),
        ("May we record? We delete it 30 days later.", 30),
        ("May we record this call? We store the call for six weeks.", 42),
    ],
)
def test_a_limit_is_told_in_days(words, days):
    assert [limit.days for limit in limits(words, "en-GB")] == [days]


@pytest.mark.parametrize(
    ("language", "words", "days"),
    [
        ("de", "Dürfen wir aufzeichnen? Wir speichern das Gespräch 6 Wochen lang.", 42),
        ("de", "Dürfen wir aufzeichnen? Nach zwei Wochen löschen wir sie.", 14),
        ("fr", "On enregistre. La durée de conservation est de 30 jours.", 30),
    ],
)
def test_a_limit_may_be_of_what_was_named_before(language, words, days):
    assert [limit.days for limit in limits(words, language)] == [days]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "We keep the recording for at least 30 days."),
        ("en", "We record this call, and your number is deleted after 30 days."),
        ("en", "We record this call. Your choice is kept for 30 days."),
        ("en", "We record this call. The record of your choice is kept for 30 days."),
        ("en", "We store your number. It is kept for 30 days."),
        ("en", "If you withdraw, the recording is deleted within 30 days."),
        ("en", "Recordings of the last 30 days are kept safe."),
        ("en", "We record this call. You can return the goods within 30 days."),
        (
            "de",
            "Die Aufnahme wird nicht länger als nötig aufbewahrt; Antwort in 3 Tagen.",
        ),
        ("de", "Nach einem Widerruf wird die Aufnahme binnen 30 Tagen gelöscht."),
        ("en", "Recordings are kept for more than 30 days."),
        ("de", "Die Aufnahme wird mindestens 30 Tage aufbewahrt."),
        ("nb", "Opptaket slettes etter 30 dager."),
        ("en", "May we record? On your request we delete it within 3 days."),
        ("de", "Auf Wunsch löschen wir die Aufnahme binnen 3 Tagen."),
    ],
)
def test_what_is_no_shorter_limit_of_a_recording_is_none(language, words):
    assert list(limits(words, language)) == []
