/* What the cursor stands on is shown beside the list, where there is room for it; elsewhere a row opens its own page. */
(() => {
  "use strict";
  const WAIT = 150; /* while J is held down nothing is fetched */
  let timer, shown = "";
  const pane = () => { const one = document.getElementById("peek"); return one?.getClientRects().length ? one : null; };

  function show(link) {
    if (!pane() || link.href === shown) return;
    shown = link.href;
    clearTimeout(timer);
    timer = setTimeout(() => htmx.ajax("GET", shown, { target: pane(), swap: "innerHTML" }), WAIT);
  }

  document.addEventListener("row", (event) => { const link = event.target.querySelector("[data-row-open]"); if (link) show(link); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-row-open]");
    if (!link || !pane() || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (link.href === shown && event.detail === 0) return; /* Enter on the row that is shown opens its page */
    event.preventDefault();
    link.closest("[data-row]").dispatchEvent(new CustomEvent("rowpick", { bubbles: true }));
  });
})();
