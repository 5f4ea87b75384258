/* What waits on this device: the draft of a report with its photos, and reports that could not be sent yet. Used by pages
   and by the service worker. A report carries one key for life, so that however often it is tried, it becomes one report. */
self.mcOutbox = (() => {
  "use strict";
  const DATABASE = "motcua", VERSION = 1, DRAFT_DAYS = 14, AGAIN = 30_000;
  const page = typeof document !== "undefined";
  const line = "BroadcastChannel" in self ? new BroadcastChannel("mc-outbox") : null;

  /* ── Storage: "drafts" by name, "outbox" and "sent" by key ── */

  let opened;
  function database() {
    opened ||= new Promise((resolve, reject) => {
      const request = indexedDB.open(DATABASE, VERSION);
      request.onupgradeneeded = () => { for (const name of ["drafts", "outbox", "sent"]) request.result.createObjectStore(name, { keyPath: "key" }); };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => { opened = undefined; reject(request.error); };
    });
    return opened;
  }

  async function run(store, mode, act) {
    const base = await database();
    return new Promise((resolve, reject) => {
      const transaction = base.transaction(store, mode), request = act(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error || request.error);
    });
  }

  const put = (store, value) => run(store, "readwrite", (home) => home.put(value));
  const get = (store, key) => run(store, "readonly", (home) => home.get(key));
  const all = (store) => run(store, "readonly", (home) => home.getAll());
  const remove = (store, key) => run(store, "readwrite", (home) => home.delete(key));
  const isOld = (draft) => Date.now() - draft.at > DRAFT_DAYS * 86_400_000;

  /* ── Sending ── */

  class Later extends Error {} /* no connection, or the server cannot now */
  class Refused extends Error { constructor(errors) { super("refused"); this.errors = errors; } }

  async function ask(url, options) {
    let answer;
    try { answer = await fetch(url, { credentials: "same-origin", ...options }); } catch { throw new Later("offline"); }
    if (answer.status >= 500 || answer.status === 429) throw new Later(`status ${answer.status}`);
    return answer;
  }

  const json = (answer) => answer.json().catch(() => { throw new Later("not our answer"); }); /* a proxy's page */

  /* The proof that a request comes from our own page. The one in a form kept for days may be stale. */
  async function proof(entry) {
    const answer = await ask(entry.page, { headers: { Accept: "text/html" }, cache: "no-store" });
    const found = /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(await answer.text());
    if (!answer.ok || !found) throw new Later("no form");
    entry.proof = found[1];
  }

  async function post(entry, url, body) {
    if (!entry.proof) await proof(entry);
    const send = () => ask(url, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": entry.proof } });
    let answer = await send();
    if (answer.status === 403) { await proof(entry); answer = await send(); }
    return answer;
  }

  async function stage(entry, photo) {
    const body = new FormData();
    body.append("tep", photo.blob, "anh.jpg");
    const answer = await post(entry, entry.stage, body);
    const told = await json(answer);
    if (!answer.ok) throw new Refused({ shots: [told.detail] });
    photo.token = told.token;
    await put("outbox", entry);
  }

  async function report(entry) {
    for (const photo of entry.photos) if (!photo.token) await stage(entry, photo);
    const body = new FormData();
    for (const [name, value] of entry.fields) body.append(name, value);
    for (const photo of entry.photos) body.append("file", photo.token);
    const answer = await post(entry, entry.page, body);
    if (answer.status !== 200 && answer.status !== 422) throw new Later(`status ${answer.status}`);
    return { ok: answer.ok, ...(await json(answer)) };
  }

  /* {state: "sent", code, url} | {state: "refused", errors} | {state: "waiting"} */
  async function send(entry) {
    try {
      let told = await report(entry);
      const gone = told.ok ? [] : entry.photos.filter((photo) => photo.blob && !told.files.includes(photo.token));
      if (gone.length) { /* sent ahead more than a day ago, and swept away */
        for (const photo of gone) photo.token = "";
        told = await report(entry);
      }
      return told.ok ? { state: "sent", code: told.code, url: told.url } : { state: "refused", errors: told.errors };
    } catch (error) {
      if (error instanceof Refused) return { state: "refused", errors: error.errors };
      if (error instanceof Later) return { state: "waiting" };
      throw error;
    }
  }

  async function deliver(entry) {
    const result = await send(entry);
    if (result.state === "sent") {
      await put("sent", { key: entry.key, code: result.code, url: result.url, at: Date.now() });
      await remove("outbox", entry.key);
    } else {
      entry.state = result.state;
      entry.errors = result.errors;
      await put("outbox", entry);
    }
    return result;
  }

  /* Pages and the service worker may try at the same time; the key makes it harmless, the lock makes it rare. */
  const alone = (act) => (self.navigator?.locks ? navigator.locks.request("mc-outbox", act) : act());

  const flush = () => alone(async () => {
    const results = [];
    for (const entry of await all("outbox")) {
      if (entry.state !== "waiting") continue;
      const result = await deliver(entry);
      results.push({ key: entry.key, ...result });
      if (result.state === "waiting") break;
    }
    if (results.some((one) => one.state !== "waiting")) { line?.postMessage(results); changed(results); }
    return results;
  });

  function changed(results) {
    if (page) document.dispatchEvent(new CustomEvent("outbox", { detail: results || [] }));
  }
  line?.addEventListener("message", (event) => changed(event.data));

  /* ── On a page ── */

  const FOLLOWED = "mc-follow", FOLLOWED_MOST = 20;
  function follow(code) {
    try {
      const codes = JSON.parse(localStorage.getItem(FOLLOWED)) || [];
      localStorage.setItem(FOLLOWED, JSON.stringify([...new Set([code, ...codes])].slice(0, FOLLOWED_MOST)));
    } catch { /* full or private: then it is not followed on this device */ }
  }

  /* <div id="outbox"> says what waits, and what was sent while nobody looked. */
  async function tell() {
    const bar = document.getElementById("outbox");
    if (!bar) return;
    const waiting = await all("outbox"), sent = await all("sent");
    const words = bar.querySelector("[data-words]"), link = bar.querySelector("a");
    for (const one of sent) follow(one.code);
    bar.hidden = !waiting.length && !sent.length;
    if (sent.length) {
      const last = sent.sort((a, b) => b.at - a.at)[0];
      words.textContent = words.dataset.sent.replace("{code}", last.code);
      link.href = last.url;
    } else if (waiting.length) words.textContent = words.dataset.one;
  }

  async function begin() {
    navigator.serviceWorker?.register("/sw.js").catch(() => {}); /* not over plain http: pages work without */
    const done = document.querySelector("[data-report-done]");
    if (done) {
      await remove("drafts", "report");
      for (const one of await all("sent")) if (one.code === done.dataset.reportDone) await remove("sent", one.key);
    }
    const tried = () => flush().catch(() => {}).finally(() => tell().catch(() => {}));
    addEventListener("online", tried);
    document.addEventListener("outbox", () => tell().catch(() => {}));
    setInterval(async () => { if (navigator.onLine && !document.hidden && (await all("outbox")).some((entry) => entry.state === "waiting")) tried(); }, AGAIN);
    await tell();
    tried();
  }

  if (page) begin().catch(() => {}); /* no storage: nothing can wait here */
  return { put, get, all, remove, proof, deliver, flush, follow, alone, isOld };
})();
