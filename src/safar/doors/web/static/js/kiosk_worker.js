// Keeps the page of a kiosk, its style, its scripts and its pictures in the browser, so that it opens without a line.

const name = `kiosk ${self.registration.scope}`;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The page has loaded before this began: it says what it is made of.
self.addEventListener("message", (event) => {
  event.waitUntil(
    caches
      .open(name)
      .then((kept) => Promise.all(event.data.map((address) => kept.add(address).catch(() => {}))))
      .then(() => event.ports[0]?.postMessage("kept")),
  );
});

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  event.respondWith(fresh(event.request));
});

// What the network has, else what was kept; what never changes is not asked for again.
async function fresh(request) {
  const kept = await caches.open(name);
  const known = await kept.match(request, { ignoreSearch: request.mode === "navigate", ignoreVary: true });
  if (known && new URL(request.url).pathname.startsWith("/static/")) return known;
  try {
    const found = await fetch(request);
    if (found.ok) await kept.put(request, found.clone());
    return found;
  } catch (error) {
    if (known) return known;
    throw error;
  }
}
