// What a page does by itself beyond htmx. Everything here is a comfort: without it the page works too.

// A menu or a definition closes on Escape and when something else is clicked; only one is open at a time.
const openOnes = () => document.querySelectorAll("details.menu[open], details.about[open]");

document.addEventListener("click", (event) => {
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
offerCopies(document);
document.addEventListener("htmx:after:swap", () => offerCopies(document));
