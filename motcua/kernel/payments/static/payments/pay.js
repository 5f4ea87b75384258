/* Buttons that copy what is typed into a bank's app, or print. They are hidden until this script says that they work. */
(() => {
  "use strict";
  document.documentElement.classList.add("pay-on");

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

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-pay-copy], [data-pay-print]");
    if (!button) return;
    if ("payPrint" in button.dataset) { window.print(); return; }
    if (await copy(button.dataset.payCopy)) {
      document.dispatchEvent(new CustomEvent("toast", { detail: { text: button.dataset.copied } }));
    }
  });
})();
