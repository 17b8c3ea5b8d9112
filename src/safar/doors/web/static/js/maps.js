// The editor of a map. The server draws the sheet and the panel beside it; this keeps them as they are now, sends every
// change as it is made, and lets the sheet be worked on by keyboard and pointer. Without it every form sends itself.
import { editsOf, named, newId, numberOf } from "./maps_form.js";
import { Grid } from "./maps_grid.js";
import { morph } from "./maps_morph.js";
import { EditQueue, placeOf } from "./maps_queue.js";

const WAIT_MS = 600; // after the last key
const NEWS_MS = 3000;
const PART = { "HX-Request": "true", "HX-Request-Type": "partial" };

const editor = document.getElementById("map-editor");
if (editor) start();

function start() {
  const words = JSON.parse(document.getElementById("map-sentences").content.querySelector("script").textContent);
  const panel = document.getElementById("panel");
  const desk = document.getElementById("map-desk");
  const news = document.getElementById("map-news");
  const sheetPart = document.getElementById("map-sheet-part");
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  const isPhone = matchMedia("(max-width: 640px)");
  let place = editor.dataset.place;
  let opener = null;
  let asked = 0;
  editor.classList.add("is-live");

  const say = (text) => {
    news.textContent = "";
    requestAnimationFrame(() => (news.textContent = text));
  };

  const queue = new EditQueue({
    address: editor.dataset.editsHref,
    token,
    revision: Number(editor.dataset.revision),
    hears: {
      state: showState,
      refused: (sentence) => complain(sentence),
      answered: async (answer, sent) => {
        for (const { edit } of sent) clean(placeOf(edit));
        for (const edit of answer.lost ?? []) forget(placeOf(edit));
        if (answer.revision !== Number(editor.dataset.revision) || answer.present !== (editor.dataset.present ?? "") || sent.length)
          await refresh();
        editor.dataset.present = answer.present;
        if (answer.news) say(answer.news);
      },
    },
  });
  queue.at = place;
  window.addEventListener("beforeunload", (event) => {
    flush();
    if (!queue.isEmpty) event.preventDefault();
  });
  addEventListener("online", () => queue.send());

  function showState(state) {
    const shown = document.getElementById("map-state");
    shown.dataset.state = state;
    shown.textContent = words[state];
    if (state === "unsaved" || state === "closed") say(words[state]);
  }

  function complain(sentence) {
    const notice = panel.querySelector("[data-panel-news]");
    if (!notice || panel.hidden) return say(sentence);
    notice.textContent = sentence;
    notice.hidden = !sentence;
    return undefined;
  }

  // ---- what the server draws

  const partAddress = (at) => {
    const address = new URL(editor.dataset.partHref, location.href);
    if (at) address.searchParams.set("at", at);
    address.searchParams.set("language", editor.dataset.language);
    return address;
  };

  async function refresh() {
    const mine = ++asked;
    try {
      const answer = await fetch(partAddress(place), { headers: PART, mode: "same-origin" });
      if (!answer.ok || answer.redirected || mine !== asked) return;
      const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#map-editor");
      if (!drawn || mine !== asked) return;
      editor.dataset.revision = drawn.dataset.revision;
      const state = document.getElementById("map-state").dataset.state;
      for (const id of ["map-head", "map-sheet-part"]) morph(document.getElementById(id), drawn.querySelector(`#${id}`));
      const open = drawn.querySelector("#panel");
      if (open.hidden) closePanel({ quietly: true });
      else if (drawn.dataset.place === place) morph(panel, open);
      if (panel.contains(document.activeElement)) sees(document.activeElement);
      showState(state);
      settle();
    } catch {
      // no connection: the queue says so
    }
  }

  function settle() {
    for (const each of panel.querySelectorAll("[data-builder][hidden]")) each.hidden = false;
    grid.settle();
    showStage();
    for (const each of sheetPart.querySelectorAll(".is-open")) each.classList.remove("is-open");
    openPart()?.classList.add("is-open");
  }

  const openPart = () => {
    const stop = place && stopOf(place);
    return stop ? (stop.closest(".map-card") ?? stop.closest("th")) : null;
  };

  async function openPanel(at, { focus = "title", from = null } = {}) {
    flush();
    if (from) opener = from;
    place = at;
    queue.at = at;
    panel.hidden = false;
    desk.classList.add("has-panel");
    panel.replaceChildren();
    await refresh();
    if (place !== at) return;
    const fields = "textarea, input:not([type=hidden], [type=radio], [type=checkbox])";
    (focus === "field" ? panel.querySelector(fields) : panel.querySelector("#panel-title"))?.focus();
    openPart()?.scrollIntoView({ block: "nearest", inline: "nearest" });
    history.replaceState(null, "", partAddress(at));
    queue.send();
  }

  function closePanel({ quietly = false } = {}) {
    flush();
    const back = panel.contains(document.activeElement) ? stopOf(place) ?? opener : null;
    place = "";
    queue.at = "";
    panel.hidden = true;
    panel.replaceChildren();
    desk.classList.remove("has-panel");
    history.replaceState(null, "", partAddress(""));
    if (!quietly || back) (back?.isConnected ? back : sheetPart.querySelector("[tabindex='0'][data-panel]"))?.focus();
  }

  const stopOf = (at) => sheetPart.querySelector(`[data-panel="${CSS.escape(at)}"]`);

  // ---- blanks save themselves

  const timers = new Map();
  const looks = new Map(); // rules, which are looked at first

  const formOf = (control) => control.form?.dataset.edits === "auto" && control.form;

  function later(control) {
    control.dataset.dirty = "";
    queue.awaits();
    clearTimeout(timers.get(control));
    timers.set(control, setTimeout(() => save(control), WAIT_MS));
  }

  function save(control) {
    clearTimeout(timers.get(control));
    timers.delete(control);
    const number = numberOf(control);
    if (number !== null && control.form) queue.add(editsOf(control.form, number));
  }

  function flush() {
    for (const control of [...timers.keys()]) save(control);
  }

  function clean(at) {
    for (const control of panel.querySelectorAll("[data-dirty]")) {
      if (formOf(control) && placeOf(editsOf(control.form, numberOf(control))[0]) === at && !timers.has(control) && !looks.has(control))
        delete control.dataset.dirty;
    }
  }

  // Somebody else's text stands there: the field shows it, the conflict above shows both.
  function forget(at) {
    for (const control of panel.querySelectorAll("[data-edits=auto] :is(input, textarea, select)")) {
      const number = numberOf(control);
      if (number === null) continue;
      if (placeOf(editsOf(control.form, number)[0]) !== at) continue;
      clearTimeout(timers.get(control));
      timers.delete(control);
      delete control.dataset.dirty;
      if (control === document.activeElement) control.blur();
    }
    queue.drop(at);
  }

  // Whoever stands in a field has seen what is in it, unless he has begun to write.
  function sees(control) {
    const number = numberOf(control);
    if (number === null || !formOf(control) || control.dataset.dirty !== undefined) return;
    queue.sees(placeOf(editsOf(control.form, number)[0]), Number(control.form.elements.base.value));
  }

  panel.addEventListener("focusin", (event) => sees(event.target));
  panel.addEventListener("input", (event) => {
    if (event.target.closest("[data-builder]")) return build(event.target);
    if (!formOf(event.target)) return undefined;
    complain("");
    if (event.target.matches("[data-rule]")) return look(event.target);
    if (event.target.matches("textarea, input[type=text], input:not([type])")) return later(event.target);
    return save(event.target);
  });
  panel.addEventListener("focusout", (event) => {
    if (timers.has(event.target)) save(event.target);
  });

  // ---- a rule is looked at while it is written, and saved once it can be read

  let looking = 0;

  function look(control) {
    control.dataset.dirty = "";
    queue.awaits();
    clearTimeout(looks.get(control));
    looks.set(control, setTimeout(() => ask(control, new URLSearchParams({ text: control.value })), WAIT_MS));
  }

  function build(changed) {
    const control = panel.querySelector("[data-rule]");
    const asking = new URLSearchParams({ build: "1", was: control.value });
    for (const each of panel.querySelectorAll("[data-builder] :is(input, select)")) {
      if (each.type !== "checkbox" || each.checked) asking.append(each.name, each.value);
    }
    clearTimeout(looks.get(control));
    const wait = changed.type === "checkbox" || changed.matches("select") ? 0 : WAIT_MS;
    looks.set(control, setTimeout(() => ask(control, asking), wait));
  }

  async function ask(control, asking) {
    looks.delete(control);
    const mine = ++looking;
    const part = panel.querySelector("[data-rule-part]");
    const address = new URL(part.dataset.href, location.href);
    address.search = asking;
    try {
      const answer = await fetch(address, { headers: PART, mode: "same-origin" });
      if (!answer.ok || mine !== looking || !control.isConnected) return undefined;
      const drawn = document.createElement("div");
      drawn.append(new DOMParser().parseFromString(await answer.text(), "text/html").body);
      const reach = drawn.querySelector("[data-text]");
      const isGood = !reach.classList.contains("is-bad");
      const wanted = part.cloneNode(false);
      wanted.append(...drawn.querySelector("body").childNodes);
      if (isGood || !asking.has("build")) morph(part, wanted);
      for (const each of part.querySelectorAll("[data-builder][hidden]")) each.hidden = false;
      control.setAttribute("aria-invalid", String(!isGood));
      if (!isGood) return queue.rests();
      if (asking.has("build")) control.value = reach.dataset.text;
      return save(control);
    } catch {
      return save(control); // without a connection the server will look at it later
    }
  }

  // ---- buttons and forms

  function does(edits, then = "") {
    const ready = edits.map(named);
    const added = ready.map((edit) => edit.step?.step_id ?? edit.card?.card_id ?? edit.lane?.lane_id ?? (edit.edit === "stage.add" ? edit.of : "")).find(Boolean);
    const sent = queue.add(ready);
    return sent.then(async () => {
      if (then === "none") closePanel();
      else if (then && added) await openPanel(`${then}/${added}`, { focus: "field" });
    });
  }

  editor.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.dataset.edits) {
      event.preventDefault();
      flush();
      if (form.dataset.edits === "auto") return;
      const then = form.elements.then?.value ?? "";
      const button = event.submitter;
      await does(editsOf(form), then);
      if (button?.isConnected) button.focus();
      return;
    }
    if (form.dataset.posted !== undefined || form.dataset.history) {
      event.preventDefault();
      flush();
      await queue.send();
      await post(form);
    }
  });

  async function post(form) {
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: PART, mode: "same-origin" });
      const text = await answer.text();
      const drawn = new DOMParser().parseFromString(text, "text/html");
      if (answer.ok) form.reset();
      const toast = drawn.querySelector(".toast p");
      if (toast) say(toast.textContent);
      await queue.send();
      await refresh();
      const sentence = drawn.querySelector("[role=alert] p, .failure p")?.textContent ?? words.refused;
      if (!answer.ok) complain(sentence);
    } catch {
      complain(words.unsaved);
    }
  }

  editor.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("a");
    if (!link) return;
    if (link.dataset.panel) {
      event.preventDefault();
      openPanel(link.dataset.panel, { from: link });
    } else if (link.dataset.addCard || link.dataset.addStep) {
      event.preventDefault();
      add(link);
    } else if (link.dataset.closePanel !== undefined) {
      event.preventDefault();
      closePanel();
    }
  });

  editor.addEventListener("dblclick", (event) => {
    const link = event.target.closest("a[data-panel]");
    if (link) openPanel(link.dataset.panel, { focus: "field", from: link });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden && (panel.contains(event.target) || event.target === document.body)) {
      closePanel();
      return;
    }
    const key = event.key.toLowerCase();
    const isTyping = event.target.matches?.("input, textarea, select");
    if (!(event.ctrlKey || event.metaKey) || isTyping || !["z", "y", "ز", "غ"].includes(key)) return;
    event.preventDefault();
    const isRedo = key === "y" || key === "غ" || event.shiftKey;
    editor.querySelector(`form[data-history=${isRedo ? "redo" : "undo"}]`)?.requestSubmit();
  });

  // ---- what the keys and the pointer do on the sheet

  const orderOf = (selector) => [...sheetPart.querySelectorAll(selector)].map((each) => each.id.split("-").slice(1).join("-"));
  const idOf = (at) => at.slice(at.indexOf("/") + 1);
  const nameOf = (at) => stopOf(at)?.textContent.trim() ?? "";

  // What comes after the one that follows: where a part stands once it is moved behind its neighbour.
  const shifted = (ids, own, step) => {
    const to = ids.indexOf(own) + step;
    if (to < 0 || to >= ids.length) return null;
    return step < 0 ? ids[to] : ids[to + 1] ?? "";
  };

  const moves = {
    stage(own, direction) {
      const before = shifted(orderOf("th[id^=stage-]"), own, { before: -1, after: 1 }[direction]);
      return before === null || before === undefined ? null : { edit: "stage.move", of: own, before };
    },
    lane(own, direction) {
      const before = shifted(orderOf("tr[id^=lane-]"), own, { up: -1, down: 1 }[direction]);
      return before === null || before === undefined ? null : { edit: "lane.move", of: own, before };
    },
    step(own, direction) {
      if (direction === "up" || direction === "down") return null;
      const head = document.getElementById(`step-${own}`);
      const stages = orderOf("th[id^=stage-]");
      const stage = head.dataset.stage;
      const ids = [...sheetPart.querySelectorAll("th[id^=step-]")].filter((each) => each.dataset.stage === stage).map((each) => each.id.slice(5));
      const before = shifted(ids, own, direction === "before" ? -1 : 1);
      if (before !== null) return { edit: "step.move", of: own, stage_id: stage, before };
      const into = stages[stages.indexOf(stage) + (direction === "before" ? -1 : 1)];
      if (!into) return null;
      const first = sheetPart.querySelector(`th[id^=step-][data-stage="${CSS.escape(into)}"]`);
      return { edit: "step.move", of: own, stage_id: into, before: direction === "after" && first ? first.id.slice(5) : "" };
    },
    card(own, direction) {
      const cell = document.getElementById(`card-${own}`).closest("td");
      const [step, lane] = cell.dataset.cell.split("/");
      if (direction === "up" || direction === "down") {
        const ids = [...cell.querySelectorAll(".map-card")].map((each) => each.id.slice(5));
        const before = shifted(ids, own, direction === "up" ? -1 : 1);
        return before === null ? null : { edit: "card.move", of: own, step_id: step, lane_id: lane, before };
      }
      const row = [...cell.parentElement.querySelectorAll("td[data-cell]")];
      const to = row[row.indexOf(cell) + (direction === "before" ? -1 : 1)];
      return to ? { edit: "card.move", of: own, step_id: to.dataset.cell.split("/")[0], lane_id: lane } : null;
    },
  };

  async function moved(at, edit) {
    if (!edit) return say(words.edge);
    await does([edit]);
    const stop = stopOf(at);
    stop?.focus();
    const where = stop?.closest("td[data-cell]");
    const step = where ? document.getElementById(`step-${where.dataset.cell.split("/")[0]}`)?.querySelector("a").textContent.trim() : "";
    return say(filled(step ? words.moved_to : words.moved, { name: nameOf(at), place: step }));
  }

  const filled = (sentence, facts) => sentence.replace(/%\((\w+)\)s/g, (_, name) => `\u2068${facts[name]}\u2069`);

  function add(stop) {
    const cell = stop.dataset.addCard ?? stop.closest("td[data-cell]")?.dataset.cell;
    if (cell) {
      const [step, lane] = cell.split("/");
      opener = stop;
      return does([{ edit: "card.add", card: { card_id: newId(), step_id: step, lane_id: lane } }], "card");
    }
    const head = stop.closest("[data-stage]");
    if (!head) return undefined;
    const after = head.id.startsWith("step-") ? shifted(orderOf("th[id^=step-]").filter((each) => document.getElementById(`step-${each}`).dataset.stage === head.dataset.stage), head.id.slice(5), 1) : null;
    const edit = { edit: "step.add", stage_id: head.dataset.stage, step: { step_id: newId() }, before: after ?? "" };
    return does([edit], "step");
  }

  const grid = new Grid(sheetPart, {
    move: (at, direction) => moved(at, moves[at.split("/")[0]]?.(idOf(at), direction) ?? null),
    async remove(at, neighbour) {
      const name = nameOf(at);
      const near = neighbour?.dataset.panel;
      await does([{ edit: `${at.split("/")[0]}.remove`, of: idOf(at) }], place === at ? "none" : "");
      ((near && stopOf(near)) ?? (neighbour?.isConnected ? neighbour : null) ?? sheetPart.querySelector("[tabindex='0']"))?.focus();
      say(filled(words.removed, { name }));
    },
    add,
    place(at, target) {
      const [kind, own] = [at.split("/")[0], idOf(at)];
      if (target.before === own) return undefined;
      if (kind === "card") {
        const [step, lane] = target.cell.split("/");
        return moved(at, { edit: "card.move", of: own, step_id: step, lane_id: lane, before: target.before });
      }
      if (kind === "step") return moved(at, { edit: "step.move", of: own, stage_id: target.stage, before: target.before });
      return moved(at, { edit: `${kind}.move`, of: own, before: target.before });
    },
  });

  // ---- one stage at a time where there is room for no more

  function showStage() {
    const choice = editor.querySelector("[data-stage-choice]");
    const chosen = isPhone.matches && choice ? choice.value : "";
    for (const each of sheetPart.querySelectorAll("[data-stage]")) each.hidden = chosen !== "" && each.dataset.stage !== chosen;
    const columns = [...sheetPart.querySelectorAll("col[data-stage]")].filter((each) => !each.hidden).length;
    const arcs = sheetPart.querySelector(".map-moves td");
    if (arcs) {
      arcs.colSpan = columns || 1;
      arcs.classList.toggle("is-part", chosen !== "");
    }
  }
  editor.addEventListener("change", (event) => {
    if (!event.target.matches("[data-stage-choice]")) return;
    showStage();
    grid.settle();
  });
  isPhone.addEventListener("change", showStage);

  settle();
  openPart()?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (place) panel.querySelector("#panel-title")?.focus({ preventScroll: true });
  queue.send();
  setInterval(() => {
    if (!document.hidden && !queue.sending) queue.send();
  }, NEWS_MS);
  document.addEventListener("visibilitychange", () => !document.hidden && queue.send());
}
