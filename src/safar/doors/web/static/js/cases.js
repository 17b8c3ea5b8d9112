// The queue by keyboard: J and K go down and up, Enter opens what has the focus.

const lines = document.querySelector("[data-case-lines]");
const keys = document.querySelector("[data-case-keys]");

if (lines) {
  keys?.removeAttribute("hidden");
  document.addEventListener("keydown", (event) => {
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const links = [...lines.querySelectorAll("h2 a")];
    const place = links.indexOf(document.activeElement);
    const next = place < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(place + step, 0), links.length - 1);
    links[next]?.focus();
    event.preventDefault();
  });
}
