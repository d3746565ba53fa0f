"""The codes of what can be wrong with a file, one for each sort of problem.

In: the sentence that tells a problem. Out: its code, which stays when words change.
Must not judge.
"""

from __future__ import annotations

import re

NOT_YAML, NOT_TOGETHER = "not-yaml", "not-together"
SORTS: dict[str, tuple[str, str]] = {
    NOT_YAML: (
        "The file cannot be read as YAML, or uses what is not taken here.",
        r"cannot be read|cannot stand (here|alone)|is larger than|levels stand inside"
        r"|second document begins|begins a comment|there is no such character"
        r"|there is no flow in this file",
    ),
    "unsafe": (
        "The switch would run it, or a stranger could read it.",
        r"must not go to the switch|would be read on the way|read by everybody"
        r"|is not sent$",
    ),
    "no-refusal": (
        "A question that cannot be answered both ways.",
        r"no key (of the agent )?means|a key means \w+, but ",
    ),
    "wrong-basis": (
        "What is asked or told does not fit the lawful basis.",
        r"rests on|names no basis|where the law demands",
    ),
    "demanded": (
        "A call that must be recorded could go on without.",
        r"if_unrecorded|must be recorded|are refused must hear|nobody is refused here",
    ),
    "shadowed": (
        "A case, or a key, never gets its turn.",
        r"can never be reached|takes the star key|overlaps",
    ),
    "withdrawal": (
        "What a caller's key withdraws, and what becomes of recordings, is open.",
        r"when the caller withdraws|of the caller withdraws|asks the called party, not"
        r"|only callers are remembered",
    ),
    "secret": (
        "A secret would get about, or nobody gets it.",
        r"secret|is secure cannot",
    ),
    "never-asked": (
        "A step records, and nothing could ever permit it.",
        r"can never record|could ever permit",
    ),
    "dead-step": ("Nothing leads to a step.", r"^nothing leads to step"),
    "endless": (
        "Steps lead in a circle, and none of them waits.",
        r"leads back to itself|lead into each other",
    ),
    "no-words": (
        "A language has no words for something.",
        r"has no text in|has no words in|without words|cannot read out"
        r"|one text for all languages",
    ),
    "twice": ("The same name stands twice.", r"stands? twice|is \w+ and \w+|is both"),
    "missing": (
        "Something that must be there is not.",
        r"is missing$|there are no |does not say what it does"
        r"|is expected of|nothing is looked at|have no (day|zone)$|but for how long"
        r"|has no QUOTED$|has no \w+$",
    ),
    "unknown-name": (
        "A name is used that nothing has.",
        r"^there is no |is no language|must be one of the flow's"
        r"|no question ends as|is no field|holds the flow",
    ),
    "unknown-option": (
        "A word stands where no such option is.",
        r"is not an option of|is no option",
    ),
    "bad-name": (
        "A name has characters that names cannot have.",
        r"cannot be the name|cannot be a flow's name|is no name for|is something else"
        r"|is a constant",
    ),
    "too-long": ("More than is taken.", r"is longer than|there are \d+ steps$"),
    "wrong-value": (
        "A value is not of the sort that stands there.",
        r"stands where|is not right here|is too (?:small|large)|is no \w+|are no \w+"
        r"|cannot press a star|does not say whom|this is not right|is out of range"
        r"|languages is a list"
        r"|only .* can stand in a text|needs quotes|is not called|has a star inside",
    ),
    NOT_TOGETHER: ("Two things that are right do not go together.", r""),
}
"""What each code means, and the sentences it is of; the first that matches counts."""
_QUOTED = re.compile(r"'[^']*'")
_SORTS = [(code, re.compile(pattern)) for code, (_, pattern) in SORTS.items()]


def code_of(problem: str) -> str:
    """Return the code of a problem."""
    # What is quoted is the file's, and may be any word.
    bare = _QUOTED.sub("QUOTED", problem)
    return next(code for code, pattern in _SORTS if pattern.search(bare))
