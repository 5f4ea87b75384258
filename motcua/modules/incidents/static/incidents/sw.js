/* The service worker: the form opens without a connection, and what waits is sent when the connection is back, also when
   the page was closed. Only our own pages and files; nothing that was read is kept, but the form itself. */
(() => {
  "use strict";
  const { version, files, form, offline } = self.mcShell;
  const CACHE = `mc-${version}`, HASHED = /\.[0-9a-f]{12}\.\w+$/;
  const KEPT = { ignoreVary: true }; /* a page varies by cookie and language; what is kept is this device's own */

  self.addEventListener("install", (event) => {
    event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...files, form, offline])).then(() => self.skipWaiting()));
  });

  self.addEventListener("activate", (event) => {
    event.waitUntil((async () => {
      for (const name of await caches.keys()) if (name.startsWith("mc-") && name !== CACHE) await caches.delete(name);
      await self.clients.claim();
    })());
  });

  /* Address of the form apart from its step and what a link put behind it. */
  const isForm = (url) => url.pathname === form;

  async function visit(request, url) {
    try {
      const answer = await fetch(request);
      if (isForm(url) && answer.ok && !answer.redirected) {
        const cache = await caches.open(CACHE);
        await cache.put(form, answer.clone());
      }
      return answer;
    } catch {
      return (await caches.match(isForm(url) ? form : offline, KEPT)) || Response.error();
    }
  }

  async function file(request) {
    const kept = await caches.match(request, KEPT);
    if (kept && HASHED.test(request.url)) return kept;
    try { return await fetch(request); } catch { return kept || Response.error(); }
  }

  self.addEventListener("fetch", (event) => {
    const { request } = event, url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== self.location.origin) return;
    if (request.mode === "navigate") {
      event.respondWith(visit(request, url));
      event.waitUntil(self.mcOutbox.flush().catch(() => {}));
    } else if (files.includes(url.pathname)) event.respondWith(file(request));
  });

  self.addEventListener("sync", (event) => {
    /* Failing tells the browser to try again later. */
    if (event.tag === "mc-outbox") event.waitUntil(self.mcOutbox.flush().then((results) => { if (results.some((one) => one.state === "waiting")) throw new Error("still waiting"); }));
  });
})();
