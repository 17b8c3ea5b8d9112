// Brings a part of the page to how the server draws it now, touching only what differs: what is in focus stays there, and
// what was typed and is not saved yet stays as it is.

const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.id || node.dataset.key || "" : "");

const isAlike = (one, other) =>
  one.nodeType === other.nodeType && one.nodeName === other.nodeName && keyOf(one) === keyOf(other);

// What is being typed is the reader's until it is saved.
const isTyped = (field) => field.dataset.dirty !== undefined;

function morphAttributes(from, to) {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !["open", "data-dirty", "tabindex"].includes(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (name === "tabindex" && from.hasAttribute("tabindex")) continue; // where the keyboard stands
    if (name === "open") continue; // the reader's to fold
    if (name === "value" && isTyped(from)) continue;
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
}

function morphField(from, to) {
  if (isTyped(from)) return;
  if (from.type === "checkbox" || from.type === "radio") from.checked = to.checked;
  else if (from.type !== "file" && from.value !== to.value) from.value = to.value;
}

export function morph(from, to) {
  if (from.isEqualNode(to) && !from.matches?.("input, select, textarea")) return;
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  morphAttributes(from, to);
  if (from.matches("textarea")) {
    morphField(from, to);
    return;
  }
  morphChildren(from, to);
  if (from.matches("input, select")) morphField(from, to);
}

function morphChildren(from, to) {
  const byKey = new Map();
  for (const child of from.childNodes) if (keyOf(child)) byKey.set(keyOf(child), child);
  let next = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const known = byKey.get(keyOf(wanted));
    if (known && isAlike(known, wanted)) {
      if (known === next) next = next.nextSibling;
      else from.insertBefore(known, next);
      morph(known, wanted);
    } else if (next && !keyOf(next) && isAlike(next, wanted)) {
      const here = next;
      next = next.nextSibling;
      morph(here, wanted);
    } else {
      from.insertBefore(document.importNode(wanted, true), next);
    }
  }
  while (next) {
    const gone = next;
    next = next.nextSibling;
    gone.remove();
  }
}
