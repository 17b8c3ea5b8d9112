// A kiosk asks one respondent after the other. What is answered is kept in this browser first, and sent when there is a
// line: each response has a name of its own, so that sending it twice is sending it once.

import { liven } from "./answering.js";
import { Way } from "./kiosk_walk.js";

const kiosk = document.getElementById("kiosk");
const logic = JSON.parse(document.getElementById("logic").textContent);
const spoken = [...document.querySelectorAll("template[data-language]")];
const waitingLine = document.querySelector(".waiting");
const idleSeconds = Number(kiosk.dataset.idle);
const shelf = `kiosk ${kiosk.dataset.scope}`;
let language = spoken.find((each) => each.dataset.language === document.documentElement.lang) ?? spoken[0];
let way = null;
let began = 0;
let touched = Date.now();

const element = (name, facts = {}, ...within) => {
  const made = Object.assign(document.createElement(name), facts);
  made.append(...within);
  return made;
};
const fill = (sentence, facts) => sentence.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

// The shelf: what waits to be sent.
const opened = new Promise((resolve, reject) => {
  const asked = indexedDB.open(shelf, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("waiting", { keyPath: "name" });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
const onShelf = async (mode, act) => {
  const store = (await opened).transaction("waiting", mode, { durability: "strict" });
  const result = act(store.objectStore("waiting"));
  return new Promise((resolve, reject) => {
    store.oncomplete = () => resolve(result.result);
    store.onerror = () => reject(store.error);
  });
};

let isSending = false;
async function send() {
  if (isSending) return;
  isSending = true;
  try {
    for (const each of await onShelf("readonly", (store) => store.getAll())) {
      const answer = await fetch(kiosk.dataset.action, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(each),
        credentials: "omit",
      }).catch(() => null);
      if (!answer || answer.status >= 500 || answer.status === 429) break;
      // Only Safar's own word lets a response go: a page of somebody else's network says nothing.
      const told = await answer.json().catch(() => null);
      if (told?.state) await onShelf("readwrite", (store) => store.delete(each.name));
    }
  } finally {
    isSending = false;
    await count();
  }
}

async function count() {
  const waiting = await onShelf("readonly", (store) => store.count());
  waitingLine.hidden = !waiting;
  waitingLine.dataset.count = waiting;
  waitingLine.textContent = waiting ? fill(language.dataset.unsent, { count: waiting }) : "";
}

async function keep() {
  if (!way || !Object.keys(way.controls).length) return;
  const now = Date.now() / 1000;
  const response = {
    name: way.name,
    language: language.dataset.language,
    started_at: began / 1000,
    ended_at: now,
    controls: way.controls,
    version: Number(kiosk.dataset.version),
  };
  way = null;
  await onShelf("readwrite", (store) => store.put(response));
  await count();
  send();
}

// Screens.
function speak(to) {
  language = to;
  const { language: lang, direction, font } = to.dataset;
  Object.assign(document.documentElement, { lang, dir: direction, className: `${font} is-kiosk` });
  document.title = to.dataset.title;
}

function show(...parts) {
  kiosk.replaceChildren(...parts);
  scrollTo(0, 0);
  kiosk.querySelector("h1, .question")?.setAttribute("tabindex", "-1");
  kiosk.querySelector("h1, .question")?.focus();
}

function welcome() {
  way = null;
  const { title, start, full, company, test } = language.dataset;
  const languages = element("nav", { className: "languages" });
  for (const each of spoken.length > 1 ? spoken : []) {
    const button = element("button", { type: "button", textContent: each.dataset.name, lang: each.dataset.language });
    if (each === language) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => (speak(each), welcome()));
    languages.append(button);
  }
  const go = element("button", { type: "button", className: "go", textContent: start });
  go.addEventListener("click", begin);
  const fullScreen = element("button", { type: "button", className: "back", textContent: full });
  fullScreen.addEventListener("click", () => document.documentElement.requestFullscreen?.());
  show(
    element(
      "div",
      { className: "welcome" },
      languages,
      ...(test ? [element("p", { className: "test", textContent: test })] : []),
      element("p", { className: "soft", textContent: company }),
      element("h1", { textContent: title }),
      element("p", { className: "buttons" }, go, ...(document.fullscreenEnabled ? [fullScreen] : [])),
    ),
  );
  count();
}

function begin() {
  way = new Way(logic, language.dataset.language);
  way.name = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  began = Date.now();
  way.begin() ? page() : over();
}

function page() {
  const { page: at, item } = way.here;
  const place = item ? `${at.id}@${item}` : at.id;
  const section = language.content.querySelector(`[data-place="${CSS.escape(place)}"]`).cloneNode(true);
  section.querySelectorAll(".question").forEach((each) => pipe(each, item));
  const heading = element("h1", { className: "quiet", textContent: language.dataset.title });
  const form = element("form", { id: "kiosk-form", noValidate: true }, heading, section);
  const { next, back, again } = language.dataset;
  const go = element("button", { className: "go", textContent: next });
  const buttons = element("div", { className: "buttons" }, go);
  if (way.steps.length > 1 && logic.goes_back) {
    const button = element("button", { type: "button", className: "back", textContent: back });
    button.addEventListener("click", () => (read(form), way.back(), page()));
    buttons.append(button);
  }
  const anew = element("button", { type: "button", className: "back", textContent: again });
  anew.addEventListener("click", () => keep().then(welcome));
  buttons.append(anew);
  form.append(buttons);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    read(form);
    if (appear(form) || lacks(form)) return;
    way.next() ? page() : over();
  });
  form.addEventListener("change", () => (read(form), appear(form)));
  put(form);
  show(form);
  liven(form);
  appear(form);
}

async function over() {
  const words = language.content.querySelector(`[data-ending="${CSS.escape(way.ended)}"]`)?.dataset ?? {};
  await keep();
  const again = element("button", { type: "button", className: "back", textContent: language.dataset.again });
  const ending = element(
    "div",
    { className: "ending" },
    element("h1", { textContent: words.title || language.dataset.thanks }),
    element("p", { className: "about", textContent: words.about ?? "" }),
    again,
  );
  show(ending);
  const next = setTimeout(() => ending.isConnected && welcome(), 6000);
  again.addEventListener("click", () => (clearTimeout(next), welcome()));
}

// Controls, and what stands in them.
function read(form) {
  const { page: at, item } = way.here;
  const roots = at.questions.map((each) => (item ? `${each.id}@${item}` : each.id));
  const isOurs = (name) => roots.some((root) => name === root || name.startsWith(`${root}.`));
  for (const name of Object.keys(way.controls)) if (isOurs(name)) delete way.controls[name];
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value.trim()) (way.controls[name] ??= []).push(value);
  }
}

function put(form) {
  for (const control of form.elements) {
    const texts = way.controls[control.name];
    if (!texts) continue;
    if (["checkbox", "radio"].includes(control.type)) control.checked = texts.includes(control.value);
    else if (control.type !== "hidden") control.value = texts[0];
  }
}

// Questions that an answer of the same page decides about; returns whether one has just appeared.
function appear(form) {
  const { page: at, item } = way.here;
  const shown = new Set(way.shown(at, item).map((each) => (item ? `${each.id}@${item}` : each.id)));
  let isNew = false;
  for (const question of form.querySelectorAll(".question")) {
    const isShown = shown.has(question.dataset.key);
    isNew ||= isShown && question.hidden;
    question.hidden = !isShown;
    for (const control of question.querySelectorAll("input, select, textarea")) control.disabled = !isShown;
  }
  return isNew;
}

function lacks(form) {
  const { page: at, item } = way.here;
  form.querySelectorAll(".error.is-own").forEach((each) => each.remove());
  let first = null;
  for (const each of way.shown(at, item)) {
    const key = item ? `${each.id}@${item}` : each.id;
    const isGiven = Object.keys(way.controls).some((name) => name === key || name.startsWith(`${key}.`));
    if (!each.required || each.kind === "statement" || isGiven) continue;
    const question = form.querySelector(`[data-key="${CSS.escape(key)}"]`);
    const error = element("p", { className: "error is-own", textContent: language.dataset.missing });
    error.setAttribute("role", "alert");
    (question.querySelector("legend, .title-line") ?? question).after(error);
    first ??= question;
  }
  first?.scrollIntoView();
  first?.querySelector("input, select, textarea")?.focus();
  return first !== null;
}

// Places in texts: {{question.city}}, {{item}}.
function pipe(question, item) {
  const walker = document.createTreeWalker(question, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.data.includes("{{")) continue;
    node.data = node.data.replace(/\{\{\s*([^{}\s]+)\s*\}\}/g, (_, name) => {
      if (name === "item") return words(way.here.page.repeats, item);
      const values = way.values(name, item);
      return name.startsWith("question.")
        ? values.map((each) => words(name.slice(9), each) || each).join(language.dataset.direction === "rtl" ? "، " : ", ")
        : (values[0] ?? "");
    });
  }
}

function words(question, value) {
  const control = [...language.content.querySelectorAll(`[name="${CSS.escape(question)}"]`)].find(
    (each) => each.value === value,
  );
  const option = control ?? language.content.querySelector(`select[name="${CSS.escape(question)}"] [value="${CSS.escape(value)}"]`);
  return option?.closest("label")?.textContent.trim() ?? option?.textContent?.trim() ?? "";
}

// Nobody there: what was answered is kept, and the next one is awaited.
for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, () => (touched = Date.now()), true);
setInterval(() => {
  if (way && Date.now() - touched > idleSeconds * 1000) keep().then(welcome);
}, 500);
addEventListener("online", send);
setInterval(send, 10_000);

// Without a line the page comes out of the browser.
navigator.serviceWorker?.register(kiosk.dataset.worker, { scope: kiosk.dataset.scope }).then(async () => {
  const { active } = await navigator.serviceWorker.ready;
  const pictures = spoken.flatMap((each) => [...each.content.querySelectorAll("img, input[type=image]")].map((one) => one.src));
  const own = performance.getEntriesByType("resource").map((each) => each.name);
  const kept = new MessageChannel();
  kept.port1.onmessage = () => (kiosk.dataset.kept = "1");
  const files = [...own, ...pictures].filter((each) => each.startsWith(location.origin));
  active.postMessage([location.href, ...new Set(files)], [kept.port2]);
});

speak(language);
welcome();
send();
