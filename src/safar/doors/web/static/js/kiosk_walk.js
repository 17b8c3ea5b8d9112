// A respondent's way through a survey, for the eyes of a kiosk; what counts is walked again by the server.

const number = (text) => {
  const plain = String(text)
    .replace(/[۰-۹]/g, (each) => each.charCodeAt(0) - 0x6f0)
    .replace(/[٠-٩]/g, (each) => each.charCodeAt(0) - 0x660)
    .trim();
  return plain === "" ? NaN : Number(plain);
};
const folded = (text) =>
  String(text).normalize("NFKC").toLowerCase().replace(/ي/g, "ی").replace(/ك/g, "ک").trim();
const done = { yes: 1, partly: 0.5, no: 0 };

export class Way {
  constructor(logic, language) {
    Object.assign(this, { logic, language, steps: [], controls: {}, ended: "" });
    this.variables = { ...logic.variables };
  }

  get here() {
    return this.steps.at(-1);
  }

  // What stands in the controls of a question, of the thing that a repeated page is asked for where it is on it.
  texts(name, item = "") {
    const [question, ...rest] = name.split(".");
    const keys = item && !question.includes("@") ? [`${question}@${item}`, question] : [question];
    for (const key of keys) {
      const found = this.controls[[key, ...rest].join(".")];
      if (found?.length) return found;
    }
    return [];
  }

  values(name, item) {
    const [kind, ...rest] = name.split(".");
    const key = rest.join(".");
    if (kind === "question") {
      const question = this.logic.pages.flatMap((page) => page.questions).find((each) => each.id === rest[0]);
      if (question?.kind === "goal") return this.texts(`${key}.done`, item).map((each) => done[each]);
      const texts = this.texts(key, item);
      return texts.map((each) => (question?.scale.includes(each) ? question.scale.indexOf(each) + 1 : each));
    }
    if (kind === "variable") return key in this.variables ? [this.variables[key]] : [];
    if (kind === "hidden") return key in this.logic.hidden ? [this.logic.hidden[key]] : [];
    return name === "respondent.language" ? [this.language] : [];
  }

  holds(condition, item = "") {
    if (!condition) return true;
    const parts = (condition.parts ?? []).map((each) => () => this.holds(each, item));
    if (condition.type === "all") return parts.every((each) => each());
    if (condition.type === "any") return parts.some((each) => each());
    if (condition.type === "none") return !parts.some((each) => each());
    return this.test(condition, item);
  }

  test({ of, compares, value }, item) {
    const found = this.values(of, item);
    const chosen = of.startsWith("question.") ? [...found, ...this.texts(of.slice(9), item)] : found;
    const given = found.length > 0;
    if (compares === "answered") return given;
    if (compares === "unanswered") return !given;
    if (compares === "has") return chosen.map(String).includes(String(value));
    if (compares === "lacks") return !chosen.map(String).includes(String(value));
    if (compares === "contains") return given && found.some((each) => folded(each).includes(folded(value)));
    const [left, right] = [number(found[0]), number(value)];
    const areNumbers = !Number.isNaN(left) && !Number.isNaN(right);
    const same = areNumbers ? left === right : given && found.some((each) => folded(each) === folded(value));
    if (compares === "=") return given && same;
    if (compares === "!=") return !given || !same;
    if (!given || !areNumbers) return false;
    return { "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right }[compares];
  }

  shown(page, item) {
    return page.questions.filter((each) => this.holds(each.when, item));
  }

  items(page) {
    return page.repeats ? this.texts(page.repeats) : [""];
  }

  begin() {
    return this.onwards(this.logic.pages.map((page) => [page, null]));
  }

  next() {
    const { page, item } = this.here;
    this.calculate(page.id, item);
    const jump = this.logic.jumps.find((each) => each.after === page.id && this.holds(each.when, item));
    if (jump) return this.lead(jump.to);
    const items = this.items(page);
    const rest = this.logic.pages.slice(this.logic.pages.indexOf(page) + 1);
    const places = rest.map((each) => [each, null]);
    return this.onwards([[page, items.slice(items.indexOf(item) + 1)], ...places]);
  }

  lead(to) {
    const at = this.logic.pages.findIndex((page) => page.id === to);
    if (at >= 0) return this.onwards(this.logic.pages.slice(at).map((page) => [page, null]));
    this.ended = this.logic.endings.some((each) => each.id === to) ? to : this.ending();
    return null;
  }

  onwards(places) {
    for (const [page, items] of places) {
      for (const item of items ?? this.items(page)) {
        if (!this.holds(page.when, item) || !this.shown(page, item).length) continue;
        const known = this.steps.findIndex((each) => each.page === page && each.item === item);
        if (known >= 0) this.steps.length = known;
        this.steps.push({ page, item });
        return this.here;
      }
    }
    this.ended = this.ending();
    return null;
  }

  back() {
    if (this.steps.length > 1) this.steps.pop();
    return this.here;
  }

  ending() {
    return this.logic.endings.find((each) => this.holds(each.when))?.id ?? this.logic.end;
  }

  calculate(page, item) {
    for (const each of this.logic.calculations) {
      if (each.after !== page || !this.holds(each.when, item)) continue;
      const named = typeof each.value === "string" && /^(question|variable|hidden)\./.test(each.value);
      const value = named ? (this.values(each.value, item)[0] ?? 0) : (each.value ?? 0);
      const [now, by] = [number(this.variables[each.variable]) || 0, number(value) || 0];
      const does = { add: now + by, subtract: now - by, multiply: now * by, divide: by ? now / by : now };
      this.variables[each.variable] = each.does in does ? does[each.does] : value;
    }
  }
}
