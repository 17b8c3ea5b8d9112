/* safar.js: what visitors of a page do, sent to your own Safar.
 *
 *   <script async src="https://safar.example/i/safar.js" data-key="sfr_…"></script>
 *
 * data-key      write key; its origins must list this page's
 * data-persist  keep the visitor's id and what waits for the network over visits (localStorage); without it both end
 *               with the tab; never a cookie
 * data-manual   send no page views by itself
 * data-surveys  show surveys whose links list this page's origin: surveys.js is loaded for it
 * data-recommendations
 *               show items where the page has <div data-safar-recommendations>, or asks for them:
 *               safar.recommend({count: 4}).then(({decision, items}) => …); recommendations.js is loaded for it
 *
 * A page that shows search results marks them: <ul data-safar-search="red shoes" data-safar-results="12">.
 * Do Not Track and Global Privacy Control are obeyed: nothing is stored, nothing is sent, also
 * when they are switched on later: then what waits and the ids are forgotten.
 */
(() => {
  "use strict";
  const script = document.currentScript;
  const settings = script.dataset;
  const endpoint = new URL("v1/batch", script.src).href;
  const refused = () =>
    navigator.doNotTrack === "1" || window.doNotTrack === "1" || navigator.globalPrivacyControl === true;

  const MOST_WAITING = 200; // events; the oldest go first
  const MOST_AT_ONCE = 50; // events in one request
  const MOST_BYTES = 60000; // what a browser lets a leaving page send
  const MOST_BYTES_OF_ONE = 32768; // what the door takes of one event's properties and context
  const GATHER = 1000; // milliseconds
  const LONGEST_PAUSE = 60000; // milliseconds
  const SESSION_ENDS_AFTER = 30 * 60000; // milliseconds without an event

  // Storage may be forbidden; then everything lives as long as the page.
  const memory = {};
  const store = (lasting) => {
    const place = () => (lasting ? localStorage : sessionStorage);
    return {
      get(name) {
        try {
          return JSON.parse(place().getItem("safar." + name));
        } catch {
          return memory[name];
        }
      },
      set(name, value) {
        memory[name] = value;
        try {
          if (value === null) place().removeItem("safar." + name);
          else place().setItem("safar." + name, JSON.stringify(value));
        } catch {
          // kept in memory
        }
      },
    };
  };
  const tab = store(false);
  const isLasting = "persist" in settings;
  const visitor = store(isLasting);

  const newId = () =>
    crypto.randomUUID
      ? crypto.randomUUID()
      : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
          (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16),
        );

  const anonymousId = () => {
    let id = visitor.get("anonymous");
    if (!id) visitor.set("anonymous", (id = newId()));
    return id;
  };

  const sessionId = () => {
    const now = Date.now();
    let session = tab.get("session");
    if (!session || now - session.at > SESSION_ENDS_AFTER) session = { id: newId() };
    tab.set("session", { id: session.id, at: now });
    return session.id;
  };

  // An address without its query and fragment: they carry e-mail addresses, tokens and searches.
  const plain = (address) => {
    try {
      const url = new URL(address);
      return url.origin + url.pathname;
    } catch {
      return undefined;
    }
  };

  const campaign = () => {
    const found = {};
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (name.startsWith("utm_")) found[name === "utm_campaign" ? "name" : name.slice(4)] = value;
    }
    return Object.keys(found).length ? found : undefined;
  };

  let referrer = plain(document.referrer);
  let waiting = tab.get("waiting") || [];
  // Each tab keeps its own queue; a new one takes over what others left. An event sent by two counts once.
  const queue = "waiting" + (isLasting ? "." + newId() : "");
  if (isLasting) {
    try {
      for (const key of Object.keys(localStorage).filter((key) => key.startsWith("safar.waiting."))) {
        waiting.push(...visitor.get(key.slice(6)));
        localStorage.removeItem(key);
      }
    } catch {
      // no storage, nothing was left
    }
  }
  let sending = 0; // of the first in `waiting`, how many are on their way
  let failures = 0;
  let timer;

  const keep = () => visitor.set(queue, isLasting && !waiting.length ? null : waiting);

  const bytes = (value) => new Blob([value]).size;

  // True where the visitor does not want to be followed; then nothing is left of what was.
  const forgotten = () => {
    if (!refused()) return false;
    waiting = [];
    for (const name of ["user", "anonymous", "surveys", queue]) visitor.set(name, null);
    tab.set("session", null);
    return true;
  };

  const heard = []; // who wants to know what is sent
  const send = (type, fields, properties) => {
    if (forgotten()) return;
    for (const each of heard) each(type, fields.event, properties);
    const event = {
      type,
      ...fields,
      messageId: newId(),
      anonymousId: anonymousId(),
      userId: fields.userId || visitor.get("user") || undefined,
      timestamp: new Date().toISOString(),
      channel: "browser",
      properties: properties && { session_id: sessionId(), ...properties },
      context: {
        page: { url: plain(location.href), path: location.pathname, title: document.title, referrer },
        campaign: campaign(),
        locale: navigator.language,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        device: { type: matchMedia("(pointer: coarse)").matches ? "mobile" : "desktop" },
        library: { name: "safar.js" },
      },
    };
    if (bytes(JSON.stringify({ ...event.properties, ...event.traits, context: event.context })) > MOST_BYTES_OF_ONE) {
      console.warn("safar.js: an event larger than 32 KiB was not sent:", fields.event || type);
      return;
    }
    waiting.push(event);
    if (waiting.length > MOST_WAITING) waiting.splice(sending, waiting.length - MOST_WAITING);
    keep();
    later(GATHER);
  };

  const later = (milliseconds) => {
    timer = timer || setTimeout(flush, milliseconds);
  };

  const written = (events) =>
    JSON.stringify({ writeKey: settings.key, sentAt: new Date().toISOString(), batch: events });

  // The first events from `start` on that fit into one request.
  const next = (start) => {
    let count = Math.min(waiting.length - start, MOST_AT_ONCE);
    let body = written(waiting.slice(start, start + count));
    while (count > 1 && bytes(body) > MOST_BYTES) {
      count >>= 1;
      body = written(waiting.slice(start, start + count));
    }
    return { count, body };
  };

  const flush = async () => {
    clearTimeout(timer);
    timer = undefined;
    if (forgotten() || sending || !waiting.length) return;
    const { count, body } = next(0);
    sending = count;
    let pause = 0;
    try {
      // As text the request is a simple one: the browser asks for no leave first, and the key travels in the body.
      const answer = await fetch(endpoint, { method: "POST", body, keepalive: bytes(body) <= MOST_BYTES, credentials: "omit" });
      if (answer.status === 408 || answer.status === 429 || answer.status >= 500) {
        pause = 1000 * answer.headers.get("retry-after") || -1;
      }
    } catch {
      pause = -1;
    }
    if (pause) {
      // The same messageIds go again: what arrived the first time is not counted twice.
      failures += 1;
      if (pause < 0) pause = Math.min(LONGEST_PAUSE, 1000 * 2 ** failures) * (0.5 + Math.random() / 2);
    } else {
      failures = 0;
      waiting.splice(0, sending);
    }
    sending = 0;
    keep();
    if (waiting.length) later(pause || GATHER);
  };

  const leave = () => {
    if (forgotten()) return;
    while (navigator.onLine && waiting.length > sending) {
      const { count, body } = next(sending);
      if (!navigator.sendBeacon(endpoint, body)) break;
      waiting.splice(sending, count);
    }
    keep();
  };

  let shown; // the address whose page view was sent last
  const view = (name, properties) => {
    const address = plain(location.href);
    send("page", { name: name || undefined }, { url: address, path: location.pathname, title: document.title, referrer, ...properties });
    shown = location.pathname + location.search;
    referrer = address;
    const found = document.querySelector("[data-safar-search]");
    if (found) safar.search(found.dataset.safarSearch, found.dataset.safarResults);
  };

  const safar = {
    track: (event, properties) => send("track", { event }, { ...properties }),
    page: (name, properties) => view(name, properties),
    identify(userId, traits) {
      if (forgotten()) return;
      if (userId) visitor.set("user", String(userId));
      send("identify", { traits: { ...traits } });
    },
    alias(userId, previousId) {
      if (forgotten()) return;
      send("alias", { userId: String(userId), previousId: previousId || visitor.get("user") || anonymousId() });
      visitor.set("user", String(userId));
    },
    search(query, results) {
      // Digits of Persian and Arabic pages count too.
      const digits = String(results ?? "").replace(/[٠-٩۰-۹]/g, (digit) => digit.charCodeAt(0) & 15);
      const count = /^\d+$/.test(digits) ? Number(digits) : undefined;
      safar.track("search_performed", { query: String(query), result_count: count });
    },
    // Opens a survey at once, such as from a button "Tell us": its link's token, and fields that it takes along.
    survey: async (token, fields) => (await surveys)?.(token, fields),
    // Items for this visitor: a promise of {decision, items}, without items where he does not want to be followed.
    recommend: async (asked) => (await recommendations)?.(asked) ?? { decision: "", items: [] },
    reset() {
      if (forgotten()) return;
      for (const name of ["user", "anonymous", "surveys"]) visitor.set(name, null);
      tab.set("session", null);
    },
    flush,
  };

  // Calls made before this script came: (window.safar = window.safar || []).push(["track", "cart_added", {…}])
  const early = Array.isArray(window.safar) ? window.safar : [];
  window.safar = safar;

  let surveys, recommendations;
  if (!forgotten()) {
    const told = {
      base: new URL("..", script.src),
      key: settings.key,
      visitor,
      tab,
      id: anonymousId,
      refused,
      hear: (listener) => heard.push(listener),
      track: safar.track,
    };
    const load = (name) => import(new URL(name, script.src)).then(({ begin }) => begin(told), console.warn);
    if ("surveys" in settings) surveys = load("surveys.js");
    if ("recommendations" in settings) recommendations = load("recommendations.js");
    if (!("manual" in settings)) {
      const moved = () => setTimeout(() => shown !== location.pathname + location.search && view());
      for (const name of ["pushState", "replaceState"]) {
        const original = history[name];
        history[name] = function (...rest) {
          original.apply(this, rest);
          moved();
        };
      }
      addEventListener("popstate", moved);
      view();
    }
    addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
    addEventListener("online", () => {
      failures = 0;
      flush();
    });
    if (waiting.length) later(GATHER);
  }
  for (const [name, ...rest] of early) safar[name]?.(...rest);
})();
