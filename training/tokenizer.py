"""A lexicalised Unigram tokenizer: Vietnamese words, of one or more syllables, as pieces.

Segments and tokenizes in one pass: piece ``▁thông▁tin`` is the two-syllable word. Scores are log
unigram probabilities of words counted in a segmented corpus, so the best path is the likeliest
segmentation.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

from model.preparation import EMAIL_MARK, PHONE_MARK, URL_MARK, prepare_text

SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
SYLLABLES = 2_500
"""Pieces kept for single syllables of today's text that the segmented corpus lacks."""
_CHARACTERS = (
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệfghiìíỉĩịjklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvwxyỳýỷỹỵz"
    "0123456789.,:;!?\"'()[]/-+%&*=_#$°²…" + URL_MARK + EMAIL_MARK + PHONE_MARK
)
_WORD = re.compile(r"[^\W_]+(?:_[^\W_]+)*")


def _canonical(word: str) -> str:
    return prepare_text(word.replace("_", " ")).text.lower()


def count_words(segmented: Iterable[str]) -> Counter[str]:
    """Lower-case words, syllables joined by spaces, with their counts."""
    raw: Counter[str] = Counter()
    for line in segmented:
        raw.update(_WORD.findall(line))
    counts: Counter[str] = Counter()
    for word, n in raw.items():
        if n > 2 and (canonical := _canonical(word)):
            counts[canonical] += n
    return counts


def build_tokenizer(
    words: Counter[str], running_text: Iterable[str], pieces: int = 20_000, fragments: int = 1_200
) -> Tokenizer:
    """Choose ``pieces`` pieces and give them scores.

    ``words`` come from a segmented corpus; ``running_text`` (unsegmented, today's) decides which
    single syllables and which ``fragments`` of unknown words, mostly foreign names, are added.
    """
    today: Counter[str] = Counter()
    for line in running_text:
        today.update(re.findall(r"[^\W_]+", line.lower()))
    total = sum(words.values())
    room = max(0, pieces - len(SPECIALS) - 2 * len(_CHARACTERS) - fragments - SYLLABLES)
    known = {w for w, _ in words.most_common(room)}
    extra = [s for s, n in today.most_common() if s not in known and len(s) > 1]
    known.update(extra[:SYLLABLES])
    unknown: Counter[str] = Counter()
    for word in extra[SYLLABLES:]:
        for size in (2, 3, 4):
            for at in range(len(word) - size + 1):
                unknown[word[at : at + size]] += today[word] * (size - 1)
    scale = total / max(1, sum(today.values()))
    scores = {
        "▁" + w.replace(" ", "▁"): math.log(max(words[w], today[w] * scale, 1) / total)
        for w in known
    }
    floor = min(scores.values()) - 1.0
    vocabulary = [(special, 0.0) for special in SPECIALS]
    vocabulary += sorted(scores.items(), key=lambda p: (-p[1], p[0]))
    taken = {piece for piece, _ in vocabulary}
    for fragment, _ in unknown.most_common(fragments):
        if fragment not in taken:
            vocabulary.append((fragment, floor - 1.0))
            taken.add(fragment)
    for piece in ["▁", *_CHARACTERS, *("▁" + c for c in _CHARACTERS)]:
        if piece not in taken:
            vocabulary.append((piece, floor - 3.0))
            taken.add(piece)
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=1, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Lowercase(), normalizers.Replace(Regex(r"\s+"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(split=False)
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens(list(SPECIALS))
    return tokenizer
