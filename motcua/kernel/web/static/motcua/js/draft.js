/* <form data-draft="key">: what is typed is kept on this device until the form is sent, also without a connection.
   Files, passwords and [data-draft-skip] fields are not kept. The form says so in its [data-draft-words] element. */
(() => {
  "use strict";
  const PREFIX = "mc-draft:", DAYS = 14;
  const kept = (field) => field.name && !["file", "password", "hidden", "submit", "button"].includes(field.type) && !("draftSkip" in field.dataset);
  const storage = (() => { try { return window.localStorage; } catch { return null; } })();

  function save(form) {
    const values = {};
    for (const field of form.elements) {
      if (!kept(field)) continue;
      if (field.type === "checkbox" || field.type === "radio") { (values[field.name] ||= []); if (field.checked) values[field.name].push(field.value); }
      else if (field.value) values[field.name] = [field.value];
    }
    try { storage.setItem(PREFIX + form.dataset.draft, JSON.stringify({ at: Date.now(), values })); } catch { return; }
    const words = form.querySelector("[data-draft-words]");
    if (words) words.hidden = false;
  }

  function restore(form) {
    const text = storage?.getItem(PREFIX + form.dataset.draft);
    if (!text || form.querySelector("[aria-invalid=true]")) return; /* the server's answer is newer than the draft */
    const { at, values } = JSON.parse(text);
    if (Date.now() - at > DAYS * 86_400_000) { storage.removeItem(PREFIX + form.dataset.draft); return; }
    for (const field of form.elements) {
      if (!kept(field) || !(field.name in values)) continue;
      if (field.type === "checkbox" || field.type === "radio") field.checked = values[field.name].includes(field.value);
      else if (!field.value) field.value = values[field.name][0];
    }
    form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
  }

  function watch(root) {
    for (const form of root.querySelectorAll("form[data-draft]")) {
      if (!storage || form.dataset.draftOn) continue;
      form.dataset.draftOn = "1";
      restore(form);
      let timer;
      form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => save(form), 400); });
      form.addEventListener("change", () => save(form));
    }
    /* A page that follows a successful submission names the drafts that are done with. */
    for (const done of root.querySelectorAll("[data-draft-done]")) storage?.removeItem(PREFIX + done.dataset.draftDone);
  }

  document.addEventListener("htmx:load", (event) => watch(event.detail.elt));
  watch(document);
})();
