// The form of a segment: its buttons change the builder in place, and who it is, how many, is counted while one types.
// Without JavaScript the buttons send the form, and everything works too.

const form = document.getElementById("segment-form");
const news = document.getElementById("segment-news");
const live = form?.querySelector("[data-live]");
let timer = 0;
let underway = null;
let asking = 0;
const busy = (change) => document.documentElement.classList.toggle("is-busy", (asking += change) > 0);

if (form) {
  form.querySelector("[data-count]").remove();
  form.addEventListener("submit", (event) => {
    const pressed = event.submitter;
    if (pressed?.name !== "do" || pressed.value === "save") return;
    event.preventDefault();
    change(pressed);
  });
  // A name changes nobody's place.
  form.addEventListener("input", ({ target }) => target.name !== "name" && countSoon(600));
  form.addEventListener("change", ({ target }) => target.name !== "name" && countSoon(150));
  // Enter in a field counts; it must not press the first button of the builder.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input[type=text]")) return;
    event.preventDefault();
    countSoon(0);
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.activeElement?.closest?.(".adding[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  // Before anything is said there is nothing to count, and nothing wrong.
  if (live.querySelector(".said")) countSoon(0);
}

async function asked(address, body, signal) {
  busy(1);
  try {
    return await answered(address, body, signal);
  } finally {
    busy(-1);
  }
}

async function answered(address, body, signal) {
  const answer = await fetch(address, { method: "POST", body, signal, headers: { "X-Part": "1" } });
  // Whoever is signed out meanwhile is led to the page of signing in: no part of this one.
  if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// A button of the builder: the answer is the whole editor, and says where the reader goes on.
async function change(pressed) {
  const editor = document.getElementById("editor");
  const place = pressed.closest(".part")?.id;
  editor.setAttribute("aria-busy", "true");
  try {
    const address = `${form.action.split("?")[0]}?part=editor`;
    const found = (await asked(address, new FormData(form, pressed))).getElementById("editor");
    editor.replaceWith(found);
    news.textContent = found.dataset.news;
    const next =
      found.querySelector("[autofocus]") ??
      (pressed.value.startsWith("view.") ? found.querySelector(".views [aria-current]") : null) ??
      (place ? document.getElementById(place)?.querySelector("input[type=text], select, textarea") : null) ??
      found.querySelector("#part summary");
    next?.focus();
    countSoon(0);
  } catch {
    editor.removeAttribute("aria-busy");
    broken(editor);
  }
}

function countSoon(wait) {
  clearTimeout(timer);
  timer = setTimeout(count, wait);
}

async function count() {
  underway?.abort();
  const own = (underway = new AbortController());
  live.setAttribute("aria-busy", "true");
  try {
    const found = await asked(form.dataset.preview, new FormData(form), own.signal);
    live.querySelector(":scope > [data-broken]")?.remove();
    live.querySelector("#live").replaceWith(found.getElementById("live"));
  } catch {
    if (!own.signal.aborted) broken(live);
  }
  if (underway === own) live.removeAttribute("aria-busy");
}

function broken(part) {
  part.querySelector(":scope > [data-broken]")?.remove();
  const notice = document.getElementById("part-broken").content.cloneNode(true);
  notice.querySelector("a").href = location.href;
  part.prepend(notice);
}
