// The sheet by keyboard and by pointer. One place of it is in the way of the Tab key; arrows go from place to place, with
// Alt they move what is there. What is dragged lands where the same keys would have put it.

const STOPS = "a[data-panel], a.map-add";
const isSeen = (each) => each.offsetParent !== null;

export class Grid {
  // `acts` are what moves, removes and adds: ways of the editor.
  constructor(root, acts) {
    this.root = root;
    this.acts = acts;
    root.addEventListener("keydown", (event) => this.#pressed(event));
    root.addEventListener("focusin", (event) => {
      const stop = event.target.closest(STOPS);
      if (stop && this.table?.contains(stop)) this.#stand(stop);
    });
    this.#offerDrags();
  }

  get table() {
    return this.root.querySelector("table.map-sheet");
  }

  // One place is reached by Tab, all others by arrows.
  settle() {
    if (!this.table) return;
    const stops = [...this.table.querySelectorAll(STOPS)];
    const at = stops.find((each) => each.tabIndex === 0 && each.hasAttribute("tabindex") && isSeen(each));
    for (const each of stops) each.tabIndex = each === at ? 0 : -1;
    if (!at) (stops.find(isSeen) ?? stops[0])?.setAttribute("tabindex", "0");
  }

  #stand(stop) {
    for (const each of this.table.querySelectorAll(`${STOPS}`)) if (each !== stop) each.tabIndex = -1;
    stop.tabIndex = 0;
  }

  #pressed(event) {
    const stop = event.target.closest?.(STOPS);
    if (!stop || !this.table?.contains(stop)) return;
    const direction = this.#direction(event.key);
    if (event.altKey && direction && stop.dataset.panel) {
      event.preventDefault();
      this.acts.move(stop.dataset.panel, direction);
    } else if (event.key === "Delete" && stop.dataset.panel && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      this.acts.remove(stop.dataset.panel, this.#neighbour(stop));
    } else if (event.key === "Insert" || (event.key === "+" && !event.ctrlKey)) {
      event.preventDefault();
      this.acts.add(stop);
    } else if (direction && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.#go(stop, direction);
    } else if ((event.key === "Home" || event.key === "End") && !event.altKey) {
      event.preventDefault();
      const row = [...stop.closest("tr").querySelectorAll(STOPS)].filter(isSeen);
      row.at(event.key === "Home" ? 0 : -1)?.focus();
    }
  }

  // Left and right follow the line of the reader.
  #direction(key) {
    const isRtl = getComputedStyle(this.root).direction === "rtl";
    const sides = { ArrowRight: isRtl ? "before" : "after", ArrowLeft: isRtl ? "after" : "before" };
    return { ArrowUp: "up", ArrowDown: "down", ...sides }[key];
  }

  #go(stop, direction) {
    const here = stop.getBoundingClientRect();
    const isAcross = direction === "before" || direction === "after";
    const cell = stop.closest("td, th");
    if (!isAcross) {
      const within = [...cell.querySelectorAll(STOPS)].filter(isSeen);
      const next = within[within.indexOf(stop) + (direction === "down" ? 1 : -1)];
      if (next) return next.focus();
    }
    const sign = direction === "down" || direction === "after" ? 1 : -1;
    const isRtl = getComputedStyle(this.root).direction === "rtl";
    const side = isRtl ? -sign : sign;
    const middle = (box) => [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const [x, y] = middle(here);
    let best = null;
    for (const other of [...this.table.querySelectorAll(STOPS)].filter(isSeen)) {
      const its = other.closest("td, th");
      if (its === cell) continue;
      const isInRow = its.parentElement === cell.parentElement;
      const [toX, toY] = middle(other.getBoundingClientRect());
      const box = its.getBoundingClientRect();
      const ahead = isAcross ? (toX - x) * side : (toY - y) * sign;
      if (ahead <= 0 || (isAcross && !isInRow) || (!isAcross && isInRow)) continue;
      const beside = isAcross ? 0 : Math.max(0, box.left - x, x - box.right);
      const far = ahead + beside * 50 + (isAcross ? Math.abs(toY - y) * 0.1 : 0);
      if (!best || far < best.far) best = { far, other };
    }
    return best?.other.focus();
  }

  // Where the keyboard stands when what it stood on is gone.
  #neighbour(stop) {
    const cell = stop.closest("td, th");
    const within = [...cell.querySelectorAll(STOPS)].filter((each) => each !== stop);
    if (within.length) return within[0];
    const row = [...cell.parentElement.querySelectorAll(STOPS)].filter((each) => each !== stop);
    return row[0] ?? null;
  }

  #offerDrags() {
    let held = null;
    const marks = () => this.root.querySelectorAll(".is-target, .is-held");
    const clear = () => {
      for (const each of marks()) each.classList.remove("is-target", "is-held");
    };
    this.root.addEventListener("dragstart", (event) => {
      const stop = event.target.closest?.("a[data-panel][draggable]");
      if (!stop) return;
      held = stop.dataset.panel;
      event.dataTransfer.setData("text/plain", held);
      event.dataTransfer.effectAllowed = "move";
      (stop.closest(".map-card") ?? stop.closest("th")).classList.add("is-held");
    });
    this.root.addEventListener("dragover", (event) => {
      const target = held && this.#target(held, event.target);
      for (const each of this.root.querySelectorAll(".is-target")) each.classList.remove("is-target");
      if (!target) return;
      event.preventDefault();
      target.shown.classList.add("is-target");
    });
    this.root.addEventListener("drop", (event) => {
      const target = held && this.#target(held, event.target);
      clear();
      if (!target) return;
      event.preventDefault();
      this.acts.place(held, target);
      held = null;
    });
    this.root.addEventListener("dragend", () => {
      held = null;
      clear();
    });
  }

  // What may be dropped here: a card on a cell or before a card, a step before a step or into a stage, a stage before a
  // stage, a lane before a lane.
  #target(held, on) {
    const kind = held.split("/")[0];
    if (kind === "card") {
      const cell = on.closest?.("td[data-cell]");
      if (!cell) return null;
      const card = on.closest(".map-card");
      const before = card && `card/${card.id.slice(5)}` !== held ? card.id.slice(5) : "";
      return { shown: card && before ? card : cell, cell: cell.dataset.cell, before };
    }
    const shown = on.closest?.(kind === "lane" ? "tr[id^=lane-]" : "[data-stage]");
    if (!shown) return null;
    if (kind === "lane") return { shown, before: shown.id.slice(5) };
    if (kind === "stage") return { shown, before: shown.dataset.stage };
    const step = on.closest("th[id^=step-]");
    return { shown: step ?? shown, stage: shown.dataset.stage, before: step ? step.id.slice(5) : "" };
  }
}
