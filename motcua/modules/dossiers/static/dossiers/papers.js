/* A file that was chosen is sent and kept at once, so that it is seen, and not lost when the phone goes off line. */
(() => {
  "use strict";
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-papers]");
    if (!form || event.target.type !== "file" || !event.target.files.length) return;
    document.getElementById("papers-busy").hidden = false;
    form.requestSubmit(form.querySelector("[data-save]"));
  });
})();
