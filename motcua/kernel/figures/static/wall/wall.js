/* The wall: its clock, its map of open cases, and what happened last, one at a time.
   Numbers come by live.js and every half minute (_parts.html); a refresh that fails says so in the state of the line. */
(() => {
  "use strict";
  const ITEM = 8_000, OLD = 60_000;
  const COLOURS = { on: "#3AA184", soon: "#FFC24D", late: "#FF7A6E", paused: "#B9A3FF" };
  let fresh = new Date();

  /* the clock on the wall */
  const clock = document.querySelector("[data-wall-clock]");
  setInterval(() => { clock.textContent = window.mcTime(new Date(), { second: "2-digit" }); }, 1_000);

  /* numbers that could not be fetched for a minute are old, whatever the stream says; nobody did anything, so no toast */
  for (const name of ["htmx:sendError", "htmx:responseError"]) window.addEventListener(name, (event) => event.stopPropagation(), true);
  setInterval(() => {
    if (new Date() - fresh < OLD) return;
    document.querySelectorAll("[data-live-state]").forEach((state) => {
      state.dataset.live = "stale";
      state.querySelector("[data-live-words]").textContent = state.dataset.stale.replace("{time}", window.mcTime(fresh));
    });
  }, 5_000);

  /* the map: shapes, not only colours; drawn on a canvas, because there are thousands */
  const box = document.getElementById("wl-map");
  let map, shapes, pulses, isPlaced = false;

  function shape(point) {
    const Shape = L.CircleMarker.extend({
      _updatePath() {
        const { _ctx: pen, _drawing: drawing } = this._renderer, { x, y } = this._point, r = this._radius;
        if (!drawing || this._empty()) return;
        pen.beginPath();
        if (point.s === "late") { pen.moveTo(x, y - r * 1.3); pen.lineTo(x + r * 1.3, y + r); pen.lineTo(x - r * 1.3, y + r); }
        else if (point.s === "soon") { pen.moveTo(x, y - r * 1.3); pen.lineTo(x + r * 1.3, y); pen.lineTo(x, y + r * 1.3); pen.lineTo(x - r * 1.3, y); }
        else if (point.s === "paused") pen.rect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
        else pen.arc(x, y, r * 0.8, 0, 2 * Math.PI);
        pen.closePath();
        this._renderer._fillStroke(pen, this);
      },
    });
    return new Shape([point.lat, point.lon], { radius: 8, color: "#0A1020", weight: 1, fillColor: COLOURS[point.s], fillOpacity: 1 });
  }

  const pulse = (point) => L.marker([point.lat, point.lon], {
    interactive: false, keyboard: false,
    icon: L.divIcon({ className: "", iconSize: [64, 64], html: '<svg class="wl-pulse" width="64" height="64" viewBox="0 0 64 64" aria-hidden="true"><circle class="r" cx="32" cy="32" r="29" fill="none" stroke="#FF7A6E" stroke-width="2.5"/><circle cx="32" cy="32" r="20" fill="#FF7A6E" opacity=".22"/><path d="M32 18 46 43H18Z" fill="#FF7A6E" stroke="#0A1020" stroke-width="2"/><path d="M32 27v8M32 39v.5" stroke="#0A1020" stroke-width="3" stroke-linecap="round"/></svg>' }),
  });

  function words(point) {
    const words = document.createElement("div"), link = document.createElement("a"), where = document.createElement("div");
    link.href = point.u;
    link.textContent = point.t;
    where.textContent = point.w;
    words.append(link, where);
    return words;
  }

  /* Look where the work is: a few far points do not make everything small. */
  function place(points) {
    const span = (values) => { values.sort((a, b) => a - b); const cut = Math.floor(values.length * 0.08); return [values[cut], values[values.length - 1 - cut]]; };
    const [south, north] = span(points.map((point) => point.lat)), [west, east] = span(points.map((point) => point.lon));
    map.fitBounds([[south, west], [north, east]], { padding: [60, 60], maxZoom: 14, animate: false });
    isPlaced = true;
  }

  async function draw() {
    if (!map) return;
    const answer = await fetch(box.dataset.wallPoints, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const points = await answer.json();
    if (map._popup?.isOpen?.()) return; /* somebody reads one */
    shapes.clearLayers();
    pulses.clearLayers();
    for (const point of points) {
      shapes.addLayer(shape(point).bindPopup(() => words(point)));
      if (point.x) pulses.addLayer(pulse(point));
    }
    if (!isPlaced && points.length) place(points);
  }

  box.addEventListener("map:ready", (event) => {
    map = event.detail;
    shapes = L.featureGroup([], {}).addTo(map);
    pulses = L.layerGroup().addTo(map);
    map.options.preferCanvas = true;
    draw().catch(() => {});
  });

  /* what happened last */
  const ticker = document.querySelector("[data-ticker]"), pause = ticker.querySelector("[data-ticker-pause]");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const items = () => [...ticker.querySelectorAll("li[data-event]")];
  let shown = items()[0]?.dataset.event, newest = shown;

  function show(place) {
    const all = items();
    if (!all.length) return;
    const at = (place + all.length) % all.length;
    all.forEach((item, number) => { item.hidden = number !== at; });
    shown = all[at].dataset.event;
  }

  const step = (by) => show(items().findIndex((item) => item.dataset.event === shown) + by);
  const isHeld = () => still.matches || document.hidden || pause.getAttribute("aria-pressed") === "true" || ticker.matches(":hover, :focus-within");
  setInterval(() => { if (!isHeld()) step(1); }, ITEM);
  ticker.addEventListener("click", (event) => {
    const by = event.target.closest("[data-ticker-step]");
    if (by) step(Number(by.dataset.tickerStep));
    if (event.target.closest("[data-ticker-pause]")) pause.setAttribute("aria-pressed", String(pause.getAttribute("aria-pressed") !== "true"));
  });

  function renewed() {
    const all = items(), place = all.findIndex((item) => item.dataset.event === shown);
    const isNew = all[0]?.dataset.event !== newest;
    newest = all[0]?.dataset.event;
    show(isNew && !isHeld() ? 0 : Math.max(place, 0));
  }

  /* a new emergency is said at once; one that was said already is not said again */
  const alarm = () => {
    const said = document.getElementById("wl-said"), words = document.getElementById("wl-alarm").dataset.said;
    if (said.textContent !== words) said.textContent = words;
  };

  let settled;
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "wl-left") return;
    fresh = new Date();
    clearTimeout(settled); /* told for each piece that came */
    settled = setTimeout(() => { renewed(); alarm(); draw().catch(() => {}); }, 50);
  });
  alarm();
})();
