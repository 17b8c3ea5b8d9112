/* recommendations.js: items for the visitor of a page. Loaded by safar.js where its script has data-recommendations;
 * where the visitor does not want to be followed it is not loaded.
 *
 *   <div data-safar-recommendations data-count="4" data-heading="For you"></div>
 *
 * becomes a list of links with names, pictures and reasons, in the language and direction of the page. The site dresses
 * it: .safar-items, .safar-item, .safar-item-name, .safar-item-why. Where there is nothing to show nothing appears.
 * data-item="…" is the id of the page's own item: what goes with it comes first. Everybody is shown the same, unless
 * the site's server says whose page it is: data-customer="…" data-until="…" data-signature="…". Then the list is the
 * customer's own, with what he bought that speaks for each; data-again lets items come again that he has bought.
 *
 * Everything is written as text, links lead to http and https alone. What was shown, and what was followed, become
 * events with the decision's id: recommendations_shown, recommendation_clicked.
 */
const BECAUSE = {
  fa: (name) => ["چون «", name, "» را خریده‌اید"],
  ar: (name) => ["لأنك اشتريت «", name, "»"],
  en: (name) => ["Because you bought “", name, "”"],
};

const language = () => {
  for (const code of [document.documentElement.lang, ...navigator.languages]) {
    const plain = (code || "").toLowerCase().split("-")[0];
    if (plain in BECAUSE) return plain;
  }
  return "en";
};

// An address that a page may lead to, or nothing: never a script.
const address = (text) => {
  try {
    const url = new URL(text, location.href);
    return text && /^https?:$/.test(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
};

const made = (name, className, ...children) => {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
};

const isolated = (text) => {
  const element = made("bdi", "", text);
  element.dir = "auto";
  return element;
};

// base: where Safar's addresses begin; refused: whether nothing may be; track: sends an event.
export const begin = ({ base, key, refused, hear, track }) => {
  const ask = async ({ count, again, item, customer, until, signature } = {}) => {
    const nothing = { decision: "", items: [] };
    if (refused()) return nothing;
    const asked = new URL("i/recommendations", base);
    asked.search = new URLSearchParams({ key, count: count || 6, again: again ? 1 : 0 });
    const told = Object.entries({ item, customer, until, signature });
    for (const [name, value] of told) if (value) asked.searchParams.set(name, value);
    try {
      const answer = await fetch(asked, { credentials: "omit" });
      return answer.ok ? await answer.json() : nothing;
    } catch {
      return nothing;
    }
  };

  const item = (found, place, decision, spoken) => {
    const href = address(found.link);
    const whole = made(href ? "a" : "span", "safar-item-link");
    if (href) {
      whole.href = href;
      whole.addEventListener("click", () => track("recommendation_clicked", { decision, item: found.item, place }));
    }
    const source = address(found.picture);
    if (source) {
      const picture = made("img", "safar-item-picture");
      picture.alt = ""; // the name stands beside it
      picture.loading = "lazy";
      picture.src = source;
      whole.append(picture);
    }
    const name = made("span", "safar-item-name", found.name);
    name.dir = "auto";
    whole.append(name);
    const entry = made("li", "safar-item", whole);
    if (found.because) {
      const [before, , after] = BECAUSE[spoken]("");
      const why = made("span", "safar-item-why", before, isolated(found.because), after);
      why.lang = spoken;
      entry.append(why);
    }
    return entry;
  };

  const fill = async (place) => {
    const { again, heading, ...told } = place.dataset;
    place.dataset.safarRecommendations = "asked"; // asked once, however often the page tells
    const { decision, items } = await ask({ ...told, again: again !== undefined });
    if (!items.length || refused()) return;
    const spoken = language();
    const list = made("ul", "safar-items", ...items.map((each, at) => item(each, at + 1, decision, spoken)));
    if (heading) {
      const title = made("h2", "safar-items-heading", heading);
      title.dir = "auto";
      list.setAttribute("aria-label", heading);
      place.append(title);
    }
    place.append(list);
    track("recommendations_shown", { decision, items: items.map((each) => each.item) });
  };

  const fillAll = () => {
    for (const place of document.querySelectorAll("[data-safar-recommendations]")) {
      if (place.dataset.safarRecommendations !== "asked") fill(place);
    }
  };

  // pages of one-page sites come and go under one script
  hear((type) => type === "page" && setTimeout(fillAll));
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", fillAll);
  else fillAll();
  return ask;
};
