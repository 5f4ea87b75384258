/* A file that was chosen is sent and kept at once, so that it is seen, and not lost when the phone goes off line; one
   that is put aside goes at once. What went wrong is read first. */
(() => {
  "use strict";
  const save = document.querySelector("[data-papers] [data-save]");
  if (save) save.hidden = true;
  const send = () => {
    document.getElementById("papers-busy").hidden = false;
    save.form.requestSubmit(save);
  };
  document.addEventListener("change", (event) => {
    if (save && event.target.matches("[data-papers] [type=file], [data-papers] [name=drop]")) send();
  });
  // On a slow network somebody chooses before this script is there. What a browser fills in on the way back was sent.
  const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (save && !isBack && [...save.form.querySelectorAll("[type=file]")].some((input) => input.files.length)) send();
  document.querySelector("main [role=alert]")?.focus();
})();
