// Pages of surveys. They work without this; with it totals add up while one types, things can be put in order by
// dragging, a line can be slid along, and a menu opens without waiting for the line.

const root = document.documentElement;
const began = performance.now();
const digits = { fa: "۰۱۲۳۴۵۶۷۸۹", ar: "٠١٢٣٤٥٦٧٨٩" }[root.lang.split("-")[0]];
const shape = (text) => (digits ? String(text).replace(/\d/g, (each) => digits[each]) : String(text));
const plain = (text) =>
  text
    .replace(/[۰-۹]/g, (each) => each.charCodeAt(0) - 0x6f0)
    .replace(/[٠-٩]/g, (each) => each.charCodeAt(0) - 0x660);
const fill = (sentence, facts) => sentence.replace(/\{(\w+)\}/g, (_, name) => `\u2068${facts[name]}\u2069`);

const starts = {
  "[data-exclusive]": alone,
  "[data-other]": other,
  "[data-na]": notApplicable,
  "[data-total]": total,
  "[data-slider]": slider,
  "[data-ranking]": ranking,
  "[data-tree]": tree,
  "[data-click]": click,
};

export function liven(within) {
  for (const [selector, start] of Object.entries(starts)) {
    within.querySelectorAll(selector).forEach(start);
  }
}

// "None of these" takes the others away, and they it.
function alone(box) {
  const others = [...box.closest(".choices").querySelectorAll(`input[type=checkbox]`)].filter((each) => each !== box);
  box.addEventListener("change", () => box.checked && others.forEach((each) => (each.checked = false)));
  others.forEach((each) => each.addEventListener("change", () => each.checked && (box.checked = false)));
}

// Words of one's own choose what they belong to.
function other(box) {
  const words = box.closest(".option").querySelector(".other");
  words.addEventListener("input", () => words.value && (box.checked = true));
}

function notApplicable(box) {
  const question = box.closest(".question");
  question.addEventListener("change", (event) => {
    if (event.target === box) {
      if (!box.checked) return;
      question.querySelectorAll(":checked").forEach((each) => {
        if (each !== box && each.type) each.checked = false;
      });
    } else if (event.target.checked || event.target.value) box.checked = false;
  });
}

function total(parts) {
  const wanted = Number(parts.dataset.total);
  const [output, line] = [parts.querySelector("[data-sum]"), parts.querySelector(".sum")];
  const add = () => {
    const given = [...parts.querySelectorAll("input")].map((each) => plain(each.value.trim()));
    const sum = given.reduce((before, each) => before + (Number(each) || 0), 0);
    output.textContent = fill(output.dataset.of, { sum: shape(sum), total: shape(wanted) });
    line.classList.toggle("is-off", sum !== wanted && given.some(Boolean));
    line.classList.toggle("is-right", sum === wanted);
  };
  parts.addEventListener("input", add);
  add();
}

function slider(box) {
  const typed = box.querySelector("input");
  const range = Object.assign(document.createElement("input"), {
    type: "range",
    min: box.dataset.lowest,
    max: box.dataset.highest,
    step: box.dataset.step,
  });
  range.setAttribute("aria-labelledby", `${typed.id}-title`);
  const read = () => {
    const value = plain(typed.value.trim());
    if (value !== "" && !Number.isNaN(Number(value))) range.value = value;
  };
  if (typed.value.trim()) read();
  else range.value = String((Number(range.min) + Number(range.max)) / 2);
  range.addEventListener("input", () => {
    typed.value = range.value;
    typed.dispatchEvent(new Event("change", { bubbles: true }));
  });
  typed.addEventListener("input", read);
  typed.after(range);
}

// A list to put in order: by dragging, by buttons, or by the numbers that stand there without this.
function ranking(list) {
  const most = Number(list.dataset.ranking);
  const items = () => [...list.children];
  const rank = (item) => Number(item.querySelector("select").value) || Infinity;
  const said = list.parentElement.appendChild(document.createElement("p"));
  said.className = "heard";
  said.setAttribute("role", "status");
  let isTouched = items().some((each) => rank(each) !== Infinity);
  items()
    .sort((one, two) => rank(one) - rank(two))
    .forEach((each) => list.append(each));
  const settle = () => {
    items().forEach((item, place) => {
      const isRanked = isTouched && place < most;
      item.querySelector("select").value = isRanked ? String(place + 1) : "";
      item.querySelector(".place").textContent = place < most ? shape(place + 1) : "";
      item.classList.toggle("is-ranked", isRanked);
      const [up, down] = item.querySelectorAll("button");
      up.disabled = place === 0 && isTouched;
      down.disabled = place === items().length - 1;
    });
  };
  const move = (item, to) => {
    isTouched = true;
    const all = items();
    const target = all[to];
    if (target && target !== item) target[to > all.indexOf(item) ? "after" : "before"](item);
    settle();
    const words = item.querySelector("label").textContent;
    said.textContent = fill(list.dataset.moved, { choice: words, place: shape(items().indexOf(item) + 1) });
  };
  let dragged = null;
  items().forEach((item) => {
    const place = document.createElement("span");
    place.className = "place";
    place.setAttribute("aria-hidden", "true");
    item.prepend(place);
    const moves = document.createElement("span");
    moves.className = "moves";
    const words = item.querySelector("label").textContent;
    for (const [step, name, path] of [
      [-1, list.dataset.up, "M9 14V4M4 9l5-5 5 5"],
      [1, list.dataset.down, "M9 4v10M4 9l5 5 5-5"],
    ]) {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-label", `${words}: ${name}`);
      button.innerHTML = `<svg viewBox="0 0 18 18" aria-hidden="true"><path d="${path}"/></svg>`;
      button.addEventListener("click", () => {
        move(item, Math.max(0, items().indexOf(item) + step));
        (button.disabled ? moves.querySelector("button:enabled") : button)?.focus();
      });
      moves.append(button);
    }
    item.append(moves);
    item.draggable = true;
    item.addEventListener("dragstart", (event) => {
      dragged = item;
      item.classList.add("is-dragged");
      event.dataTransfer.effectAllowed = "move";
    });
    item.addEventListener("dragend", () => item.classList.remove("is-dragged"));
    item.addEventListener("dragover", (event) => dragged && event.preventDefault());
    item.addEventListener("drop", (event) => {
      event.preventDefault();
      if (dragged) move(dragged, items().indexOf(item));
      dragged = null;
    });
  });
  list.classList.add("is-sorted");
  settle();
}

const seconds = (within) => {
  const kept = within.querySelector("[data-seconds]");
  if (kept && !kept.value) kept.value = ((performance.now() - began) / 1000).toFixed(1);
};

// A menu that opens in place; what was opened, in turn, goes along.
function tree(menu) {
  menu.addEventListener("click", (event) => {
    const button = event.target.closest(".opens");
    if (!button) return;
    event.preventDefault();
    const place = button.value.slice(menu.dataset.tree.length + 1);
    const isOpen = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!isOpen));
    button.closest("li").querySelector(":scope > .within").hidden = isOpen;
    if (isOpen) return;
    const opened = document.createElement("input");
    Object.assign(opened, { type: "hidden", name: `${menu.dataset.tree}.opened`, value: place });
    menu.prepend(opened);
    const all = [...menu.querySelectorAll(`[name="${CSS.escape(opened.name)}"]`)];
    all.at(-1).after(opened);
  });
  menu.addEventListener("change", () => seconds(menu));
}

// A click marks the picture and sends nothing yet; with the keyboard, arrows move a mark that Enter puts down.
function click(box) {
  const key = box.dataset.click;
  const picture = box.querySelector("input[type=image]");
  const [canvas, names] = [picture.parentElement, ["x", "y"]];
  box.classList.add("is-live");
  const kept = box.querySelector(`[name="${CSS.escape(key)}.kept"]`);
  const held = names.map((name) => {
    const input = Object.assign(document.createElement("input"), { type: "hidden", name: `${key}.${name}` });
    box.append(input);
    return input;
  });
  const pin = document.createElement("span");
  pin.className = "pin";
  const at = kept ? kept.value.split(" ").map(Number) : [0.5, 0.5];
  const show = (isKept) => {
    canvas.append(pin);
    const isRight = getComputedStyle(canvas).direction === "rtl";
    pin.style.insetInlineStart = `${100 * (isRight ? 1 - at[0] : at[0])}%`;
    pin.style.insetBlockStart = `${100 * at[1]}%`;
    if (!isKept) return;
    held.forEach((input, place) => (input.value = at[place].toFixed(5)));
    seconds(box);
    box.querySelectorAll(".ninths :checked").forEach((each) => (each.checked = false));
  };
  if (kept) {
    kept.remove();
    show(true);
  }
  picture.addEventListener("click", (event) => {
    event.preventDefault();
    const place = picture.getBoundingClientRect();
    if (event.detail) {
      at[0] = Math.min(1, Math.max(0, (event.clientX - place.left) / place.width));
      at[1] = Math.min(1, Math.max(0, (event.clientY - place.top) / place.height));
    }
    show(true);
  });
  picture.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    step.forEach((by, axis) => (at[axis] = Math.min(1, Math.max(0, at[axis] + by * 0.02))));
    show(false);
  });
}

const form = document.getElementById("survey");
if (form) {
  liven(form);
  let isSent = false;
  form.addEventListener("submit", (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
    setTimeout(() => (isSent = false), 4000); // a line that broke: it may be sent again, and is taken once
  });
  addEventListener("pageshow", () => (isSent = false));
  document.getElementById("problems")?.focus();
}

// In a frame of another page, that page is told how much room this one wants, and when it is over.
if (root.classList.contains("is-embedded") && parent !== window) {
  const tell = (message) => parent.postMessage({ safar: 1, ...message }, "*");
  const measure = () => tell({ kind: "height", height: Math.ceil(document.body.getBoundingClientRect().height) });
  new ResizeObserver(measure).observe(document.body);
  measure();
  addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && tell({ kind: "close" }));
  const end = document.querySelector("[data-finished]");
  if (end) tell({ kind: "finished", state: end.dataset.finished });
}
