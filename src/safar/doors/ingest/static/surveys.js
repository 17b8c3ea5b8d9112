/* surveys.js: surveys on pages of a site, shown when and to whom their links say. Loaded by safar.js where its script
 * has data-surveys; by itself it does nothing, and where the visitor does not want to be followed it is not loaded.
 *
 * A survey stands in a frame from your own Safar: over the page in a corner, or where the page has
 * <div data-safar-survey="…">. A pop-over takes no focus when it appears; it is announced, stands last on the page,
 * and is closed by its button or by Escape. Each visitor sees at most one pop-over a visit.
 */
const STYLE = `
  :host { all: initial; }
  section { position: fixed; inset-block-end: 1rem; z-index: 2147483000; box-sizing: border-box;
    inline-size: min(25rem, calc(100vw - 2rem)); max-block-size: calc(100dvh - 2rem); overflow: hidden;
    display: flex; flex-direction: column; background: Canvas; color: CanvasText; color-scheme: light;
    border: 1px solid #8a8f98; border-radius: 12px; box-shadow: 0 8px 32px #0004; font: 16px/1.4 system-ui, sans-serif; }
  section.end { inset-inline-end: 1rem; } section.start { inset-inline-start: 1rem; }
  header { display: flex; align-items: center; gap: 0.5rem; padding: 0.25rem 0.25rem 0.25rem 0.75rem; padding-inline: 0.75rem 0.25rem; }
  header span { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  button { font: inherit; font-size: 1.25rem; line-height: 1; inline-size: 2.75rem; block-size: 2.75rem; border: 0;
    border-radius: 8px; background: transparent; color: inherit; cursor: pointer; }
  button:hover { background: #8883; } button:focus-visible { outline: 3px solid Highlight; outline-offset: -3px; }
  iframe { display: block; border: 0; inline-size: 100%; block-size: 22rem; min-block-size: 6rem; flex: 0 1 auto; }
  p { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); margin: 0; }
  @media (max-width: 30rem) { section { inset-inline: 0; inset-block-end: 0; inline-size: 100vw; border-radius: 12px 12px 0 0; max-block-size: 85dvh; }
    section.end, section.start { inset-inline: 0; } }
`;

// The same number from 0 to 1 for the same text (FNV-1a), so that a visitor is drawn once.
const lot = (text) => {
  let hash = 2166136261;
  for (const sign of text) hash = Math.imul(hash ^ sign.codePointAt(0), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 2246822507);
  return ((hash ^ (hash >>> 13)) >>> 0) / 4294967296;
};

const fits = (pattern, path) =>
  new RegExp("^" + pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*") + "$").test(path);

// base: where Safar's addresses begin; visitor, tab: what is kept; refused: whether nothing may be.
export const begin = async ({ base, key, visitor, tab, id, refused, hear, track }) => {
  const address = new URL("s/widgets.json", base);
  address.search = new URLSearchParams({ key, visitor: id() });
  let widgets;
  try {
    widgets = (await (await fetch(address, { credentials: "omit" })).json()).widgets;
  } catch {
    return () => {};
  }
  const days = (since) => (Date.now() - since) / 86400000;
  const shown = () => visitor.get("surveys") || {};
  const mayAppear = ({ token, again, share, pages }) => {
    const at = shown()[token];
    if (at && !(again && days(at) >= again)) return false;
    if (pages.length && !pages.some((pattern) => fits(pattern, location.pathname))) return false;
    return lot(token + id()) < share;
  };
  const remember = ({ token }) => visitor.set("surveys", { ...shown(), [token]: Date.now() });

  const languageOf = ({ language, words }) => {
    const wanted = [document.documentElement.lang, language, ...navigator.languages];
    const plain = (code) => (code || "").toLowerCase().split("-")[0];
    for (const code of wanted) {
      const own = Object.keys(words).find((each) => plain(each) === plain(code));
      if (own) return own;
    }
    return Object.keys(words)[0];
  };

  const frame = (widget, language, fields) => {
    const made = document.createElement("iframe");
    const source = new URL("s/" + widget.token, base);
    source.searchParams.set("embed", "1");
    source.searchParams.set("lang", language);
    source.searchParams.set("visitor", id());
    for (const name of widget.hidden) {
      if (fields?.[name] != null) source.searchParams.set(name, String(fields[name]).slice(0, 400));
    }
    made.title = widget.words[language].name;
    made.src = source;
    return made;
  };

  // What the page in the frame tells: how high it is, that it is over, that Escape was pressed in it.
  const listen = (made, told) =>
    addEventListener("message", ({ origin, source, data }) => {
      if (origin === base.origin && source === made.contentWindow && data?.safar === 1) told(data);
    });

  const tell = (event, widget) => track(event, { survey: widget.survey, link: widget.token, channel: "widget" });

  let open; // closes the pop-over that is open
  const popOver = (widget, fields, isAsked) => {
    if (open || (!isAsked && tab.get("survey"))) return;
    const language = languageOf(widget);
    const { name, close: closeWord, appeared, direction } = widget.words[language];
    const host = document.createElement("div");
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const panel = document.createElement("section");
    panel.className = widget.corner;
    panel.lang = language;
    panel.dir = direction;
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", name);
    const head = document.createElement("header");
    const title = document.createElement("span");
    title.textContent = name;
    title.dir = "auto";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.setAttribute("aria-label", closeWord);
    const made = frame(widget, language, fields);
    const status = document.createElement("p");
    status.setAttribute("role", "status");
    head.append(title, button);
    panel.append(head, made, status);
    root.append(panel);
    const before = document.activeElement;
    const close = () => {
      const hadFocus = document.activeElement === host;
      host.style.display = "none";
      setTimeout(() => host.remove(), 250); // a key pressed in the frame is still on its way out of it
      removeEventListener("keydown", escape, true);
      open = undefined;
      if (hadFocus && before?.isConnected) before.focus();
    };
    const escape = (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) close();
    };
    button.addEventListener("click", close);
    addEventListener("keydown", escape, true);
    listen(made, ({ kind, height }) => {
      if (kind === "height") made.style.blockSize = Math.min(Math.max(height, 96), 2000) + "px";
      if (kind === "close") close();
    });
    document.body.append(host);
    if (isAsked) button.focus(); // the visitor asked for it
    else setTimeout(() => (status.textContent = appeared), 200); // a live region says what changes in it
    open = close;
    tab.set("survey", true);
    remember(widget);
    tell("survey_shown", widget);
  };

  const inline = (widget, fields) => {
    for (const place of document.querySelectorAll("[data-safar-survey]")) {
      if (place.dataset.safarSurvey !== widget.token || place.querySelector("iframe")) continue;
      const made = frame(widget, languageOf(widget), fields);
      made.style.cssText = "display:block;border:0;inline-size:100%;block-size:22rem";
      listen(made, ({ kind, height }) => {
        if (kind === "height") made.style.blockSize = Math.min(height, 4000) + "px";
      });
      place.append(made);
      remember(widget);
      tell("survey_shown", widget);
    }
  };

  const show = (widget, fields, isAsked) => {
    if (refused() || (!isAsked && !mayAppear(widget))) return;
    (widget.look === "inline" ? inline : popOver)(widget, fields, isAsked);
  };

  const later = (widget, fields) => setTimeout(show, widget.delay * 1000, widget, fields);
  const of = (trigger) => widgets.filter((widget) => widget.trigger === trigger);
  let path; // pages of one-page sites come and go under one script
  const opened = () => {
    if (path === location.pathname) return;
    path = location.pathname;
    for (const widget of of("page").filter(mayAppear)) later(widget);
  };
  hear((type, name, properties) => {
    if (type === "page") opened();
    if (type === "track") for (const widget of of("event")) if (widget.event === name) later(widget, properties);
  });
  document.documentElement.addEventListener("mouseleave", (event) => {
    if (event.clientY <= 0) for (const widget of of("exit")) later(widget);
  });
  opened();
  return (token, fields) => {
    const widget = widgets.find((each) => each.token === token);
    if (widget) show(widget, fields, true);
  };
};
