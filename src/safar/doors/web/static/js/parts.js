// What htmx brings in: a bar while it is on its way, and a plain word where it did not arrive.

const targetOf = (event) => {
  const target = event.detail?.ctx?.target;
  return target instanceof Element ? target : event.target instanceof Element ? event.target : null;
};

// Parts that ask for themselves again and again do so quietly.
const isPolling = (event) => event.target.getAttribute?.("hx-trigger")?.includes("every") ?? false;

export function watchParts() {
  let underway = 0;
  const count = (change) => {
    underway = Math.max(0, underway + change);
    document.documentElement.classList.toggle("is-busy", underway > 0);
  };
  const counted = new WeakSet();

  document.addEventListener("htmx:before:request", (event) => {
    if (isPolling(event)) return;
    if (event.detail?.ctx) counted.add(event.detail.ctx);
    targetOf(event)?.setAttribute("aria-busy", "true");
    count(1);
  });
  document.addEventListener("htmx:finally:request", (event) => {
    targetOf(event)?.removeAttribute("aria-busy");
    if (event.detail?.ctx && counted.delete(event.detail.ctx)) count(-1);
  });

  // No answer at all. (An answer that says what is wrong is shown in place of the part.)
  document.addEventListener("htmx:error", (event) => {
    const target = targetOf(event);
    if (!event.detail?.ctx || event.detail.ctx.response || !target?.isConnected) return;
    target.querySelector(":scope > [data-broken]")?.remove();
    const notice = document.getElementById("part-broken").content.cloneNode(true);
    notice.querySelector("a").href = location.href;
    target.prepend(notice);
  });
}
