from __future__ import annotations

import numpy as np

from data.schema import Document
from model.classifier import Classifier
from model.evidence import occlusions, sentences_of, strongest
from model.preparation import prepare
from model.windows import CLS, SEP, WindowPolicy, windows

SENTENCE = "Hai bên trao đổi về hợp tác nông nghiệp, du lịch và giáo dục. "


def test_headline_and_sapo_stand_in_every_window(classifier: Classifier) -> None:
    tokenizer = classifier.bundle.tokenizer
    policy = WindowPolicy(length=64, head=32, most=3)
    document = Document(id="1", title="Gia Lai tiếp đoàn Lào", sapo="Sáng nay.", body=SENTENCE * 40)
    cut, unread = windows(prepare(document), tokenizer, policy)
    assert unread
    assert len(cut) == 3
    head = cut[0].ids[: cut[0].ids.index(SEP)]
    assert head[0] == CLS
    for window in cut:
        assert len(window.ids) == len(window.places) <= 64
        assert window.ids[: len(head)] == head
        assert window.ids[-1] == SEP


def test_nothing_is_lost_between_windows(classifier: Classifier) -> None:
    tokenizer = classifier.bundle.tokenizer
    prepared = prepare(Document(id="1", title="Tiêu đề bài viết", body=SENTENCE * 20))
    cut, unread = windows(prepared, tokenizer, WindowPolicy(length=64, head=32, most=50))
    body = [p for w in cut for p in w.places if p is not None and p[0] == 1]
    expected = tokenizer.encode(prepared.segments[1].mapped.text, add_special_tokens=False)
    assert [(a, b) for _, a, b in body] == expected.offsets
    assert not unread


def test_taking_every_sentence_out_leaves_no_token(classifier: Classifier) -> None:
    prepared = prepare(Document(id="1", title="Gia Lai tiếp đoàn Lào", body=SENTENCE * 3))
    cut, _ = windows(prepared, classifier.bundle.tokenizer, WindowPolicy())
    sentences = sentences_of(prepared)
    taken = occlusions(sentences, cut)
    whole = sum(p is not None for p in cut[0].places)
    removed = sum(len(cut[0].ids) - len(o.ids) for o in taken)
    assert removed == whole


def test_the_strongest_spans_are_few_and_carry_weight() -> None:
    assert strongest(np.asarray([0.1, 0.5, 0.0, 0.3, 0.2])) == [1, 3, 4]
    assert strongest(np.asarray([0.004, 0.001])) == [0]
    assert strongest(np.asarray([-0.2, -0.1])) == []
