/* Rows of the inbox: a cursor moved with J and K, a selection made with X or the boxes, and the bulk bar.
   <table data-rows>; rows have a checkbox [name=case] and a link [data-row-open]; the bar is #bulk with [data-bulk-count].
   State survives a live swap of the table: it is kept by the value of the box. A row that the cursor comes to says so
   with the event "row"; one that is sent "rowpick" gets the cursor. */
(() => {
  "use strict";
  let current = null;
  const chosen = new Set();
  const table = () => document.querySelector("[data-rows]");
  const rows = () => [...(table()?.querySelectorAll("[data-row]") || [])].filter((row) => row.getClientRects().length);
  const box = (row) => row.querySelector("input[type=checkbox]"); /* none: not for many at once */
  const id = (row) => row.dataset.row;

  function mark() {
    const bar = document.getElementById("bulk");
    for (const row of rows()) {
      const at = id(row) === current, on = chosen.has(id(row));
      row.classList.toggle("cur", at);
      row.classList.toggle("sel", on);
      if (at) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
      if (box(row)) box(row).checked = on;
    }
    if (bar) {
      bar.hidden = !chosen.size;
      const words = bar.querySelector("[data-bulk-count]");
      if (words) words.textContent = words.dataset.bulkCount.replace("{n}", chosen.size);
    }
    const all = table()?.querySelector("[data-rows-all]");
    if (all) { all.checked = chosen.size > 0 && chosen.size === rows().filter(box).length; all.indeterminate = chosen.size > 0 && !all.checked; }
  }

  const choose = (one) => { const row = rows().find((other) => id(other) === one); if (row && box(row)) chosen.add(one); };

  function move(step, select) {
    const list = rows();
    if (!list.length) return;
    const at = list.findIndex((row) => id(row) === current);
    if (select && at >= 0) choose(current);
    const next = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.max(0, Math.min(list.length - 1, at + step))];
    current = id(next);
    if (select) choose(current);
    next.scrollIntoView({ block: "nearest" });
    come();
  }

  function come() { mark(); here()?.dispatchEvent(new CustomEvent("row", { bubbles: true })); }

  const here = () => rows().find((row) => id(row) === current);
  const acts = {
    down: () => move(1), up: () => move(-1), "select-down": () => move(1, true), "select-up": () => move(-1, true),
    select: () => { if (!current) move(1); if (chosen.has(current)) chosen.delete(current); else choose(current); mark(); },
    open: () => here()?.querySelector("[data-row-open]")?.click(),
    clear: () => { chosen.clear(); mark(); },
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-rows-act]");
    if (button) acts[button.dataset.rowsAct]?.();
  });
  document.addEventListener("rowpick", (event) => { current = id(event.target); come(); });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-rows-all]")) { chosen.clear(); if (event.target.checked) rows().filter(box).forEach((row) => chosen.add(id(row))); mark(); return; }
    const row = event.target.closest?.("[data-row]");
    if (!row || event.target !== box(row)) return;
    current = id(row);
    if (event.target.checked) chosen.add(current); else chosen.delete(current);
    mark();
  });
  /* Bulk forms send the chosen rows, wherever the form stands; without any, the row under the cursor. */
  const meant = () => (chosen.size ? [...chosen] : current && here() && box(here()) ? [current] : []);
  document.addEventListener("submit", (event) => { if (event.target.matches("[data-bulk-form]") && !meant().length) event.preventDefault(); });
  document.addEventListener("formdata", (event) => { if (event.target.matches("[data-bulk-form]")) { event.formData.delete("case"); meant().forEach((one) => event.formData.append("case", one)); } });
  document.addEventListener("htmx:configRequest", (event) => { if (event.target.closest("[data-bulk-form]")) event.detail.parameters.case = meant(); });
  document.addEventListener("htmx:afterSettle", () => { const there = new Set(rows().map(id)); chosen.forEach((one) => { if (!there.has(one)) chosen.delete(one); }); mark(); });
  if (table()) mark();
})();
