/* Buttons that copy, share or print. They are hidden until this script says that they work. */
(() => {
  "use strict";
  document.documentElement.classList.add("js-on");

  async function copy(text) {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* no clipboard without https: the old way */ }
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "sr";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }

  async function say(button) {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: button.dataset.copied } }));
    const words = button.querySelector("[data-words]");
    if (!words || words.textContent === button.dataset.copied) return;
    const before = words.textContent;
    words.textContent = button.dataset.copied;
    setTimeout(() => { words.textContent = before; }, 3_000);
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-share], [data-print]");
    if (!button) return;
    if ("print" in button.dataset) { window.print(); return; }
    if (button.dataset.share && navigator.share) {
      await navigator.share({ title: button.dataset.title, url: button.dataset.share }).catch(() => {});
      return;
    }
    if (await copy(button.dataset.copy || button.dataset.share)) say(button);
  });
})();
