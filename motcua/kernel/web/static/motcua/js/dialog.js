/* <button data-open="id"> opens <dialog id="id">, anything with data-close inside closes it; Esc does so by itself.
   The browser keeps the focus inside and gives it back to the opener. */
(() => {
  "use strict";
  /* A dialog that was closed half filled in opens again as it was left; the server notices when its case has moved on. */
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("a[data-open]");
    const dialog = opener && document.getElementById(opener.dataset.open);
    if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const held = dialog.querySelector("form");
    if (held && held.getAttribute("action") === opener.getAttribute("href")) { event.stopPropagation(); dialog.showModal(); }
  }, true);
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    const dialog = opener && document.getElementById(opener.dataset.open);
    if (dialog && !dialog.open) dialog.showModal();
    const closer = event.target.closest("[data-close]"), around = closer?.closest("dialog");
    if (around) { event.preventDefault(); around.close(); } /* a link there is for who has no script */
    if (event.target.matches("dialog[open]")) event.target.close(); /* a press beside it */
  });
})();
