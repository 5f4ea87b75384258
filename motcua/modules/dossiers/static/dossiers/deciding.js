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
    timer = setTimeout(read, WAIT);
  }

  /* Asked for by the pane itself: what the page asks for without a source waits in one queue, whose last one alone is sent. */
  function read() {
    const there = pane();
    htmx.trigger(there, "htmx:abort"); /* of the row before, which nobody reads any more */
    htmx.ajax("GET", shown, { source: there, target: there, swap: "innerHTML" }).catch(() => {}); /* told by a toast */
  }

  for (const trouble of ["htmx:responseError", "htmx:sendError", "htmx:timeout"])
    document.addEventListener(trouble, (event) => { if (event.detail.elt?.id === "peek") shown = ""; }); /* once more, when the cursor comes again */

  document.addEventListener("row", (event) => { const link = event.target.querySelector("[data-row-open]"); if (link) show(link); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-row-open]");
    if (!link || !pane() || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (link.href === shown && event.detail === 0) return; /* Enter on the row that is shown opens its page */
    event.preventDefault();
    link.closest("[data-row]").dispatchEvent(new CustomEvent("rowpick", { bubbles: true }));
  });
})();
