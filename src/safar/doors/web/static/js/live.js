// The live list of events: asks for news while the page is seen, and swaps the rows only when there are some.
// Without JavaScript the page shows what there was when it was opened.

const PERIOD_MS = 2000;
const panel = document.getElementById("live");
const rows = document.getElementById("events-rows");

if (panel && rows) {
  const frame = rows.querySelector(".rows-frame");
  const state = panel.querySelector(".live-state");
  const button = panel.querySelector("button");
  const news = document.getElementById("live-news");
  const empty = document.getElementById("events-empty");
  let isPaused = false;
  let isAsking = false;
  panel.hidden = false;

  const show = (name) => {
    panel.classList.toggle("is-paused", name === "paused");
    panel.classList.toggle("is-lost", name === "lost");
    const words = state.dataset[name];
    if (state.textContent !== words) state.textContent = words;
  };

  button.addEventListener("click", () => {
    isPaused = !isPaused;
    button.setAttribute("aria-pressed", String(isPaused));
    button.textContent = isPaused ? button.dataset.resume : button.dataset.pause;
    show(isPaused ? "paused" : "running");
    if (!isPaused) ask();
  });

  // Whoever stands on a row with the keyboard stays there.
  function swap(html) {
    const at = frame.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    frame.innerHTML = html;
    const table = frame.querySelector("table");
    const hasRows = table.tBodies[0].rows.length > 0;
    rows.hidden = !hasRows;
    if (empty) empty.hidden = hasRows;
    if (at) [...frame.querySelectorAll("a")].find((link) => link.getAttribute("href") === at)?.focus();
    if (table.dataset.news) news.textContent = table.dataset.news;
  }

  async function ask() {
    if (isPaused || isAsking || document.hidden) return;
    isAsking = true;
    try {
      const table = frame.querySelector("table");
      const address = new URL(location.href);
      address.searchParams.set("version", table.dataset.version);
      address.searchParams.set("top", table.dataset.top);
      const headers = { "HX-Request": "true", "HX-Request-Type": "partial" };
      const answer = await fetch(address, { headers, mode: "same-origin" });
      if (answer.redirected || (answer.status >= 400 && answer.status < 500)) {
        clearInterval(clock); // signed out meanwhile, or not allowed any more
        show("lost");
      } else if (answer.ok) {
        if (answer.status === 200 && !isPaused) swap(await answer.text());
        if (!isPaused) show("running");
      } else {
        show("lost");
      }
    } catch {
      show("lost");
    } finally {
      isAsking = false;
    }
  }

  const clock = setInterval(ask, PERIOD_MS);
  document.addEventListener("visibilitychange", ask);
}
