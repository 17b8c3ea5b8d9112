// What a page does by itself beyond htmx. Everything here is a comfort: without it the page works too.
import { offerDialogs } from "./dialog.js";
import { watchParts } from "./parts.js";

// A menu or a definition closes on Escape and when something else is clicked; only one is open at a time.
const openOnes = () => document.querySelectorAll("details.menu[open], details.about[open]");

document.addEventListener("click", (event) => {
  for (const details of openOnes()) {
    if (!details.contains(event.target)) details.open = false;
  }
});

// A menu that the keyboard has left does not stay before what it covers.
document.addEventListener("focusin", (event) => {
  for (const details of openOnes()) {
    if (!details.contains(event.target)) details.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const details of openOnes()) {
    const hadFocus = details.contains(document.activeElement);
    details.open = false;
    if (hadFocus) details.querySelector("summary").focus();
  }
});

// A definition also opens while a pointer rests on its button.
const REST_MS = 350;
document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse") return;
  const summary = event.target.closest?.("details.about > summary");
  if (!summary || summary.parentElement.open) return;
  const details = summary.parentElement;
  const timer = setTimeout(() => {
    details.open = true;
    details.addEventListener("pointerleave", () => (details.open = false), { once: true });
  }, REST_MS);
  summary.addEventListener("pointerleave", () => clearTimeout(timer), { once: true });
  summary.addEventListener("click", () => clearTimeout(timer), { once: true });
});

// Commands can be copied where the browser allows it.
function offerCopies(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("button[data-copy][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent);
      button.textContent = button.dataset.done;
      button.classList.add("is-done");
    });
  }
}

// Toasts can be closed; one that offers nothing to do closes itself, once it was there long enough to be read.
const TOAST_MS = 8000;
function offerDismissals(root) {
  for (const button of root.querySelectorAll("button[data-dismiss][hidden]")) {
    const toast = button.parentElement;
    button.hidden = false;
    button.addEventListener("click", () => toast.remove());
    if (toast.querySelector("form") || toast.matches(".is-error, .is-warning")) continue;
    let timer = 0;
    const wait = () => (timer = setTimeout(() => toast.remove(), TOAST_MS));
    for (const kept of ["pointerenter", "focusin"]) toast.addEventListener(kept, () => clearTimeout(timer));
    for (const left of ["pointerleave", "focusout"]) toast.addEventListener(left, wait);
    wait();
  }
}

// A password can be looked at while it is typed.
function offerLooks(root) {
  for (const button of root.querySelectorAll("button[data-reveal][hidden]")) {
    const input = button.parentElement.querySelector("input");
    button.hidden = false;
    button.addEventListener("click", () => {
      const isShown = input.type === "text";
      input.type = isShown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!isShown));
    });
  }
}

// A file may be dropped on its whole field, which then says what it holds.
function offerDrops(root) {
  for (const zone of root.querySelectorAll(".drop:not(.is-ready)")) {
    const input = zone.querySelector("input[type=file]");
    const name = zone.querySelector(".drop-name");
    if (!name) continue; // a page's own way of taking files
    zone.classList.add("is-ready");
    for (const over of ["dragenter", "dragover"]) zone.addEventListener(over, () => zone.classList.add("is-over"));
    for (const gone of ["dragleave", "drop"]) zone.addEventListener(gone, () => zone.classList.remove("is-over"));
    const show = () => (name.textContent = [...input.files].map((file) => file.name).join(", "));
    input.addEventListener("change", show);
    show();
  }
}

// Fields of days bring their calendar along; pages without such a field fetch nothing.
async function offerCalendars(root) {
  if (!root.querySelector("input[data-calendar]")) return;
  const { offer } = await import("./date_field.js");
  offer(root);
}

// A table that fits needs no frame of its own to scroll in: its heads then stay at the window's top.
const frames = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const table = target.querySelector("table");
    target.classList.toggle("is-fitting", table !== null && table.offsetWidth <= target.clientWidth);
  }
});
function watchFrames(root) {
  for (const frame of root.querySelectorAll(".rows > .rows-frame")) frames.observe(frame);
}

function settle(root) {
  watchFrames(root);
  offerCopies(root);
  offerDismissals(root);
  offerLooks(root);
  offerDrops(root);
  offerCalendars(root);
}
// The open tab is in sight, however narrow the screen; so is that of the tabs below. What is scrolled into view by the
// browser is where the Tab key begins: so the tabs are moved, and the page still begins at its start.
for (const tab of document.querySelectorAll(".subnav [aria-current]")) {
  const tabs = tab.closest(".subnav");
  const [one, all] = [tab.getBoundingClientRect(), tabs.getBoundingClientRect()];
  tabs.scrollLeft += one.left + one.width / 2 - all.left - all.width / 2;
}

settle(document);
document.addEventListener("htmx:after:swap", () => settle(document));
offerDialogs(settle);
watchParts();
