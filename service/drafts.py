"""The draft check: a prediction with the theme it nearly chose. In memory only."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from data.schema import TEXT_FIELDS, Document
from data.taxonomy import taxonomy
from model.classifier import Classifier, Detail
from model.prediction import REASONS_VI, Prediction, Refusal

_OUTSIDE_QUESTION = (
    "Bài có ít nhất một điều sau không: việc chính có bên nước ngoài hoặc là chuyện thế giới; viết "
    "cho người nước ngoài hoặc kiều bào; liên quan đến vị thế của đất nước, địa phương trong mắt "
    "bên ngoài; là thông tin chính thức cấp quốc gia hoặc tầm chiến lược của tỉnh; trả lời một "
    "thông tin sai về Việt Nam hay địa phương; nói về chính công tác thông tin đối ngoại?"
)
_OUTSIDE_RULE = "Có → xét chủ đề này; không → ngoài thông tin đối ngoại."


class RunnerUp(BaseModel):
    """The best theme not given, and the question that decides between it and the primary one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name_vi: str
    definition_vi: str
    score: float
    against: str | None
    question_vi: str | None
    rule_vi: str | None


class DraftCheck(Prediction):
    """A prediction for an editor's eyes."""

    runner_up: RunnerUp
    reasons_vi: list[str]
    definitions_vi: dict[str, str]
    document: dict[str, str]


def check_draft(classifier: Classifier, document: Document) -> DraftCheck:
    """Classify one draft. Raises :class:`Problem` when it cannot be read."""
    answer = classifier.classify_in_detail([document])[0]
    if isinstance(answer, Refusal):
        raise answer.problem
    return DraftCheck(
        **answer.prediction.model_dump(),
        runner_up=_runner_up(answer),
        reasons_vi=[REASONS_VI[r] for r in answer.prediction.reasons],
        definitions_vi={
            t.id: taxonomy().theme(t.id).definition_vi for t in answer.prediction.themes
        },
        document={f: v for f in TEXT_FIELDS if (v := getattr(document, f))},
    )


def _runner_up(detail: Detail) -> RunnerUp:
    given = [t.id for t in detail.prediction.themes]
    margin = {i: s - detail.thresholds[i] for i, s in detail.scores.items() if i not in given}
    best = max(margin, key=lambda i: margin[i])
    theme = taxonomy().theme(best)
    question, rule = (_OUTSIDE_QUESTION, _OUTSIDE_RULE) if not given else (None, None)
    if given and (tie := taxonomy().theme(given[0]).question_against(best)):
        question, rule = tie.question_vi, tie.rule_vi
    return RunnerUp(
        id=best,
        name_vi=theme.name_vi,
        definition_vi=theme.definition_vi,
        score=round(detail.scores[best], 6),
        against=given[0] if given else None,
        question_vi=question,
        rule_vi=rule,
    )
