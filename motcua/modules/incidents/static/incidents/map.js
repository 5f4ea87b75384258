/* Thousands of reports on the map: what lies in view is asked for whenever it moves, already gathered by the server where
   it is too many to draw. <div data-map-points="url" data-for="id of the map" data-card="url with CODE">. */
(() => {
  "use strict";
  const source = document.querySelector("[data-map-points]");
  if (!source) return;
  const element = document.getElementById(source.dataset.for);
  const told = document.querySelector("[data-map-told]");
  const WORST = ["done", "paused", "on", "soon", "late"];
  const words = JSON.parse(source.dataset.states);
  const FILTERS = ["loai", "khu-vuc", "tim", "trang-thai"];
  const MOST = 19, SETTLED = 150; /* zoom; milliseconds */
  let map, single, many, asked, reading = false;
  /* Somebody who asked for something special wants to see where it is; else the whole area is shown. */
  let look = FILTERS.some((name) => new URLSearchParams(location.search).get(name));

  const size = (count) => (count < 10 ? 36 : count < 100 ? 44 : count < 1_000 ? 52 : 60);
  function round(count, state) {
    const icon = L.divIcon({ html: count.toLocaleString(document.documentElement.lang), className: "mc-cluster", iconSize: [size(count), size(count)] });
    const create = icon.createIcon;
    icon.createIcon = (old) => {
      const made = create.call(icon, old);
      made.dataset.s = state;
      made.setAttribute("role", "button");
      made.setAttribute("aria-label", source.dataset.clusterWords.replace("{n}", count));
      return made;
    };
    return icon;
  }

  const worst = (cluster) => WORST[Math.max(...cluster.getAllChildMarkers().map((marker) => WORST.indexOf(marker.options.state)))] || "on";

  async function card(marker, code) {
    const answer = await fetch(source.dataset.card.replace("CODE", encodeURIComponent(code)));
    if (answer.ok) marker.getPopup().setContent(await answer.text());
  }

  function dot([lat, lon, state, code, kind], kinds) {
    const name = `${kinds[kind]}, ${words[state]}`;
    const marker = L.marker([lat, lon], { icon: mcMap.dot(state), state, title: name, alt: name });
    marker.bindPopup(name, { minWidth: 240, maxWidth: 280 });
    marker.on("popupopen", () => card(marker, code).catch(() => {}));
    return marker;
  }

  async function load() { /* what is in view; the first time, when something special was asked for, go where that is */
    const bounds = map.getBounds().pad(0.15), everywhere = look;
    const url = new URL(source.dataset.mapPoints, location.href);
    if (!everywhere) url.searchParams.set("bbox", [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((value) => value.toFixed(4)).join(","));
    url.searchParams.set("z", Math.round(map.getZoom()));
    asked?.abort();
    asked = new AbortController();
    const answer = await fetch(url, { signal: asked.signal });
    if (!answer.ok) return;
    const { kinds, points, clusters } = await answer.json();
    if (everywhere) {
      look = false;
      const found = [...points, ...clusters];
      if (found.length) { map.fitBounds(found.map(([lat, lon]) => [lat, lon]), { padding: [40, 40], maxZoom: 16, animate: false }); return load(); }
    }
    if (reading) return; /* somebody reads a card: it is not taken away */
    single.clearLayers();
    many.clearLayers();
    single.addLayers(points.map((point) => dot(point, kinds)));
    for (const [lat, lon, state, count] of clusters) {
      L.marker([lat, lon], { icon: round(count, state) }).on("click", () => map.setView([lat, lon], map.getZoom() + 2)).addTo(many);
    }
    const total = points.length + clusters.reduce((sum, one) => sum + one[3], 0);
    element.dataset.shown = total;
    if (told) told.textContent = told.dataset.mapTold.replace("{n}", total.toLocaleString(document.documentElement.lang));
  }

  function begin() {
    map = mcMap.draw(element);
    map.setMaxZoom(MOST); /* there, reports at the very same place are spread out */
    many = L.layerGroup().addTo(map);
    single = L.markerClusterGroup({
      chunkedLoading: true, showCoverageOnHover: false, maxClusterRadius: 56,
      iconCreateFunction: (cluster) => round(cluster.getChildCount(), worst(cluster)),
    }).addTo(map);
    let timer;
    const later = () => { clearTimeout(timer); timer = setTimeout(() => { if (!reading) load().catch(() => {}); }, SETTLED); };
    map.on("moveend", later);
    map.on("popupopen", () => { reading = true; });
    map.on("popupclose", () => { reading = false; later(); });
    load().catch(() => {});
  }

  const drawn = new MutationObserver(() => {
    if (!element.classList.contains("leaflet-container")) return;
    drawn.disconnect();
    setTimeout(begin); /* after the map is complete */
  });
  drawn.observe(element, { attributes: true, attributeFilter: ["class"] });
})();
