/* Short notices. The server asks for one with the response header HX-Trigger: {"toast": {"text": "…", "undo": "/url/"}};
   a page that was loaded whole carries its notices in the toast region already. */
(() => {
  "use strict";
  const SECONDS = 6;
  const region = () => document.getElementById("toasts");

  function dismissLater(toast) {
    let timer;
    const start = () => { clearTimeout(timer); timer = setTimeout(() => toast.remove(), SECONDS * 1000); };
    const stop = () => clearTimeout(timer);
    toast.addEventListener("focusin", stop);
    toast.addEventListener("mouseenter", stop);
    toast.addEventListener("focusout", start);
    toast.addEventListener("mouseleave", start);
    start();
  }

  function show({ text, undo, label }) {
    const home = region();
    if (!home || !text) return;
    const toast = document.createElement("div");
    toast.className = "mc-toast";
    toast.append(text);
    if (undo) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label || home.dataset.undo;
      button.addEventListener("click", () => { toast.remove(); htmx.ajax("POST", undo, { swap: "none" }); });
      toast.append(button);
    }
    home.append(toast);
    dismissLater(toast);
  }

  document.addEventListener("toast", (event) => show(event.detail));
  document.addEventListener("htmx:sendError", () => show({ text: region()?.dataset.offline }));
  /* A refused action answers with a whole page or a fragment of status 4xx: show its message instead of nothing. */
  document.addEventListener("htmx:responseError", (event) => {
    const message = event.detail.xhr.getResponseHeader("X-Refused");
    show({ text: message ? decodeURIComponent(message) : region()?.dataset.failed });
  });
  region()?.querySelectorAll(".mc-toast").forEach(dismissLater);
})();
