/* A file that was chosen is sent and kept at once, so that it is seen, and not lost when the phone goes off line; one
   that is put aside goes at once. What went wrong is read first. */
(() => {
  "use strict";
  const save = document.querySelector("[data-papers] [data-save]");
  if (save) save.hidden = true;
  document.addEventListener("change", (event) => {
    if (!save || !event.target.matches("[data-papers] [type=file], [data-papers] [name=drop]")) return;
    document.getElementById("papers-busy").hidden = false;
    save.form.requestSubmit(save);
  });
  document.querySelector("main [role=alert]")?.focus();
})();
