// A form is a list of edits with blanks. A hidden field `edit` holds each edit as JSON; a control named `0:text.fa` fills
// the place `text.fa` of edit 0. A type behind the name says what a value is: `0:emotion|number`. The server reads forms
// that come without JavaScript in the same way.

const TYPES = {
  text: (values) => values.at(-1) ?? "",
  number: (values) => (values.at(-1) ? Number(values.at(-1)) : null),
  share: (values) => (values.at(-1) ? Number(values.at(-1)) / 100 : null),
  flag: (values) => values.includes("on"),
  list: (values) => values.filter((each) => each !== ""),
  lines: (values) => values.join("\n").split("\n").map((each) => each.trim()).filter(Boolean),
};

function place(edit, path, value) {
  const names = path.split(".");
  const last = names.pop();
  let at = edit;
  names.forEach((name, number) => {
    at = at[name] ??= /^\d+$/.test(names[number + 1] ?? last) ? [] : {};
  });
  at[last] = value;
}

const partsOf = (name) => {
  const found = /^(\d+):([^|]+)(?:\|(\w+))?$/.exec(name);
  return found && { number: Number(found[1]), path: found[2], type: found[3] ?? "text" };
};

// What tells nothing about a line of a list: only which one it is.
const IDLE = new Set(["promise_id", "kind"]);
const tells = (value) =>
  typeof value === "object" && value !== null ? Object.values(value).some(tells) : value !== "" && value !== null;

// A text of no words is no text, and a line of a list that says nothing is no line.
function tidied(edit) {
  if (!Array.isArray(edit.value)) return edit;
  const lines = edit.value.filter(
    (line) => typeof line !== "object" || Object.entries(line).some(([name, value]) => !IDLE.has(name) && tells(value)),
  );
  for (const line of lines) {
    if (line.words) line.words = Object.fromEntries(Object.entries(line.words).filter(([, text]) => text));
  }
  return { ...edit, value: lines };
}

// An id that the map has not had.
export const newId = () => [...crypto.getRandomValues(new Uint8Array(6))].map((each) => each.toString(36)).join("");

// Return an edit in which every `$new` has become an id of its own.
export const named = (edit) => JSON.parse(JSON.stringify(edit).replaceAll('"$new"', () => `"${newId()}"`));

// The number of the edit that a control belongs to; null for one of none.
export const numberOf = (control) => partsOf(control.name ?? "")?.number ?? null;

// Return the edits of a form: all, or only the one of this number.
export function editsOf(form, number = null) {
  const edits = [...form.querySelectorAll('input[type=hidden][name="edit"]')].map((each) => JSON.parse(each.value));
  const data = new FormData(form);
  for (const name of new Set([...form.elements].map((each) => each.name).filter(Boolean))) {
    const parts = partsOf(name);
    if (parts && edits[parts.number]) place(edits[parts.number], parts.path, TYPES[parts.type](data.getAll(name)));
  }
  return (number === null ? edits : [edits[number]]).map((edit) => named(tidied(edit)));
}
