/* Before a session ends: a warning with one button to stay. After it did: nothing typed is lost. What was typed into forms
   is kept for this window (sessionStorage) while it is at risk, and put back into the form with the same address once the
   same person has signed in again. */
(() => {
  "use strict";
  const WARNED = 120_000, LONGEST = 3_600_000, PREFIX = "mc-typed:";
  const dialog = document.getElementById("session");
  const storage = (() => { try { return window.sessionStorage; } catch { return null; } })();
  const entries = () => Object.keys(storage || {}).filter((key) => key.startsWith(PREFIX));

  /* The page that says “sign in”: what was sent to it was not taken. */
  if (document.querySelector("[data-session-lost]")) {
    for (const key of entries()) storage.setItem(key, JSON.stringify({ ...JSON.parse(storage.getItem(key)), lost: true }));
  }
  if (!dialog) return;

  const of = dialog.dataset.of;
  const guarded = (form) => form.method === "post" && form !== dialog.querySelector("form") && form.dataset.draft === undefined;
  const address = (form) => PREFIX + new URL(form.getAttribute("action") || form.getAttribute("hx-post") || "", location.href).pathname;
  const kept = (field) => field.name && !["file", "password", "hidden", "submit", "button"].includes(field.type) && !("draftSkip" in field.dataset);
  const typed = new Set();
  let end = Date.now() + Number(dialog.dataset.left) * 1000, timer;

  function save(form, lost) {
    const values = {};
    for (const field of form.elements) {
      if (!kept(field) || (["checkbox", "radio"].includes(field.type) && !field.checked)) continue;
      (values[field.name] ||= []).push(field.value);
    }
    try { storage.setItem(address(form), JSON.stringify({ of, lost, values })); } catch { /* full, or not allowed: nothing to do */ }
  }

  function restore(root) {
    for (const form of root.querySelectorAll("form")) {
      const text = guarded(form) && storage?.getItem(address(form));
      if (!text) continue;
      const entry = JSON.parse(text);
      if (!entry.lost || entry.of !== of) continue;
      storage.removeItem(address(form));
      for (const field of form.elements) {
        if (!kept(field) || !(field.name in entry.values)) continue;
        if (["checkbox", "radio"].includes(field.type)) field.checked = entry.values[field.name].includes(field.value);
        else field.value = entry.values[field.name].shift() ?? field.value;
      }
      typed.add(form);
      form.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  /* A page of somebody signed in came back: what was sent before was taken, or is not theirs. */
  for (const key of entries()) {
    const entry = JSON.parse(storage.getItem(key));
    if (!entry.lost || entry.of !== of) storage.removeItem(key);
  }
  restore(document);
  document.addEventListener("htmx:load", (event) => restore(event.detail.elt.parentElement || document));
  document.addEventListener("input", (event) => { if (event.target.form && guarded(event.target.form)) typed.add(event.target.form); });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("action")?.endsWith("/dang-xuat/")) { entries().forEach((key) => storage.removeItem(key)); return; }
    if (!guarded(form) || !typed.has(form)) return;
    save(form, false);
    if (Date.now() < end) return;
    event.preventDefault();
    event.stopPropagation();
    ended();
  }, true);

  function keep() { for (const form of typed) if (form.isConnected) save(form, true); }

  document.addEventListener("htmx:beforeOnLoad", (event) => { if (event.detail.xhr.status === 401) keep(); }); /* and away to sign in */

  async function ask(options) {
    const answer = await fetch(dialog.dataset.url, { credentials: "same-origin", headers: { Accept: "application/json" }, ...options });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    end = Date.now() + found.left * 1000;
    return found;
  }

  function show(title, words, mayStay) {
    dialog.querySelector("[data-session-stay]").hidden = !mayStay;
    const again = dialog.querySelector("[data-session-login]");
    again.hidden = mayStay;
    again.href = `${dialog.dataset.login}?next=${encodeURIComponent(location.pathname + location.search)}`;
    if (title) dialog.querySelector("h2").textContent = title;
    dialog.querySelector("#session-words").textContent = words;
    if (!dialog.open) dialog.showModal();
    (mayStay ? dialog.querySelector("[data-session-stay]") : again).focus();
  }

  function ended() {
    clearTimeout(timer);
    keep();
    show(dialog.dataset.endedTitle, dialog.dataset.ended, false);
  }

  async function look() {
    let found;
    try { found = await ask(); } catch { wait(); return; } /* without a connection there is nothing to lose yet */
    if (!found.left) { ended(); return; }
    if (end - Date.now() > WARNED + 5_000) { wait(); return; } /* another window stayed */
    keep();
    const time = window.mcTime(end);
    if (found.may_stay && !dialog.open) show("", dialog.dataset.soon.replace("{time}", time), true);
    else if (!dialog.open) show("", dialog.dataset.soon.replace("{time}", time), false);
    timer = setTimeout(look, Math.max(end - Date.now() + 500, 1_000));
  }

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(look, Math.min(Math.max(end - Date.now() - WARNED, 1_000), LONGEST));
  }

  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const found = await ask({ method: "POST", body: new FormData(event.target) });
      if (!found.left) { ended(); return; }
      dialog.close();
      entries().forEach((key) => storage.removeItem(key));
      wait();
    } catch { ended(); }
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && end - Date.now() < WARNED) look(); }); /* after a sleep */
  wait();
})();
