"""The codes of what can be wrong with a file, one for each sort of problem.

A code stays when the words of a message change. Each problem is made with its code,
where it is found; nothing here judges.
"""

from __future__ import annotations

UNREADABLE = "unreadable"
NOT_YAML = "not-yaml"
INVISIBLE = "invisible"
UNSAFE = "unsafe"
NO_REFUSAL = "no-refusal"
WRONG_BASIS = "wrong-basis"
DEMANDED = "demanded"
SHADOWED = "shadowed"
WITHDRAWAL = "withdrawal"
SECRET = "secret"  # noqa: S105  no password
NEVER_ASKED = "never-asked"
DEAD_STEP = "dead-step"
ENDLESS = "endless"
NO_WORDS = "no-words"
TWICE = "twice"
MISSING = "missing"
UNKNOWN_NAME = "unknown-name"
UNKNOWN_OPTION = "unknown-option"
BAD_NAME = "bad-name"
TOO_LONG = "too-long"
WRONG_VALUE = "wrong-value"
NOT_TOGETHER = "not-together"

SORTS: dict[str, str] = {
    NOT_YAML: "The file cannot be read as YAML, or uses what is not taken here.",
    INVISIBLE: "A character that nobody sees: what is read is not what stands there.",
    UNSAFE: "The switch would run it, or a stranger could read it.",
    NO_REFUSAL: "A question that cannot be answered both ways.",
    WRONG_BASIS: "What is asked or told does not fit the lawful basis.",
    DEMANDED: "A call that must be recorded could go on without.",
    SHADOWED: "A case, or a key, never gets its turn.",
    WITHDRAWAL: (
        "What a caller's key withdraws, and what becomes of recordings, is open."
    ),
    SECRET: "A secret would get about, or nobody gets it.",
    NEVER_ASKED: "A step records, and nothing could ever permit it.",
    DEAD_STEP: "Nothing leads to a step.",
    ENDLESS: "Steps lead in a circle, and none of them waits.",
    NO_WORDS: "A language has no words for something.",
    TWICE: "The same name stands twice.",
    MISSING: "Something that must be there is not.",
    UNKNOWN_NAME: "A name is used that nothing has.",
    UNKNOWN_OPTION: "A word stands where no such option is.",
    BAD_NAME: "A name has characters that names cannot have.",
    TOO_LONG: "More than is taken.",
    WRONG_VALUE: "A value is not of the sort that stands there.",
    NOT_TOGETHER: "Two things that are right do not go together.",
}
"""What each code means."""
