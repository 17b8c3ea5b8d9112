// The form of a question: it asks again when something is changed, and its steps are moved by hand, by keyboard, by
// buttons. Without JavaScript the buttons send the form, and everything works too.

const form = document.getElementById("question");
const news = document.getElementById("question-news");

if (form) {
  for (const list of form.querySelectorAll("[data-steps]")) offerSteps(list);
  for (const slider of form.querySelectorAll("input[type=range]")) showValue(slider);
  form.addEventListener("change", (event) => {
    // Days that are typed go before a period: who chooses a period means it.
    if (event.target.name === "period" && event.target.value !== "days") {
      for (const day of form.querySelectorAll("[name=since], [name=until]")) day.value = "";
    }
    // An empty place for a further step asks nothing yet.
    if (event.target.closest("[data-steps]")) return askSoon();
    if (event.target.matches("select, [type=checkbox], [type=radio], [type=range]")) askSoon();
  });
  // Where the answer costs next to nothing, it follows a slider while it is moved.
  form.addEventListener("input", (event) => {
    if (event.target.matches("[type=range][data-live]")) askSoon();
  });
}

// The form of a narrow screen is folded away when its button asks, and the answer comes into sight.
const fold = form?.querySelector(".question-fold");
const isBeside = matchMedia("(min-width: 1081px)");
if (fold) {
  // Where styles cannot keep it open beside the answer.
  if (isBeside.matches && !CSS.supports("selector(::details-content)")) fold.open = true;
  let isAsked = false;
  form.addEventListener("submit", (event) => {
    isAsked = event.submitter !== null && !isBeside.matches;
  });
  document.addEventListener("htmx:after:swap", () => {
    if (!isAsked) return;
    isAsked = false;
    if (document.querySelector("#answer .notice.is-bad, #answer .nothing")) return;
    fold.open = false;
    fold.querySelector("summary").focus({ preventScroll: true });
    form.scrollIntoView();
  });
}

let timer = 0;
function askSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => form.requestSubmit(), 250);
}

// A slider says where it stands while it is moved.
function showValue(slider) {
  const output = slider.parentElement.querySelector("output");
  const words = new Intl.NumberFormat(output.dataset.numbers, { style: "percent" });
  const say = () => {
    output.value = words.format(slider.value / 100);
    slider.setAttribute("aria-valuetext", output.value);
  };
  slider.addEventListener("input", say);
  say();
}

function offerSteps(list) {
  const words = list.parentElement.querySelector(".step-words").dataset;
  const adding = list.parentElement.querySelector("[data-add-step]");
  const digits = new Intl.NumberFormat(list.dataset.numbers);
  const rows = () => [...list.querySelectorAll("[data-step]")];
  const input = (row) => row.querySelector("input");
  adding.hidden = false;
  const pattern = rows().at(-1).cloneNode(true);
  input(pattern).value = "";

  const say = (sentence, row) => {
    const name = input(row)?.value || "";
    news.textContent = sentence.replace("{name}", name).replace("{number}", digits.format(rows().indexOf(row) + 1));
  };
  const settle = () => {
    rows().forEach((row, place) => {
      const label = input(pattern).getAttribute("aria-label").replace(/\p{Nd}+/u, digits.format(place + 1));
      input(row).setAttribute("aria-label", label);
      row.draggable = false;
    });
    adding.disabled = rows().length >= Number(list.dataset.most);
  };
  const move = (row, by) => {
    const all = rows();
    const to = all[all.indexOf(row) + by];
    if (!to) return;
    by < 0 ? to.before(row) : to.after(row);
    settle();
    say(words.moved, row);
    if (input(row).value) askSoon();
  };
  const add = () => {
    const row = pattern.cloneNode(true);
    list.append(row);
    equip(row);
    settle();
    say(words.added, row);
    input(row).focus();
  };

  function equip(row) {
    for (const button of row.querySelectorAll("button[name=do]")) button.type = "button";
    const grip = row.querySelector(".step-grip");
    grip.hidden = false;
    grip.addEventListener("pointerdown", () => (row.draggable = true));
    grip.addEventListener("pointerup", () => (row.draggable = false));
    row.addEventListener("dragstart", (event) => {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", input(row).value);
      row.classList.add("is-dragged");
    });
    row.addEventListener("dragover", (event) => {
      const dragged = list.querySelector(".is-dragged");
      if (!dragged || dragged === row) return;
      event.preventDefault();
      const isBefore = event.clientY < row.getBoundingClientRect().top + row.offsetHeight / 2;
      isBefore ? row.before(dragged) : row.after(dragged);
    });
    row.addEventListener("drop", (event) => event.preventDefault());
    row.addEventListener("dragend", () => {
      row.classList.remove("is-dragged");
      settle();
      say(words.moved, row);
      askSoon();
    });
    row.addEventListener("keydown", (event) => {
      if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      const at = document.activeElement;
      move(row, event.key === "ArrowUp" ? -1 : 1);
      at?.focus();
    });
    row.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.move) {
        move(row, Number(button.dataset.move));
        if (getComputedStyle(button).visibility === "hidden") input(row).focus();
        else button.focus();
      } else if ("remove" in button.dataset) {
        const all = rows();
        const next = all[all.indexOf(row) + 1] ?? all[all.indexOf(row) - 1];
        say(words.removed, row);
        const had = input(row).value;
        row.remove();
        if (!next) add();
        else input(next).focus();
        settle();
        if (had) askSoon();
      }
    });
  }

  rows().forEach(equip);
  adding.addEventListener("click", add);
  settle();
}

// Background work that went well shows its answer.
document.addEventListener("htmx:after:swap", () => {
  const link = document.querySelector("[data-when-done]");
  if (link?.closest("section").querySelector(".work .badge.is-good")) location.href = link.href;
});
