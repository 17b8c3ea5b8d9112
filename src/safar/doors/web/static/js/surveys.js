// The builder of surveys. Every change is a form that works without this; here it is sent in the background, and the
// page is brought to how the server draws it then: what is typed is saved by itself, and the preview follows.
import { morph } from "./maps_morph.js";
import { settleAreas } from "./survey_areas.js";

const SAVE_MS = 600;
const builder = () => document.getElementById("builder");
const sentences = JSON.parse(document.getElementById("survey-sentences").textContent);
const autosaved = () => document.querySelector("form[data-save]");

let timer = 0;
let underway = Promise.resolve();
let focusedField = null;

function tell(state) {
  const place = document.getElementById("survey-saved");
  place.hidden = false;
  place.textContent = sentences[state];
  place.dataset.state = state;
}

// What was typed stays as it is, also while an answer is on its way.
const typed = (root) => root.querySelectorAll("[data-dirty]");
const clean = (fields, sent) => {
  for (const field of fields) if (field.value === sent.get(field)) delete field.dataset.dirty;
};

function show(text, address, { scroll = false } = {}) {
  const next = new DOMParser().parseFromString(text, "text/html");
  const drawn = next.getElementById("builder");
  if (!drawn) {
    location.assign(address); // signed out, or the survey is gone
    return;
  }
  const state = document.getElementById("survey-saved").dataset.state;
  const isOther = drawn.querySelector('#panel [name="at"]')?.value !== builder().querySelector('#panel [name="at"]')?.value;
  if (isOther) builder().querySelector("#panel").replaceChildren();
  morph(builder(), drawn);
  document.title = next.title;
  if (state) tell(state);
  const toasts = next.querySelectorAll(".toast");
  if (toasts.length) {
    document.getElementById("toasts").replaceChildren(...toasts);
    document.dispatchEvent(new CustomEvent("htmx:after:swap")); // they close as any other
  }
  settle();
  if (scroll && matchMedia("(max-width: 900px)").matches) document.getElementById("panel").scrollIntoView();
}

async function send(form, button) {
  const data = new FormData(form);
  if (button?.name) data.append(button.name, button.value);
  const fields = [...typed(form)];
  const sent = new Map(fields.map((field) => [field, field.value]));
  tell("saving");
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
    const text = await answer.text();
    if (answer.redirected) history.replaceState(null, "", answer.url);
    if (answer.ok) clean(fields, sent);
    tell(answer.ok ? "saved" : "wrong");
    show(text, answer.url);
    return answer;
  } catch {
    tell("unsaved");
    return null;
  }
}

// One after the other: each is based on the revision that the one before has made.
function queue(work) {
  underway = underway.then(work, work);
  return underway;
}

function save() {
  clearTimeout(timer);
  timer = 0;
  return queue(() => {
    const form = autosaved();
    if (!form || form.querySelector("[data-conflict]")) return null;
    return send(form, form.querySelector('button[value="save"]'));
  });
}

const flush = () => (timer ? save() : underway);

async function open(address) {
  await flush();
  await queue(async () => {
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      history.pushState(null, "", answer.url);
      show(await answer.text(), answer.url, { scroll: true });
    } catch {
      location.assign(address);
    }
  });
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.closest?.("form[data-save]") || field.type === "file" || field.matches("[data-bulk]")) return;
  if (field.matches("input:not([type=checkbox], [type=radio]), textarea")) field.dataset.dirty = "";
  clearTimeout(timer);
  timer = setTimeout(save, field.matches("select, [type=checkbox]") ? 0 : SAVE_MS);
});

// Who chooses how conditions are joined wants one: the first row comes by itself.
document.addEventListener("change", (event) => {
  const condition = event.target.closest?.("#panel .condition.is-empty");
  if (!condition || !event.target.value) return;
  clearTimeout(timer);
  timer = 0;
  condition.querySelector('.condition-adds button[value^="add:"]').click();
});

document.addEventListener("change", (event) => {
  if (event.target.type === "file" && event.target.closest("form[data-save]")) save();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-builder-form]")) return;
  event.preventDefault();
  const button = event.submitter;
  const verb = button?.value.split(":")[0];
  const isOwn = form.matches("[data-save]");
  if (isOwn) clearTimeout(timer);
  const before = isOwn ? Promise.resolve() : flush();
  before.then(() =>
    queue(async () => {
      const now = document.body.contains(form) ? form : builder().querySelector(`form[action="${form.getAttribute("action")}"]`);
      const answer = await send(now, button);
      if (!answer?.ok) return;
      if (verb === "more") document.querySelector("[data-parts] > li:last-child input:not([type=hidden])")?.focus();
      if (verb === "new" || verb === "duplicate") (document.querySelector("#panel [data-words]") ?? document.getElementById("panel"))?.focus();
      if (verb === "save" && form.querySelector("[data-bulk]")) for (const area of document.querySelectorAll("[data-bulk]")) area.value = "";
    }),
  );
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-open]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    open(link.href);
  }
  const insert = event.target.closest?.("[data-insert]");
  if (insert) put(insert.dataset.insert);
});

window.addEventListener("popstate", () => open(location.href));
window.addEventListener("beforeunload", (event) => {
  if (timer) event.preventDefault();
});

// Answers are inserted where the cursor last stood.
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-words]")) focusedField = event.target;
});

function put(code) {
  const field = focusedField?.isConnected ? focusedField : document.querySelector("#panel [data-words]");
  if (!field) return;
  field.setRangeText(code, field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length, "end");
  field.closest("form").querySelector(".insert-menu")?.removeAttribute("open");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Enter in a choice makes the next one, as in a list that is written down.
document.addEventListener("keydown", (event) => {
  const line = event.target.closest?.("[data-parts] input[data-words]");
  if (line && event.key === "Enter") {
    event.preventDefault();
    const next = line.closest("li").nextElementSibling?.querySelector("input[data-words]");
    if (next) next.focus();
    else line.closest("fieldset").querySelector("[data-more]").click();
  }
  const moved = event.target.closest?.("a[data-move]");
  if (moved && event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    move(moved.dataset.move, { do: `order:${moved.dataset.move}:${event.key === "ArrowUp" ? -1 : 1}` });
  }
});

async function move(at, values) {
  await flush();
  await queue(async () => {
    const form = document.querySelector("#outline form");
    const button = document.createElement("input");
    const added = Object.entries(values).map(([name, value]) => {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
      return field;
    });
    const answer = await send(form, button);
    for (const field of added) field.remove();
    if (answer?.ok) document.querySelector(`a[data-move="${CSS.escape(at)}"]`)?.focus();
  });
}

// Questions are drawn to another place, also onto another page.
let dragged = null;
document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-question]") ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.question);
  dragged.classList.add("is-dragged");
});
const marked = () => document.querySelector(".drop-before, .drop-after, .drop-in");
function unmark() {
  marked()?.classList.remove("drop-before", "drop-after", "drop-in");
}
document.addEventListener("dragover", (event) => {
  if (!dragged) return;
  const line = event.target.closest?.("[data-question]");
  const page = event.target.closest?.("[data-page]");
  if (!page) return;
  event.preventDefault();
  unmark();
  if (!line) page.classList.add("drop-in");
  else if (line !== dragged) {
    const box = line.getBoundingClientRect();
    line.classList.add(event.clientY < box.top + box.height / 2 ? "drop-before" : "drop-after");
  }
});
document.addEventListener("drop", (event) => {
  const target = marked();
  if (!dragged || !target) return;
  event.preventDefault();
  const page = target.closest("[data-page]");
  const others = [...page.querySelectorAll("[data-question]")].filter((each) => each !== dragged);
  const place = target.matches("[data-question]") ? others.indexOf(target) + (target.matches(".drop-after") ? 1 : 0) : others.length;
  const question = dragged.dataset.question;
  move(`question/${question}`, { do: "put", question, page: page.dataset.page, place });
});
document.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged");
  dragged = null;
  unmark();
});

// With this, what is typed saves itself.
function settle() {
  for (const button of document.querySelectorAll("[data-save-button]")) button.hidden = true;
  settleAreas();
}
settle();
