// Edits on their way to the server, in order: one batch at a time, told again until the server has it. They are kept in
// memory alone: nothing of a map stays in a browser. What the page shows is one word: saved, saving, not saved.

const AGAIN_MS = [1000, 2000, 5000, 10000];

// What an edit sets, without what it is set to; null for one that a later one cannot stand in for.
export function placeOf(edit) {
  if (!("value" in edit) && !("text" in edit)) return null;
  const { value, text, ...rest } = edit;
  return JSON.stringify(rest);
}

export class EditQueue {
  // `address` is where edits are posted; `hears` is told of every answer, of every refusal and of every change of state.
  constructor({ address, token, revision, hears }) {
    Object.assign(this, { address, token, revision, hears });
    this.waiting = [];
    this.underway = [];
    this.bases = new Map(); // by place: the revision in which its text was seen last
    this.failures = 0;
    this.at = "";
    this.state = "saved";
  }

  get isEmpty() {
    return !this.waiting.length && !this.underway.length;
  }

  has(place) {
    return [...this.waiting, ...this.underway].some((each) => placeOf(each.edit) === place);
  }

  // Whoever begins to write has seen what stands there at this revision.
  sees(place, revision) {
    if (!this.has(place)) this.bases.set(place, revision);
  }

  // Something is being written that has not come here yet; or it will not come.
  awaits() {
    this.isAwaiting = true;
    if (this.state === "saved") this.#show("saving");
  }

  rests() {
    this.isAwaiting = false;
    if (this.isEmpty && this.state === "saving") this.#show("saved");
  }

  // Add edits; a later text for the same place stands in for an earlier one that has not left yet.
  add(edits) {
    for (const edit of edits) {
      const place = placeOf(edit);
      const earlier = place === null ? undefined : this.waiting.find((each) => placeOf(each.edit) === place);
      if (earlier) earlier.edit = edit;
      else this.waiting.push({ edit, base: this.bases.get(place) ?? this.revision });
    }
    this.isAwaiting = false;
    this.#show("saving");
    return this.send();
  }

  // Send what waits; with nothing waiting it asks what is new and says where this member is.
  send() {
    this.sending ??= this.#sendAll().finally(() => (this.sending = null));
    return this.sending;
  }

  async #sendAll() {
    do {
      const base = this.waiting[0]?.base ?? this.revision;
      const other = this.waiting.findIndex((each) => each.base !== base);
      const most = this.alone ? 1 : other < 0 ? this.waiting.length : other;
      this.underway = this.waiting.splice(0, most);
      const sent = this.underway;
      const answer = await this.#post(sent.map((each) => each.edit), base);
      if (!answer) return this.#failed();
      this.underway = [];
      if (answer.refused && sent.length > 1) {
        this.waiting.unshift(...sent); // one of them is no good: find out which
        this.alone = true;
        continue;
      }
      if (answer.refused) {
        this.hears.refused(answer.refused, sent[0]?.edit);
      } else {
        this.#told(answer, sent);
        await this.hears.answered(answer, sent);
      }
      if (!this.waiting.length) this.alone = false;
      this.failures = 0;
    } while (this.waiting.length);
    this.#show(this.isAwaiting ? "saving" : "saved");
  }

  // From here on the texts that were saved are known as they are now.
  #told(answer, sent) {
    this.revision = answer.revision;
    const places = new Set(sent.map((each) => placeOf(each.edit)).filter(Boolean));
    for (const place of places) this.bases.set(place, answer.revision);
    for (const each of this.waiting) if (places.has(placeOf(each.edit))) each.base = answer.revision;
  }

  // Forget a text that was on its way: somebody else's stands there.
  drop(place) {
    this.waiting = this.waiting.filter((each) => placeOf(each.edit) !== place);
  }

  async #post(edits, base) {
    const body = JSON.stringify({ base, edits, at: this.at });
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.token };
    try {
      const answer = await fetch(this.address, { method: "POST", body, headers, mode: "same-origin" });
      if (answer.redirected || [401, 403, 404].includes(answer.status)) {
        this.isClosed = true;
        return null;
      }
      this.isClosed = false;
      if (answer.status === 400 || answer.status === 422) return { refused: (await answer.json()).sentence };
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  #failed() {
    this.waiting.unshift(...this.underway);
    this.underway = [];
    this.#show(this.isClosed ? "closed" : this.waiting.length ? "unsaved" : "lost");
    clearTimeout(this.again);
    this.again = setTimeout(() => this.send(), AGAIN_MS[Math.min(this.failures, AGAIN_MS.length - 1)]);
    this.failures += 1;
  }

  #show(state) {
    if (this.state === state) return;
    this.state = state;
    this.hears.state(state);
  }
}
