// The areas of a picture are drawn on it, with a pointer or with the arrow keys. The fields of percents beside it say the
// same, are what is sent, and work without this.
const SIDES = ["x", "y", "width", "height"];
const STEP = 1; // percent
const LEAST = 2;
const CORNER = 16; // pixels in which a pointer takes hold of the size
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

const wired = new WeakSet();
// What was drawn where no area was, until the server has made the area.
let waiting = null;

const boxes = (board) => [...board.querySelectorAll("[data-area]")];
const fieldOf = (box, side) => document.getElementsByName(`areas.${box.dataset.area}.${side}`)[0];
const within = (value, low, high) => Math.min(Math.max(value, low), high);
const shaped = (value) => String(Math.round(value * 10) / 10);

// Digits of any keyboard.
const numberOf = (text) =>
  Number.parseFloat(text.replace(/[۰-۹٠-٩]/g, (digit) => digit.charCodeAt(0) & 15).replace("٫", ".")) || 0;

const rectOf = (box) => Object.fromEntries(SIDES.map((side) => [side, numberOf(fieldOf(box, side).value)]));

const kept = ({ x, y, width, height }) => {
  const size = { width: within(width, LEAST, 100), height: within(height, LEAST, 100) };
  return { ...size, x: within(x, 0, 100 - size.width), y: within(y, 0, 100 - size.height) };
};

function place(element, { x, y, width, height }) {
  Object.assign(element.style, { left: `${x}%`, top: `${y}%`, width: `${width}%`, height: `${height}%` });
}

function write(box, rect) {
  const now = kept(rect);
  for (const side of SIDES) {
    const field = fieldOf(box, side);
    field.value = shaped(now[side]);
    field.dataset.dirty = "";
  }
  place(box, now);
}

// The builder saves what is typed: it is told once, when the hand rests.
const tell = (box) => fieldOf(box, "x").dispatchEvent(new Event("input", { bubbles: true }));

function pointOf(board, event) {
  const frame = board.getBoundingClientRect();
  return {
    x: within((100 * (event.clientX - frame.left)) / frame.width, 0, 100),
    y: within((100 * (event.clientY - frame.top)) / frame.height, 0, 100),
  };
}

function follow(element, moved, ended) {
  element.addEventListener("pointermove", moved);
  const end = (event) => {
    element.removeEventListener("pointermove", moved);
    for (const name of ["pointerup", "pointercancel"]) element.removeEventListener(name, end);
    ended(event);
  };
  for (const name of ["pointerup", "pointercancel"]) element.addEventListener(name, end);
}

function drag(board, box, event) {
  const frame = box.getBoundingClientRect();
  const sizes = frame.right - event.clientX < CORNER && frame.bottom - event.clientY < CORNER;
  const from = pointOf(board, event);
  const began = rectOf(box);
  let isMoved = false;
  box.setPointerCapture(event.pointerId);
  follow(
    box,
    (each) => {
      const to = pointOf(board, each);
      const [right, down] = [to.x - from.x, to.y - from.y];
      isMoved = true;
      if (sizes) {
        const { x, y } = began;
        const width = within(began.width + right, LEAST, 100 - x);
        write(box, { x, y, width, height: within(began.height + down, LEAST, 100 - y) });
      } else write(box, { ...began, x: began.x + right, y: began.y + down });
    },
    () => isMoved && tell(box),
  );
}

function draw(board, event) {
  const from = pointOf(board, event);
  const draft = document.createElement("span");
  draft.className = "area-box is-draft";
  let rect = null;
  board.append(draft);
  board.setPointerCapture(event.pointerId);
  follow(
    board,
    (each) => {
      const to = pointOf(board, each);
      rect = {
        x: Math.min(from.x, to.x),
        y: Math.min(from.y, to.y),
        width: Math.abs(to.x - from.x),
        height: Math.abs(to.y - from.y),
      };
      place(draft, rect);
    },
    (last) => {
      draft.remove();
      if (last.type !== "pointerup" || !rect || rect.width < LEAST || rect.height < LEAST) return;
      waiting = { rect, known: new Set(boxes(board).map((box) => box.dataset.area)) };
      board.closest("fieldset").querySelector("[data-more]").click();
    },
  );
}

function wire(board) {
  board.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const box = event.target.closest("[data-area]");
    if (box) drag(board, box, event);
    else {
      event.preventDefault();
      draw(board, event);
    }
  });
  board.addEventListener("keydown", (event) => {
    const box = event.target.closest("[data-area]");
    const by = ARROWS[event.key];
    if (!box || !by) return;
    event.preventDefault();
    const rect = rectOf(box);
    const [right, down] = by;
    if (event.shiftKey) {
      const width = within(rect.width + right, LEAST, 100 - rect.x);
      write(box, { ...rect, width, height: within(rect.height + down, LEAST, 100 - rect.y) });
    } else write(box, { ...rect, x: rect.x + right, y: rect.y + down });
    tell(box);
  });
}

document.addEventListener("input", (event) => {
  const area = event.target.name?.match(/^areas\.(\w+)\.(?:x|y|width|height)$/)?.[1];
  const box = area && document.querySelector(`[data-board] [data-area="${area}"]`);
  if (box) place(box, kept(rectOf(box)));
});

// Brings the picture to what its fields say, each time the server has drawn it.
export function settleAreas() {
  for (const board of document.querySelectorAll("[data-board]")) {
    board.parentElement.hidden = false;
    if (!wired.has(board)) wire(board);
    wired.add(board);
    for (const box of boxes(board)) {
      if (waiting && !waiting.known.has(box.dataset.area)) {
        write(box, waiting.rect);
        tell(box);
        waiting = null;
      } else place(box, kept(rectOf(box)));
    }
  }
}
