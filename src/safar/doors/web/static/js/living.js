// The living map: another period, persona or lane comes in place, a number opens beside the sheet, the slider moves
// through the months. Without JavaScript each of them is a link, and everything works too.

const HEADERS = { "HX-Request": "true", "HX-Request-Type": "partial" };
const living = document.getElementById("living");
const news = document.getElementById("living-news");
let asked = 0;

if (living) {
  document.documentElement.classList.add("is-enhanced");
  settle();
  living.addEventListener("click", (event) => {
    const link = event.target.closest?.("a");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const address = new URL(link.getAttribute("href") ?? link.href.baseVal, location.href);
    if (link.dataset.stage) {
      event.preventDefault();
      openStage(link.dataset.stage);
    } else if ("swap" in link.dataset) {
      event.preventDefault();
      show(address, link);
    } else if (address.pathname === location.pathname && address.searchParams.has("about")) {
      event.preventDefault();
      open(address, link);
    }
  });
  living.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-swap]")) return;
    event.preventDefault();
    show(asAddress(event.target), event.target);
  });
  living.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-swap]");
    if (!form || !event.target.matches("select")) return;
    if (event.target.name === "period" && event.target.value !== "days") {
      for (const day of form.querySelectorAll("[name=since], [name=until]")) day.value = "";
    }
    show(asAddress(form), event.target);
  });
  addEventListener("popstate", () => show(new URL(location.href), null, { isBack: true }));
}

function asAddress(form) {
  const address = new URL(location.pathname, location.href);
  for (const [name, value] of new FormData(form)) if (value) address.searchParams.append(name, value);
  return address;
}

// Fetch a part; null where the whole page should be opened: signed out, refused, no connection.
async function fetched(address) {
  try {
    const answer = await fetch(address, { headers: HEADERS, mode: "same-origin" });
    return answer.redirected || (!answer.ok && answer.status !== 422) ? null : await answer.text();
  } catch {
    return null;
  }
}

// Show the sheet of another address in place. Whoever pressed a link stays on the one that took its place.
async function show(address, from, { isBack = false } = {}) {
  const turn = ++asked;
  living.setAttribute("aria-busy", "true");
  document.documentElement.classList.add("is-busy");
  const html = await fetched(address);
  if (turn !== asked) return;
  document.documentElement.classList.remove("is-busy");
  living.removeAttribute("aria-busy");
  if (html === null) {
    location.href = address;
    return;
  }
  const place = from && placeOf(from);
  const scrolled = living.querySelector(".sheet-frame")?.scrollLeft ?? 0;
  living.innerHTML = html;
  if (!isBack) history.pushState(null, "", address);
  window.htmx?.process(living);
  settle();
  const frame = living.querySelector(".sheet-frame");
  if (frame) frame.scrollLeft = scrolled;
  if (place) living.querySelectorAll(place.selector)[place.number]?.focus();
  else if (from?.matches?.(".panel-close")) document.getElementById("panel")?.focus({ preventScroll: true });
  news.textContent = living.querySelector(".scope")?.textContent ?? "";
}

function placeOf(element) {
  for (const selector of [".months-slider", "[data-month]", ".persona", ".choices a", "select", ".lanes-menu a"]) {
    const number = [...living.querySelectorAll(selector)].indexOf(element);
    if (number >= 0) return { selector, number };
  }
  return null;
}

// Open a number beside the sheet.
async function open(address, link) {
  const panel = new URL(living.dataset.panel, location.href);
  panel.search = address.search;
  const turn = ++asked;
  document.documentElement.classList.add("is-busy");
  const html = await fetched(panel);
  if (turn !== asked) return;
  document.documentElement.classList.remove("is-busy");
  if (html === null) {
    location.href = address;
    return;
  }
  const old = document.getElementById("panel");
  const box = document.createElement("div");
  box.innerHTML = html;
  old.replaceWith(box.firstElementChild);
  address.hash = "";
  history.replaceState(null, "", address);
  const opened = document.getElementById("panel");
  opened.scrollTop = 0;
  opened.focus({ preventScroll: true });
  opened.scrollIntoView({ block: "nearest" });
  opened.addEventListener("keydown", (event) => {
    if (event.key === "Escape") link.focus?.();
  });
}

// One stage at a time on a telephone.
function openStage(name) {
  for (const each of living.querySelectorAll(".of-stage")) each.classList.toggle("is-open", each.dataset.of === name);
  for (const link of living.querySelectorAll("[data-stage]")) {
    if (link.dataset.stage === name) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const address = new URL(location.href);
  address.searchParams.set("stage", name);
  history.replaceState(null, "", address);
}

function settle() {
  const box = living.querySelector("[data-months]");
  if (!box) return;
  const slider = box.querySelector(".months-slider");
  const links = [...box.querySelectorAll("[data-month]")];
  const current = links.findIndex((link) => link.hasAttribute("aria-current"));
  const name = (place) => links[place].title;
  slider.hidden = links.length < 2;
  slider.value = current < 0 ? links.length - 1 : current;
  slider.setAttribute("aria-valuetext", name(slider.value));
  const now = box.querySelector(".months-now");
  now.hidden = current < 0;
  now.textContent = name(slider.value);
  slider.addEventListener("input", () => {
    slider.setAttribute("aria-valuetext", name(slider.value));
    now.hidden = false;
    now.textContent = name(slider.value);
    links.forEach((link, place) => link.classList.toggle("is-ahead", place === Number(slider.value)));
  });
  slider.addEventListener("change", () => show(new URL(links[slider.value].href), slider));
}

// Background work that went well shows its map.
document.addEventListener("htmx:after:swap", () => {
  const link = document.querySelector("[data-when-done]");
  if (link?.closest("section").querySelector(".work .badge.is-good")) location.href = link.href;
});
