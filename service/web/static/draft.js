"use strict";
const $ = (id) => document.getElementById(id);
// A model is never certain, so neither is the page.
const percent = (x) => (x > 0.99 ? "trên 99 %" : `${Math.round(100 * x)} %`);
const tones = Object.fromEntries(
  [...$("tones").content.querySelectorAll("p")].map((p) => [p.dataset.id, p])
);
let answer = null;
let latest = 0;

// Text only ever enters the page as text nodes: a draft is data, not markup.
function element(tag, text, className) {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  if (className) node.className = className;
  return node;
}

function fill(id, ...nodes) {
  $(id).replaceChildren(...nodes);
}

async function check(request) {
  // Only the latest request may show its answer.
  const own = ++latest;
  $("problem").hidden = $("answer").hidden = true;
  $("busy").textContent = "Đang đọc…";
  $("check").disabled = true;
  try {
    const response = await fetch("/v1/drafts/check", { method: "POST", ...request });
    const body = await response.json();
    if (own !== latest) return;
    if (response.ok) show(body);
    else refuse(body.title, body.detail, body.errors);
  } catch {
    if (own === latest) refuse("Không gửi được", "Không kết nối được với máy chủ. Hãy thử lại sau ít phút; nếu vẫn lỗi, hãy báo người quản trị.");
  } finally {
    if (own === latest) idle();
  }
}

function idle() {
  $("busy").textContent = "";
  $("check").disabled = false;
}

function refuse(title, detail, errors) {
  const list = element("ul");
  for (const e of errors || []) list.append(element("li", e.detail));
  fill("problem", element("strong", title), element("p", detail), ...(errors ? [list] : []));
  $("problem").hidden = false;
}

function show(body) {
  answer = body;
  showThemes();
  showTone();
  showReview();
  showRunner();
  showTargets();
  $("answer").hidden = false;
}

function showThemes() {
  if (answer.outside_ttdn) {
    fill("themes", element("p", "Ngoài thông tin đối ngoại", "verdict"),
      element("p", "Không chủ đề nào đạt ngưỡng.", "hint"));
    return;
  }
  fill("themes", ...answer.themes.map((t) => {
    const box = element("div", "", "theme");
    box.append(element("p", t.name_vi, t.primary ? "verdict" : "second"),
      element("p", `${t.primary ? "chủ đề chính · " : ""}độ tin cậy ${percent(t.score)}`, "hint"),
      element("p", answer.definitions_vi[t.id], "definition"));
    return box;
  }));
}

function showTone() {
  if (!answer.sentiment) {
    fill("tone", element("p", "Không xét", "verdict"),
      element("p", "Chỉ xét sắc thái khi bài thuộc thông tin đối ngoại.", "hint"));
    return;
  }
  const { label, scores } = answer.sentiment;
  const note = answer.target_present ? "" : "Bài không nói về Việt Nam nên không tính vào sắc thái thuần.";
  const bars = ["positive", "neutral", "negative"].map((id) => {
    const line = element("div", "", "bar");
    const meter = document.createElement("meter");
    meter.value = scores[id];
    meter.setAttribute("aria-label", tones[id].dataset.name);
    line.append(element("span", tones[id].dataset.name), meter, element("span", percent(scores[id])));
    return line;
  });
  const name = tones[label].dataset.name;
  fill("tone", element("p", name[0].toUpperCase() + name.slice(1), "verdict"), ...bars,
    element("p", tones[label].textContent, "definition"), element("p", note, "hint"));
}

function showReview() {
  const list = element("ul");
  for (const reason of answer.reasons_vi) list.append(element("li", reason));
  fill("review", element("p", answer.needs_review ? "Nên đọc lại" : "Không cần", "verdict"),
    answer.needs_review ? list : element("p", "Không thấy dấu hiệu cần đọc lại; kết quả vẫn chỉ là gợi ý.", "hint"));
}

function showRunner() {
  const r = answer.runner_up;
  const nodes = [element("p", r.name_vi, "second"), element("p", `độ tin cậy ${percent(r.score)}`, "hint"),
    element("p", r.definition_vi, "definition")];
  if (r.question_vi) nodes.push(element("p", r.question_vi, "question"), element("p", r.rule_vi, "hint"));
  fill("runner", ...nodes);
}

function showTargets() {
  const names = Object.fromEntries(answer.themes.map((t) => [t.id, t.name_vi]));
  names.sentiment = "Sắc thái";
  const targets = [...new Set(answer.evidence.map((e) => e.target))];
  fill("targets", ...targets.map((target) => {
    const button = element("button", names[target], "quiet");
    button.type = "button";
    button.dataset.target = target;
    button.addEventListener("click", () => mark(target));
    return button;
  }));
  if (targets.length) mark(targets[0]);
  else fill("marked", element("p", "Không có câu nào nổi trội.", "hint"));
}

function mark(target) {
  for (const b of $("targets").children) b.setAttribute("aria-pressed", b.dataset.target === target);
  const fields = ["title", "sapo", "body", "text"].filter((f) => answer.document[f]);
  fill("marked", ...fields.map((field) => {
    // Offsets count code points, JavaScript strings count UTF-16 units.
    const points = Array.from(answer.document[field]);
    const spans = answer.evidence.filter((e) => e.target === target && e.field === field)
      .sort((a, b) => a.start - b.start);
    const box = element("div", "", `field ${field}`);
    let at = 0;
    for (const span of spans) {
      box.append(points.slice(at, span.start).join(""));
      const found = element("mark", points.slice(span.start, span.end).join(""));
      found.title = `độ tin cậy giảm ${Math.round(100 * span.weight)} điểm phần trăm nếu thiếu câu này`;
      box.append(found);
      at = span.end;
    }
    box.append(points.slice(at).join(""));
    return box;
  }));
}

function sendFile(file) {
  if (file.size > Number($("draft").dataset.mostBytes)) {
    refuse("Tệp quá lớn", "Hãy bỏ bớt ảnh trong tệp, hoặc chép riêng phần chữ rồi dán vào ô.");
    return;
  }
  const form = new FormData();
  form.append("file", file);
  check({ body: form });
}

$("draft").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value;
  check({ headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text }) });
});
$("file").addEventListener("change", () => {
  if ($("file").files.length) sendFile($("file").files[0]);
  $("file").value = "";
});
$("clear").addEventListener("click", () => {
  $("text").value = "";
  answer = null;
  latest += 1;
  idle();
  $("answer").hidden = $("problem").hidden = true;
  $("text").focus();
});
$("text").addEventListener("dragover", (event) => event.preventDefault());
$("text").addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  sendFile(event.dataTransfer.files[0]);
});
