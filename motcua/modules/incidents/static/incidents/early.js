/* Runs before the page is painted, so that it does not jump: one step at a time is shown only with a script that walks
   the steps. When that script does not arrive (a bad connection), the whole form comes back and works as it is. */
(() => {
  "use strict";
  const root = document.documentElement, PATIENCE = 8_000;
  if (!("indexedDB" in window && "fetch" in window)) return;
  root.classList.add("js-on", "wz-on");
  root.dataset.at = "anh";
  setTimeout(() => { if (!root.dataset.ready) root.classList.remove("js-on", "wz-on"); }, PATIENCE);
})();
