from __future__ import annotations

import random
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.corpus import load_corpus
from data.schema import Document
from model.classifier import Classifier, Detail
from model.language import strip_marks
from model.prediction import Prediction, Refusal


def one(classifier: Classifier, document: Document) -> Prediction:
    answer = classifier.classify([document])[0]
    assert isinstance(answer, Prediction), answer
    return answer


def same(a: Prediction, b: Prediction) -> None:
    assert [t.id for t in a.themes] == [t.id for t in b.themes]
    for x, y in zip(a.themes, b.themes, strict=True):
        assert x.score == pytest.approx(y.score, abs=1e-5)
    assert (a.sentiment is None) == (b.sentiment is None)
    if a.sentiment and b.sentiment:
        assert a.sentiment.label == b.sentiment.label
        assert a.sentiment.scores == pytest.approx(b.sentiment.scores, abs=1e-5)


def test_the_runtime_imports_no_torch_and_no_transformers() -> None:
    code = (
        "import sys, model.classifier, service.app; "
        "print([m for m in ('torch', 'transformers', 'training') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_batch_equals_each_alone_in_any_order(classifier: Classifier) -> None:
    documents = [i.document for i in load_corpus("test")[:60]]
    alone = {d.id: classifier.classify([d], evidence=False)[0] for d in documents}
    random.Random(1).shuffle(documents)
    for answer in classifier.classify(documents, evidence=False):
        expected = alone[answer.id]
        assert isinstance(answer, Prediction)
        assert isinstance(expected, Prediction)
        same(answer, expected)


def test_unicode_form_and_tone_style_change_nothing(classifier: Classifier) -> None:
    text = (
        "Uỷ ban nhân dân tỉnh đón đoàn nghệ sĩ Thuỵ Điển\n\nĐoàn biểu diễn vì hoà bình tại "
        "Nhà hát thành phố tối qua, thu hút đông đảo khán giả trẻ yêu âm nhạc."
    )
    forms = [
        text,
        unicodedata.normalize("NFD", text),
        text.replace("Uỷ", "Ủy").replace("hoà", "hòa").replace("Thuỵ", "Thụy"),
    ]
    first, *others = (one(classifier, Document(id="1", text=f)) for f in forms)
    for other in others:
        same(first, other)


def test_evidence_cuts_the_callers_own_string(classifier: Classifier) -> None:
    for item in load_corpus("test")[:40]:
        fields = {
            f: unicodedata.normalize("NFD", v)
            for f in ("title", "sapo", "body", "text")
            if (v := getattr(item.document, f))
        }
        document = item.document.model_copy(update=fields)
        answer = one(classifier, document)
        targets = {e.target for e in answer.evidence}
        assert targets <= {t.id for t in answer.themes} | {"sentiment"}
        if answer.themes:
            assert answer.themes[0].id in targets
        else:
            assert not targets
        for e in answer.evidence:
            assert getattr(document, e.field)[e.start : e.end] == e.text


def test_the_article_the_project_started_from(classifier: Classifier, shared: Path) -> None:
    text = (shared / "domain" / "seed_article.txt").read_text(encoding="utf-8")
    answer = one(classifier, Document(id="seed", text=text))
    assert [t.id for t in answer.themes] == ["external_information_management"]
    assert answer.themes[0].primary
    assert not answer.outside_ttdn
    assert answer.sentiment is not None
    assert answer.sentiment.label == "neutral"
    for e in answer.evidence:
        assert text[e.start : e.end] == e.text
        for residue in ("Google News", "0:00", "miền Bắc", "Ảnh tư liệu", "Có thể bạn", "(GLO)"):
            assert residue not in e.text


@pytest.mark.parametrize(
    ("text", "outcome", "slug"),
    [
        ("", "empty", "empty"),
        ("  \n\u200b ", "empty", "empty"),
        ("😂😂😂 !!!", "empty", "empty"),
        (
            "The minister said that the talks were useful for both sides.",
            "not_vietnamese",
            "not-vietnamese",
        ),
        (
            "Céng hoµ x· héi chñ nghÜa ViÖt Nam §éc lËp - Tù do - H¹nh phóc",
            "undecodable",
            "undecodable",
        ),
    ],
)
def test_what_cannot_be_read_is_said_and_touches_no_other(
    classifier: Classifier, text: str, outcome: str, slug: str
) -> None:
    good = Document(id="good", text="Gia Lai đón đoàn doanh nghiệp Hàn Quốc tới khảo sát đầu tư")
    before, bad, after = classifier.classify([good, Document(id="bad", text=text), good])
    assert isinstance(bad, Refusal)
    assert (bad.outcome, bad.problem.slug) == (outcome, slug)
    assert isinstance(before, Prediction)
    assert isinstance(after, Prediction)


def test_a_short_text_is_tagged_and_sent_to_review(classifier: Classifier) -> None:
    answer = one(classifier, Document(id="1", title="Thủ tướng Việt Nam thăm chính thức Nhật Bản"))
    assert "short" in answer.reasons
    assert answer.needs_review


def test_text_without_marks_is_read_with_less_confidence(classifier: Classifier) -> None:
    text = (
        "Bộ trưởng Bộ Ngoại giao Việt Nam hội đàm với người đồng cấp Nhật Bản tại Tokyo, hai bên "
        "nhất trí thúc đẩy quan hệ đối tác chiến lược toàn diện."
    )
    marked = one(classifier, Document(id="1", text=text))
    plain = one(classifier, Document(id="1", text=strip_marks(text)))
    assert "no_diacritics" in plain.reasons
    assert plain.needs_review
    assert "no_diacritics" not in marked.reasons
    best = [
        max(detail.scores.values())
        for t in (text, strip_marks(text))
        if isinstance(
            detail := classifier.classify_in_detail([Document(id="1", text=t)])[0], Detail
        )
    ]
    assert best[1] <= best[0]


def test_a_long_article_is_read_in_windows_and_said_to_be_cut(classifier: Classifier) -> None:
    sentence = "Đoàn công tác của tỉnh làm việc với đối tác Lào về quản lý biên giới. "
    short = one(classifier, Document(id="1", title="Làm việc với Lào", body=sentence * 30))
    long = one(classifier, Document(id="1", title="Làm việc với Lào", body=sentence * 400))
    assert not short.truncated
    assert long.truncated
    assert "truncated" in long.reasons


@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("\u200b\u0301\u202e\x00 \nĐạiệt")),
        max_size=200,
    )
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_text_breaks_it(classifier: Classifier, text: str) -> None:
    (answer,) = classifier.classify([Document.model_construct(id="1", text=text)])
    if isinstance(answer, Prediction):
        for e in answer.evidence:
            assert text[e.start : e.end] == e.text


def test_a_word_of_a_million_letters_and_a_hundred_documents(classifier: Classifier) -> None:
    word = Document.model_construct(id="1", text="ạ" * 200_000)
    assert isinstance(classifier.classify([word])[0], Prediction | Refusal)


def test_a_document_that_breaks_the_network_fails_alone(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = [
        Document(id=str(k), text=f"Gia Lai đón đoàn khách thứ {k} từ Lào sang") for k in range(3)
    ]
    real = classifier.bundle.network.logits
    poison = classifier.bundle.tokenizer.encode("chanh", add_special_tokens=False).ids[-1]

    def breaks(windows: list[list[int]]) -> object:
        if any(poison in w for w in windows):
            raise RuntimeError("không đọc được")
        return real(windows)

    monkeypatch.setattr(classifier.bundle.network, "logits", breaks)
    bad = Document(id="bad", text="Gia Lai xuất khẩu chanh dây sang thị trường châu Âu")
    answers = classifier.classify([good[0], bad, *good[1:]])
    assert [a.outcome == "failed" for a in answers] == [False, True, False, False]
