"""Token windows over a prepared document: headline and sapo always, then the body in turn."""

from __future__ import annotations

from dataclasses import dataclass

from tokenizers import Tokenizer

from model.preparation import PreparedDocument

CLS, SEP = 2, 3


@dataclass(frozen=True, slots=True)
class WindowPolicy:
    """Lengths in tokens. The head is headline and sapo; a body window takes what room is left."""

    length: int = 256
    head: int = 128
    most: int = 8


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids, and for each id the segment and character span it came from (None: special)."""

    ids: list[int]
    places: list[tuple[int, int, int] | None]


def windows(
    document: PreparedDocument, tokenizer: Tokenizer, policy: WindowPolicy
) -> tuple[list[Window], bool]:
    """Windows of at most ``policy.length`` ids, and whether some of the text was left unread.

    ``[CLS] headline [SEP] sapo [SEP] body part [SEP]``; without headline and sapo the body has the
    whole window.
    """
    encodings = tokenizer.encode_batch(
        [s.mapped.text for s in document.segments], add_special_tokens=False
    )
    head_ids, head_places = [CLS], [None]  # type: tuple[list[int], list[tuple[int, int, int] | None]]
    body: list[tuple[int, tuple[int, int, int]]] = []
    unread = False
    for number, (segment, encoding) in enumerate(zip(document.segments, encodings, strict=True)):
        tokens = [
            (i, (number, a, b)) for i, (a, b) in zip(encoding.ids, encoding.offsets, strict=True)
        ]
        if segment.role == "body":
            body += tokens
            continue
        room = max(0, policy.head - len(head_ids) - 1)
        unread |= len(tokens) > room
        head_ids += [i for i, _ in tokens[:room]] + [SEP]
        head_places += [*(p for _, p in tokens[:room]), None]
    room = policy.length - len(head_ids) - 1
    parts = [body[at : at + room] for at in range(0, len(body), room)][: policy.most] or [[]]
    unread |= len(body) > room * policy.most
    result = []
    for part in parts:
        closing = [SEP] if part else []
        result.append(
            Window(
                head_ids + [i for i, _ in part] + closing,
                head_places + [p for _, p in part] + [None for _ in closing],
            )
        )
    return result, unread
