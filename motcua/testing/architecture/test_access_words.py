"""Whatever is noted in the log of who looked at personal data is said in words."""

import re
from pathlib import Path

import motcua
from motcua.kernel.identity.kind import ACCESS_WORDS

NOTING = re.compile(r'note_access(?:es)?\(\s*[\w.]+,\s*"([\w.]+)"|Access\.objects\.note\([^)]*action="([\w.]+)"')


def test_whatever_is_noted_has_words() -> None:
    """Otherwise administrators read "dossier.open", and people only that their data were used."""
    root = Path(motcua.__file__).parent
    sources = [path.read_text() for path in root.rglob("*.py") if "tests" not in path.relative_to(root).parts]
    noted = {first or second for source in sources for first, second in NOTING.findall(source)}
    assert {"dossier.open", "person.reveal", "payment.read"} <= noted
    assert noted <= ACCESS_WORDS.keys()
    for words, _action_words in ACCESS_WORDS.values():
        assert str(words).format(who="Lan")
