// The calendar beside a field of a day. Every month comes from the server, in the reader's own calendar: nothing here
// knows how long a month is. Keys as in the date picker of the ARIA authoring practices.

const FORWARD = { ArrowDown: 7, ArrowUp: -7 };
const MOVES = { PageUp: "previous-month", PageDown: "next-month" };
const PAUSE_MS = 300;

export function offer(root) {
  for (const button of root.querySelectorAll("button[data-open-calendar][hidden]")) {
    const input = button.parentElement.querySelector("input[data-calendar]");
    button.hidden = false;
    button.addEventListener("click", () => toggle(input, button));
    sayReading(input);
  }
}

// Says under the field how its text is read, while one types.
function sayReading(input) {
  const place = document.getElementById(`${input.id}_reading`);
  if (!place) return;
  let timer = 0;
  let asked = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const number = ++asked;
      const answer = await fetch(`${input.dataset.reading}&value=${encodeURIComponent(input.value)}`).catch(() => null);
      if (answer?.ok && !answer.redirected && number === asked) place.textContent = await answer.text();
    }, PAUSE_MS);
  });
}

function toggle(input, button) {
  const open = input.parentElement.querySelector(".calendar");
  if (open) close(input, button);
  else show(input, button);
}

function close(input, button, { focus = true } = {}) {
  input.parentElement.querySelector(".calendar")?.remove();
  button.setAttribute("aria-expanded", "false");
  if (focus) button.focus();
}

async function show(input, button) {
  const panel = document.createElement("div");
  panel.className = "calendar";
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", button.getAttribute("aria-label"));
  if (!(await fill(panel, input, {}))) return;
  input.parentElement.append(panel);
  button.setAttribute("aria-expanded", "true");
  focusDay(panel);

  panel.addEventListener("click", async (event) => {
    const day = event.target.closest("[data-typed]");
    const move = event.target.closest("[data-move]")?.dataset.move;
    if (day) {
      input.value = day.dataset.typed;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
      close(input, button);
    } else if (move) {
      await fill(panel, input, { day: focusOf(panel), move });
      panel.querySelector(`[data-move="${move}"]`).focus();
    }
  });
  panel.addEventListener("keydown", (event) => keyed(event, panel, input, button));
  panel.addEventListener("focusout", (event) => {
    // A click on a day empties the panel first: then the focus goes nowhere, and the panel stays.
    if (event.relatedTarget && !panel.contains(event.relatedTarget) && event.relatedTarget !== button) {
      close(input, button, { focus: false });
    }
  });
  const outside = (event) => {
    if (!panel.isConnected) document.removeEventListener("pointerdown", outside);
    else if (!panel.contains(event.target) && !button.contains(event.target)) close(input, button, { focus: false });
  };
  document.addEventListener("pointerdown", outside);
}

const focusOf = (panel) => Number(panel.querySelector("table").dataset.focus);
const focusDay = (panel) => panel.querySelector('button[data-day][tabindex="0"]')?.focus();

async function fill(panel, input, { day, move }) {
  const asked = new URL(input.dataset.calendar, location.href);
  asked.searchParams.set("field", input.id);
  asked.searchParams.set("value", input.value);
  if (day !== undefined) asked.searchParams.set("day", day);
  if (move) asked.searchParams.set("move", move);
  const answer = await fetch(asked).catch(() => null);
  if (!answer?.ok || answer.redirected) return false;
  panel.innerHTML = await answer.text();
  return true;
}

async function keyed(event, panel, input, button) {
  if (event.key === "Escape") {
    event.preventDefault(); // a dialog around the field stays open
    event.stopPropagation();
    close(input, button);
    return;
  }
  const current = event.target.closest("[data-day]");
  if (!current) return;
  const isRtl = getComputedStyle(panel).direction === "rtl";
  const place = current.closest("td").cellIndex;
  const steps = { ...FORWARD, ArrowRight: isRtl ? -1 : 1, ArrowLeft: isRtl ? 1 : -1, Home: -place, End: 6 - place };
  let move = MOVES[event.key];
  if (move && event.shiftKey) move = move.replace("month", "year");
  if (!(event.key in steps) && !move) return;
  event.preventDefault();
  const day = focusOf(panel) + (steps[event.key] ?? 0);
  const next = panel.querySelector(`[data-day="${day}"]`);
  if (next && !move) {
    current.tabIndex = -1;
    next.tabIndex = 0;
    panel.querySelector("table").dataset.focus = day;
    next.focus();
  } else if (await fill(panel, input, { day, move })) focusDay(panel);
}
