"""Text that an XML file can hold: workbooks and Word files are XML inside."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """The text without the characters that XML 1.0 forbids, even escaped (section 2.2, ``Char``).

    Control characters, lone surrogates, U+FFFE and U+FFFF: one of them in a title, and Word calls
    the whole file damaged.
    """
    return _FORBIDDEN.sub("", text)
