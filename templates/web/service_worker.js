// Shows the offline page where a page can't be had. It keeps that page and its styles, and no other page or answer ever:
// pages belong to the person who is logged in.
const OFFLINE = "{% url 'web:offline' %}";
const ASSETS = {{ assets }};
const STORE = "{{ store }}";

self.addEventListener("install", (event) => {
  // What is posted goes straight to the server: a page's last word, sent while it goes, would wait for a worker whose
  // page is gone (Chromium holds such a request back; measured: not sent within 25 seconds).
  if (event.addRoutes) event.addRoutes([{ condition: { requestMethod: "POST" }, source: "network" }]);
  event.waitUntil(caches.open(STORE).then((store) => store.addAll([OFFLINE, ...ASSETS])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name !== STORE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (request.method === "GET" && ASSETS.includes(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
