/* <button data-open="id"> opens <dialog id="id">, anything with data-close inside closes it; Esc does so by itself.
   The browser keeps the focus inside and gives it back to the opener. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    const dialog = opener && document.getElementById(opener.dataset.open);
    if (dialog && !dialog.open) dialog.showModal();
    event.target.closest("[data-close]")?.closest("dialog")?.close();
    if (event.target.matches("dialog[open]")) event.target.close(); /* a press beside it */
  });
})();
