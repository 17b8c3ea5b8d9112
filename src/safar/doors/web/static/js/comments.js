// Comments by keyboard: J and K go down and up, Enter opens why one has its labels, N turns the page, ? shows the keys.
// On a Persian or Arabic keyboard these keys write other letters: there it counts where they lie.

const list = document.querySelector("[data-comments]");
const keys = document.querySelector("[data-comment-keys]");

if (list && keys) {
  const help = keys.querySelector("[data-comment-help]");
  const place = keys.querySelector("[data-comment-place]");
  const cards = () => [...list.querySelectorAll("article.comment")];
  keys.hidden = false;
  for (const card of cards()) card.tabIndex = -1;

  const go = (step) => {
    const found = cards();
    const now = found.indexOf(document.activeElement?.closest?.("article.comment"));
    const next = now < 0 ? (step > 0 ? 0 : found.length - 1) : Math.min(Math.max(now + step, 0), found.length - 1);
    found[next]?.focus();
    const number = new Intl.NumberFormat(place.dataset.numbers);
    place.textContent = place.dataset.words
      .replace("{place}", number.format(next + 1))
      .replace("{count}", number.format(found.length));
  };
  const acts = {
    j: () => go(1),
    k: () => go(-1),
    n: () => document.querySelector(".comments-foot a[rel=next]")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
    if (event.key === "?" || event.key === "؟") {
      help.showModal();
    } else if (event.key === "Enter" && event.target.matches("article.comment")) {
      event.target.querySelector("a.comment-why")?.click();
    } else {
      const isLatin = /^[a-z]$/i.test(event.key);
      const act = acts[isLatin ? event.key.toLowerCase() : event.code.replace("Key", "").toLowerCase()];
      if (!act || event.shiftKey) return;
      act();
    }
    event.preventDefault();
  });
}
