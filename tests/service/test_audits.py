"""Random audits from the draw to the corrected figure, on both databases."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from data.problems import Problem
from data.schema import Label, Sentiment
from service.coverage.answer import Coverage, Figure
from service.coverage.audit_frame import draw_audit
from service.coverage.figures import coverage
from service.coverage.period import parse_period
from service.store.audits import (
    Audit,
    audited_items,
    find,
    label_item,
    recorded,
    to_label,
)
from service.store.filters import Filter
from service.store.store import Store
from service.store.tables import facts
from service.store.training_labels import training_labels
from tests.service.test_cli import ttdn
from tests.service.test_store import document, prediction

MARCH = parse_period("2026-03")
TOURISM = "tourism_destination"


def headline(name: str) -> str:
    """Words of a document that no other has."""
    return f"Chuyện của {name.replace('-', ' số ')}"


def fill(store: Store, month: int = 3, n: int = 200, prefix: str = "", **fields: object) -> None:
    """Per ten stories the machine reads three positive, six neutral, one negative.

    The first of the six is negative in truth (:func:`truth`), and the last is of world news alone.
    """
    batch = []
    for k in range(n):
        name = f"{prefix}{month:02}-{k:04}"
        themes = ["world_affairs"] if k % 10 == 8 else [TOURISM]
        tone = "positive" if k % 10 < 3 else "negative" if k % 10 == 9 else "neutral"
        batch.append(
            (
                document(
                    name, headline(name), published_at=f"2026-{month:02}-{1 + k % 28:02}",
                    source_id=f"Báo {k % 7}", **fields,
                ),
                prediction(name, *themes, tone=tone),
            )
        )  # fmt: skip
    store.save(batch)


def truth(name: str) -> Label:
    """What a person says of a document of :func:`fill`."""
    k = int(name.rsplit("-", 1)[1]) % 10
    if k == 8:
        return Label(themes=["world_affairs"], sentiment="neutral")
    tone: Sentiment = "positive" if k < 3 else "negative" if k in (3, 9) else "neutral"
    return Label(themes=[TOURISM], sentiment=tone)


def label_all(store: Store, audit: Audit) -> None:
    for item in to_label(store, audit.id, 1000):
        label_item(store, audit.id, item["document_id"], truth(item["document_id"]))


def audited(store: Store, size: int = 100, seed: int = 1, period: str = "2026-03") -> Audit:
    audit = draw_audit(store, parse_period(period), Filter(), size, seed)
    label_all(store, audit)
    return audit


def ask(store: Store, metric: str = "sentiment", period: str = "2026-03", **given: str) -> Coverage:
    return coverage(store, metric, parse_period(period), Filter(**given))


def figures(answer: Coverage) -> dict[str, Figure]:
    return {f.key: f for f in answer.figures}


def test_a_draw_records_seed_strata_and_items(store: Store) -> None:
    fill(store)
    audit = draw_audit(store, MARCH, Filter(), 100, seed=7)
    assert audit.seed == 7
    assert audit.drawn == audit.remaining == 100
    assert audit.tagged_stories == 200
    # Drawn in proportion: 60 positive, 100 neutral, 20 negative, 20 of world news, all press.
    assert audit.strata == {
        ("press", "positive"): (60, 30),
        ("press", "neutral"): (100, 50),
        ("press", "negative"): (20, 10),
        ("press", "no_target"): (20, 10),
    }
    assert recorded(store) == [audit]
    items = to_label(store, audit.id, 1000)
    assert len({i["document_id"] for i in items}) == 100


def test_the_same_seed_draws_the_same_stories(store: Store) -> None:
    fill(store)
    drawn = []
    for seed in (7, 7, 8):
        audit = draw_audit(store, MARCH, Filter(), 60, seed, again=True)
        drawn.append([i["document_id"] for i in to_label(store, audit.id, 100)])
    assert drawn[0] == drawn[1] != drawn[2]


def test_doubtful_documents_are_not_picked_out(store: Store) -> None:
    fill(store)
    first = draw_audit(store, MARCH, Filter(), 60, seed=7)
    with store.transaction() as connection:
        doubtful = facts.c.document_id.like("%7")
        connection.execute(update(facts).where(doubtful).values(needs_review=True))
    second = draw_audit(store, MARCH, Filter(), 60, seed=7, again=True)
    a, b = (to_label(store, number, 100) for number in (first.id, second.id))
    assert [i["document_id"] for i in a] == [i["document_id"] for i in b]


def test_stories_are_drawn_by_their_earliest_item(store: Store) -> None:
    fill(store, n=40)
    store.save(
        [
            (document(f"r{k}", headline("03-0000"), source_id=f"Trang {k}",
                      published_at="2026-03-30"),
             prediction(f"r{k}", TOURISM, tone="positive"))
            for k in range(50)
        ]
    )  # fmt: skip
    audit = draw_audit(store, MARCH, Filter(), 40, seed=1)
    assert audit.drawn == 40
    assert not any(i["document_id"].startswith("r") for i in to_label(store, audit.id, 100))


def test_an_audit_of_a_period_corrects_its_figures(store: Store) -> None:
    fill(store)
    audit = audited(store)
    answer = ask(store)
    found = figures(answer)
    negative, counted = found["negative"], found["negative:counted"]
    # By hand: one stratum errs, the neutral; its audited rate of negatives on its 100 stories.
    labels = Counter(
        i.sentiment for i in audited_items(store, audit.id) if i.stratum[1] == "neutral"
    )
    expected = (20 + 100 * labels["negative"] / 50) / 180
    assert negative.value == pytest.approx(expected)
    assert negative.corrected
    assert negative.interval is not None
    assert negative.interval.method == "difference-estimator"
    assert negative.interval.low < 40 / 180 < negative.interval.high
    assert "hiệu chỉnh theo mẫu kiểm tra 100 tin" in negative.wording
    assert "ước tính" not in negative.wording
    # The count by labels in force stands beside: people's labels win there.
    assert counted.numerator == 20 + labels["negative"]
    assert not counted.corrected
    assert any(f"ngẫu nhiên số {audit.id}" in note for note in answer.notes)


def test_themes_are_corrected_by_the_same_audit(store: Store) -> None:
    fill(store)
    audit = draw_audit(store, MARCH, Filter(), 100, seed=1)
    for item in to_label(store, audit.id, 1000):
        name = item["document_id"]
        label = truth(name)
        if name.endswith("4"):
            label = Label(themes=["defense_security"], sentiment="neutral")
        label_item(store, audit.id, name, label)
    found = figures(ask(store, "themes"))
    share, counted = (found[f"incidence:{TOURISM}{end}"] for end in ("", ":counted"))
    moved = sum(i.themes == ["defense_security"] for i in audited_items(store, audit.id))
    assert moved > 0
    assert share.value == pytest.approx((180 - 100 * moved / 50) / 200)
    assert counted.numerator == 180 - moved
    defense = found["incidence:defense_security"]
    assert defense.value == pytest.approx(100 * moved / 50 / 200)
    assert defense.interval is not None
    assert defense.interval.low < 0.1 < defense.interval.high
    assert not any(k.startswith("partition:") and f.corrected for k, f in found.items())


def test_what_people_put_outside_is_not_counted(store: Store) -> None:
    fill(store)
    audit = draw_audit(store, MARCH, Filter(), 200, seed=1)
    for item in to_label(store, audit.id, 1000):
        name = item["document_id"]
        outside = name[-1] in "45"
        label = Label(themes=[], sentiment=None) if outside else truth(name)
        label_item(store, audit.id, name, label)
    found = figures(ask(store))
    # All were read, so that the figures are counts: 180 with a target less 40.
    assert found["negative"].denominator == pytest.approx(140)
    assert found["negative"].value == pytest.approx(40 / 140)
    assert found["net_sentiment"].value == pytest.approx((60 - 40) / 140)
    assert found["negative"].interval is not None
    assert found["negative"].interval.low == pytest.approx(40 / 140)


def test_an_unfinished_audit_corrects_nothing_and_says_so(store: Store) -> None:
    fill(store)
    audit = draw_audit(store, MARCH, Filter(), 60, seed=1)
    items = to_label(store, audit.id, 1000)
    for item in items[:-2]:
        label_item(store, audit.id, item["document_id"], truth(item["document_id"]))
    answer = ask(store)
    assert not any(f.corrected for f in answer.figures)
    assert any("còn 2 tin chưa gán nhãn" in note for note in answer.notes)


def test_a_document_updated_after_the_draw_is_void_and_said_so(store: Store) -> None:
    fill(store)
    audit = draw_audit(store, MARCH, Filter(), 100, seed=1)
    first, second, third = (i["document_id"] for i in to_label(store, audit.id, 3))
    changed = document(first, "Nội dung khác hẳn", published_at="2026-03-02")
    store.save([(changed, prediction(first, TOURISM))])
    store.delete(document_id=second)
    label_item(store, audit.id, third, truth(third))
    now = find(store, audit.id)
    assert (now.changed, now.deleted, now.labelled, now.remaining) == (1, 1, 1, 97)
    with pytest.raises(Problem, match="cập nhật sau khi rút"):
        label_item(store, audit.id, first, truth(third))
    with pytest.raises(Problem, match="không thuộc mẫu"):
        label_item(store, audit.id, second, truth(third))
    label_all(store, audit)
    answer = ask(store)
    assert figures(answer)["negative"].corrected
    assert any("2 trên 100 tin đã thay đổi" in note for note in answer.notes)
    assert "98 tin" in figures(answer)["negative"].wording


def test_a_label_dies_with_its_content(store: Store) -> None:
    fill(store)
    audit = audited(store, 40)
    name = audited_items(store, audit.id)[0].document_id
    store.save([(document(name, "Khác", published_at="2026-03-02"), prediction(name, TOURISM))])
    now = find(store, audit.id)
    assert (now.labelled, now.changed, now.remaining) == (39, 1, 0)


def test_too_many_void_documents_end_an_audit(store: Store) -> None:
    fill(store)
    audit = draw_audit(store, MARCH, Filter(), 60, seed=1)
    for item in to_label(store, audit.id, 7):
        store.delete(document_id=item["document_id"])
    label_all(store, audit)
    answer = ask(store)
    assert not any(f.corrected for f in answer.figures)
    assert any("Hãy rút lại mẫu" in note for note in answer.notes)


def test_stories_that_come_late_are_said_and_too_many_end_the_audit(store: Store) -> None:
    fill(store)
    audited(store)
    fill(store, n=10, prefix="late")
    answer = ask(store)
    assert figures(answer)["negative"].corrected
    assert any("10 tin gốc đến sau khi rút mẫu" in note for note in answer.notes)
    fill(store, n=60, prefix="later")
    answer = ask(store)
    assert not figures(answer)["negative"].corrected
    assert any("không còn đại diện" in note for note in answer.notes)


def test_an_audit_speaks_for_parts_of_its_scope_but_not_for_more(store: Store) -> None:
    fill(store, source_country="VN")
    fill(store, n=100, prefix="x", source_country="JP")
    audited(store, 150)
    part = figures(ask(store, source_country="VN"))
    assert part["negative"].corrected
    assert part["negative"].n == 180
    assert not figures(ask(store, period="2026-Q1"))["negative"].corrected
    few = ask(store, source_country="JP", source_id="Báo 1")
    assert all(f.value is None for f in few.figures)
    half = ask(store, source_country="VN", source_id="Báo 1")
    assert not any(f.corrected for f in half.figures)


def test_an_audit_with_a_filter_does_not_speak_for_all(store: Store) -> None:
    fill(store, source_country="VN")
    fill(store, n=100, prefix="x", source_country="JP")
    audit = draw_audit(store, MARCH, Filter(source_country="VN"), 60, seed=1)
    label_all(store, audit)
    assert figures(ask(store, source_country="VN"))["negative"].corrected
    assert not figures(ask(store))["negative"].corrected
    assert not figures(ask(store, source_country="JP"))["negative"].corrected


def test_a_theme_is_a_domain_of_the_audit(store: Store) -> None:
    """World news is asked for: the audit finds what the machine called tourism."""
    fill(store)
    audit = draw_audit(store, MARCH, Filter(), 200, seed=1)
    for item in to_label(store, audit.id, 1000):
        name = item["document_id"]
        label = truth(name)
        if name[-1] == "5":
            label = Label(themes=["defense_security", TOURISM], sentiment="negative")
        label_item(store, audit.id, name, label)
    found = figures(ask(store, theme="defense_security"))
    # Twenty stories, none of which the machine had tagged: too few for percentages.
    assert found["negative"].value is None
    assert found["negative"].numerator == 20
    tourism = figures(ask(store, theme=TOURISM))["negative"]
    assert tourism.value == pytest.approx(60 / 180)


def test_monthly_audits_make_up_a_quarter(store: Store) -> None:
    for month in (1, 2, 3):
        fill(store, month, n=100)
    for month in (1, 2):
        audited(store, 50, period=f"2026-{month:02}")
    assert not figures(ask(store, period="2026-Q1"))["negative"].corrected
    audited(store, 50)
    answer = ask(store, period="2026-Q1")
    negative = figures(answer)["negative"]
    assert negative.corrected
    assert "150 tin" in negative.wording
    assert negative.interval is not None
    assert negative.interval.low < 2 / 9 < negative.interval.high
    assert any("số 1, 2, 3" in note for note in answer.notes)


def test_labels_people_gave_before_the_draw_are_certain(store: Store) -> None:
    fill(store)
    known = [f"03-{k:04}" for k in range(0, 200, 2)]
    for name in known:
        store.label(name, truth(name), "review")
    audit = draw_audit(store, MARCH, Filter(), 100, seed=1)
    assert not {i["document_id"] for i in to_label(store, audit.id, 1000)} & set(known)
    label_all(store, audit)
    negative = figures(ask(store))["negative"]
    # All are known now, half of them from before.
    assert negative.value == pytest.approx(40 / 180)
    assert negative.interval is not None
    assert negative.interval.high == pytest.approx(40 / 180)


def test_review_after_the_draw_does_not_bend_the_estimate(store: Store) -> None:
    fill(store)
    audit = draw_audit(store, MARCH, Filter(), 100, seed=1)
    label_all(store, audit)
    before = figures(ask(store))["negative"]
    drawn = {i.document_id for i in audited_items(store, audit.id)}
    for k in range(3, 200, 10):
        if f"03-{k:04}" not in drawn:
            store.label(f"03-{k:04}", truth(f"03-{k:04}"), "review")
    after = figures(ask(store))
    assert after["negative"].value == pytest.approx(before.value)
    assert after["negative:counted"].numerator == 40


def test_an_audit_stays_good_after_a_new_model_tags_the_texts(store: Store) -> None:
    fill(store)
    audited(store)
    with store.transaction() as connection:
        # As a back-fill leaves it: a model that finds the negatives.
        found = facts.c.document_id.like("%3")
        connection.execute(update(facts).where(found).values(machine_tone=-1, model_version="m2"))
    answer = ask(store)
    assert figures(answer)["negative"].value == pytest.approx(40 / 180)
    assert any("đã được gán lại" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("period", "given", "size", "said"),
    [
        ("2026-03", {"theme": TOURISM}, 100, "không lọc theo nhãn"),
        ("2026-03", {"sentiment": "negative"}, 100, "không lọc theo nhãn"),
        ("2026-03", {}, 29, "ít nhất 30"),
        ("2199-03", {}, 100, "Kỳ chưa kết thúc"),
        ("2025-03", {}, 100, "Chỉ có 0 tin gốc"),
    ],
)
def test_scopes_that_cannot_be_audited_are_refused(
    store: Store, period: str, given: dict[str, str], size: int, said: str
) -> None:
    fill(store, n=60)
    with pytest.raises(Problem, match=said):
        draw_audit(store, parse_period(period), Filter(**given), size)
    assert recorded(store) == []


def test_a_second_draw_has_to_be_asked_for_and_is_recorded(store: Store) -> None:
    fill(store)
    first = audited(store)
    with pytest.raises(Problem, match=f"mẫu kiểm tra số {first.id}"):
        draw_audit(store, MARCH, Filter(), 100)
    second = draw_audit(store, MARCH, Filter(), 40, seed=3, again=True)
    assert second.replaces == first.id
    # The first no longer speaks: whoever draws until the figure pleases is not obliged.
    assert not figures(ask(store))["negative"].corrected


def test_audited_documents_never_reach_training(store: Store) -> None:
    fill(store)
    audit = draw_audit(store, MARCH, Filter(), 60, seed=1)
    drawn = [i["document_id"] for i in to_label(store, audit.id, 1000)]
    others = [f"03-{k:04}" for k in range(200) if f"03-{k:04}" not in drawn]
    store.save(
        [(document("reprint", headline(drawn[0]), published_at="2026-03-30", source_id="Trang"),
          prediction("reprint", TOURISM))]
    )  # fmt: skip
    for name in (drawn[0], drawn[1], others[0]):
        store.label(name, truth(name), "review")
    store.label("reprint", truth(drawn[0]), "review")
    store.label(others[1], truth(others[1]), "audit")
    label_item(store, audit.id, drawn[2], truth(drawn[2]))
    rows = list(training_labels(store))
    assert [r["id"] for r in rows] == [others[0]]
    assert rows[0]["title"] == headline(others[0])
    assert rows[0]["themes"] == truth(others[0]).themes
    assert rows[0]["sentiment"] == truth(others[0]).sentiment


def test_labels_are_given_blind_over_http(client: TestClient) -> None:
    store = client.__enter__().app.state.running.store  # type: ignore[attr-defined]
    fill(store, n=60)
    audit = draw_audit(store, MARCH, Filter(), 30, seed=5)
    assert client.get("/v1/review/audit").json()["audits"] == [audit.as_json()]
    page = client.get(f"/v1/review/audit/{audit.id}?limit=3").json()
    assert page["remaining"] == 30
    assert len(page["items"]) == 3
    allowed = {"position", "document_id", "text_cut", "title", "sapo", "body", "text"}
    assert all(set(item) == allowed for item in page["items"])
    name = page["items"][0]["document_id"]
    body = {"document_id": name, "themes": [TOURISM], "sentiment": "negative"}
    done = client.post(f"/v1/review/audit/{audit.id}/labels", json=body)
    assert done.json() == {"document_id": name, "labelled": 1, "remaining": 29}
    left = client.get(f"/v1/review/audit/{audit.id}?limit=1000").json()["items"]
    assert name not in {i["document_id"] for i in left}
    assert store.get(name)["human_label"] == {"themes": [TOURISM], "sentiment": "negative"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"document_id": "03-0000", "themes": [], "sentiment": "positive"}, 422),
        ({"document_id": "03-0000", "themes": [TOURISM], "sentiment": None}, 422),
        ({"document_id": "03-0000", "themes": ["weather"], "sentiment": "neutral"}, 422),
        ({"document_id": "03-0000", "themes": [TOURISM] * 2, "sentiment": "neutral"}, 422),
        ({"document_id": "nowhere", "themes": [TOURISM], "sentiment": "neutral"}, 404),
        ({"document_id": "03-0000", "themes": [TOURISM], "sentiment": "neutral", "by": "x"}, 422),
    ],
)
def test_bad_labels_are_problems(client: TestClient, body: dict[str, object], status: int) -> None:
    store = client.__enter__().app.state.running.store  # type: ignore[attr-defined]
    fill(store, n=60)
    audit = draw_audit(store, MARCH, Filter(), 60, seed=5)
    answer = client.post(f"/v1/review/audit/{audit.id}/labels", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.get("/v1/review/audit/99").status_code == 404
    assert client.get("/v1/review/audit?colour=red").status_code == 422


def test_the_command_line_draws_reports_and_exports(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/ttdn.db")
    store.migrate()
    fill(store, n=60)
    store.label("03-0000", truth("03-0000"), "review")
    nothing = ttdn(tmp_path, "review", "audit", "status")
    assert "Chưa rút mẫu" in nothing.stdout
    drawn = ttdn(
        tmp_path, "review", "audit", "draw", "--period", "2026-03", "--size", "40", "--seed", "9"
    )
    assert drawn.returncode == 0, drawn.stderr
    audit = recorded(store)[0]
    assert (audit.seed, audit.drawn) == (9, 40)
    store.delete(document_id=to_label(store, audit.id, 1)[0]["document_id"])
    label_all(store, audit)
    status = ttdn(tmp_path, "review", "audit", "status")
    assert "0 tin đã được cập nhật và 1 tin đã bị xóa" in status.stdout
    exported = ttdn(tmp_path, "review", "export")
    assert [json.loads(line)["id"] for line in exported.stdout.splitlines()] == ["03-0000"]
    again = ttdn(tmp_path, "review", "audit", "draw", "--period", "2026-03")
    assert again.returncode != 0
    assert "--again" in again.stderr
    store.engine.dispose()
