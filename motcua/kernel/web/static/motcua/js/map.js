/* Maps. <div class="mc-map" data-map …> becomes a Leaflet map:
     data-lat data-lon data-zoom   where it looks            data-areas  GeoJSON of our own areas, drawn as the base map
     data-tiles data-attribution   an optional tile layer    data-points JSON [{lat, lon, s, t, u, w}] shown in clusters
     data-centre-lat …-lon         where it begins to look, when nobody chose a place; without either, all areas
     data-pin                      a pin at lat/lon          data-still  no moving, a picture
     data-edit="lat-id lon-id"     the pin stays in the middle and the map moves under it; the two fields follow
   Points differ by shape as well as colour: circle on, diamond soon, triangle late, ring done. */
window.mcMap = (() => {
  "use strict";
  const LIGHT = { land: "#F3F1EA", other: "#E9ECE6", edge: "#A9B0BF" };
  const DARK = { land: "#16223C", other: "#0E1728", edge: "#34486F" };
  const SHAPES = {
    on: ["#0B6B4B", '<circle cx="14" cy="14" r="10"'], soon: ["#C77700", '<path d="M14 2 26 14 14 26 2 14Z"'],
    late: ["#B3261E", '<path d="M14 3 27 25H1Z"'], paused: ["#5A3E9B", '<rect x="4" y="4" width="20" height="20" rx="3"'], done: ["#525A70", '<circle cx="14" cy="14" r="8"'],
  };
  const WORST = ["done", "paused", "on", "soon", "late"];
  const drawn = new Map();

  const dot = (state) => {
    const [fill, shape] = SHAPES[state] || SHAPES.on;
    return L.divIcon({ className: "", iconSize: [28, 28], iconAnchor: [14, 14], html: `<svg class="mc-dot" width="28" height="28" viewBox="0 0 28 28" aria-hidden="true">${shape} fill="${fill}" stroke="#fff" stroke-width="2"/></svg>` });
  };
  const pinIcon = (fill = "#2A4494") => L.divIcon({ className: "mc-pin", iconSize: [44, 54], iconAnchor: [22, 52], html: `<svg width="44" height="54" viewBox="0 0 44 54" aria-hidden="true"><path d="M22 52C13 40 4 32 4 21a18 18 0 0 1 36 0c0 11-9 19-18 31z" fill="${fill}" stroke="#fff" stroke-width="2.5"/><circle cx="22" cy="21" r="11" fill="#fff"/><circle cx="22" cy="21" r="5" fill="${fill}"/></svg>` });

  const areas = {};
  function base(map, element, colours) {
    const { areas: url, tiles, attribution } = element.dataset;
    if (url) {
      areas[url] ||= fetch(url).then((answer) => (answer.ok ? answer.json() : null));
      areas[url].then((geojson) => {
        if (!geojson || !drawn.has(element)) return;
        const layer = L.geoJSON(geojson, { interactive: false, pane: "mc-areas", attribution: geojson.attribution, style: (area) => ({ fillColor: area.properties.core === false ? colours.other : colours.land, fillOpacity: tiles ? 0 : 1, color: colours.edge, weight: 1, dashArray: "4 4" }) }).addTo(map);
        const labels = L.layerGroup();
        for (const area of layer.getLayers()) {
          const words = document.createElement("span");
          words.textContent = area.feature.properties.name || "";
          labels.addLayer(L.marker(area.getBounds().getCenter(), { interactive: false, keyboard: false, icon: L.divIcon({ className: "mc-label", html: words, iconSize: [0, 0] }) }));
        }
        const toggle = () => { if (map.getZoom() >= 12 && map.getZoom() < 15) labels.addTo(map); else labels.remove(); };
        if (!tiles) { map.on("zoomend", toggle); toggle(); }
        if (!element.dataset.lat && !element.dataset.centreLat && layer.getBounds().isValid()) map.fitBounds(layer.getBounds());
      }).catch(() => { delete areas[url]; }); /* offline: the map stays plain */
    }
    if (tiles) L.tileLayer(tiles, { attribution, maxZoom: 19 }).addTo(map);
  }

  function popup(point) {
    const box = document.createElement("div"), link = document.createElement("a"), words = document.createElement("div");
    link.href = point.u;
    link.textContent = point.t;
    words.textContent = point.w || "";
    box.append(link, words);
    return box;
  }

  function points(map, element) {
    const layer = L.markerClusterGroup({
      chunkedLoading: true, showCoverageOnHover: false, maxClusterRadius: 56, disableClusteringAtZoom: 18, spiderfyOnMaxZoom: false,
      iconCreateFunction: (cluster) => {
        const states = cluster.getAllChildMarkers().map((marker) => marker.options.state);
        const worst = WORST[Math.max(...states.map((state) => WORST.indexOf(state)))] || "on";
        const size = states.length < 10 ? 36 : states.length < 100 ? 44 : 52;
        const icon = L.divIcon({ html: String(states.length), className: "mc-cluster", iconSize: [size, size] });
        const create = icon.createIcon;
        icon.createIcon = (old) => { const made = create.call(icon, old); made.dataset.s = worst; made.setAttribute("aria-label", (element.dataset.clusterWords || "{n}").replace("{n}", states.length)); return made; };
        return icon;
      },
    }).addTo(map);
    let url = "";
    async function load(next) {
      if (next === url) return;
      url = next;
      const answer = await fetch(url);
      if (!answer.ok || url !== next) return;
      const found = await answer.json();
      layer.clearLayers();
      layer.addLayers(found.map((point) => L.marker([point.lat, point.lon], { icon: dot(point.s), state: point.s, title: point.t, alt: `${point.t}. ${point.w || ""}` }).bindPopup(() => popup(point))));
      if (found.length && element.dataset.fit !== undefined) map.fitBounds(layer.getBounds(), { padding: [30, 30], maxZoom: 16 });
    }
    element.addEventListener("points:load", (event) => load(event.detail).catch(() => {}));
    return load(element.dataset.points).catch(() => {});
  }

  function edit(map, element) {
    const [lat, lon] = element.dataset.edit.split(" ").map((id) => document.getElementById(id));
    const pin = L.marker(map.getCenter(), { icon: pinIcon(), keyboard: false, interactive: false, zIndexOffset: 99 }).addTo(map);
    let theirs = Boolean(lat.value);
    const tell = () => {
      if (!theirs) return;
      const at = map.getCenter();
      lat.value = at.lat.toFixed(6);
      lon.value = at.lng.toFixed(6);
      element.dispatchEvent(new CustomEvent("pin:moved", { bubbles: true, detail: { lat: at.lat, lon: at.lng } }));
    };
    map.on("move", () => pin.setLatLng(map.getCenter()));
    map.on("moveend", tell);
    map.on("dragstart keydown", () => { theirs = true; });
    map.on("click", (event) => { theirs = true; map.panTo(event.latlng); });
    const go = (at, zoom = 17) => { theirs = true; map.setView([at.lat, at.lon], Math.max(map.getZoom(), zoom), { animate: false }); tell(); };
    /* To show where it may be, before anybody has pointed at it. */
    document.addEventListener("pin:look", (event) => { if (!theirs && element.isConnected) map.setView([event.detail.lat, event.detail.lon], 14, { animate: false }); });
    document.addEventListener("pin:set", (event) => { if (element.isConnected) go(event.detail); });
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-map-locate]");
      if (!button || !element.isConnected || !navigator.geolocation) return;
      button.setAttribute("aria-busy", "true");
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => { button.removeAttribute("aria-busy"); go({ lat: coords.latitude, lon: coords.longitude }); },
        () => { button.removeAttribute("aria-busy"); document.dispatchEvent(new CustomEvent("toast", { detail: { text: button.dataset.failed } })); },
        { enableHighAccuracy: true, timeout: 10_000 },
      );
    });
  }

  function draw(element) {
    if (drawn.has(element)) return drawn.get(element);
    const data = element.dataset, still = data.still !== undefined;
    element.replaceChildren();
    const map = L.map(element, {
      center: [Number(data.lat || data.centreLat || 16), Number(data.lon || data.centreLon || 106)], zoom: Number(data.zoom || 9), maxZoom: 19, zoomSnap: 0.25,
      zoomControl: !still, dragging: !still, keyboard: !still, touchZoom: !still, doubleClickZoom: !still, boxZoom: !still, scrollWheelZoom: false, attributionControl: true,
    });
    map.attributionControl.setPrefix(false);
    map.createPane("mc-areas").style.zIndex = "150"; /* under the tiles */
    if (!still) {
      map.zoomControl.remove();
      L.control.zoom({ zoomInTitle: data.zoomIn || "+", zoomOutTitle: data.zoomOut || "−" }).addTo(map);
      element.addEventListener("focusin", () => map.scrollWheelZoom.enable());
      element.addEventListener("mouseleave", () => map.scrollWheelZoom.disable());
    }
    drawn.set(element, map);
    base(map, element, data.dark !== undefined ? DARK : LIGHT);
    if (data.points) points(map, element);
    if (data.edit) edit(map, element);
    else if (data.pin !== undefined) L.marker(map.getCenter(), { icon: pinIcon(), keyboard: false, interactive: false }).addTo(map);
    new ResizeObserver(() => map.invalidateSize()).observe(element);
    element.dispatchEvent(new CustomEvent("map:ready", { bubbles: true, detail: map })); /* for what a page draws on it */
    return map;
  }

  return { draw, dot, pinIcon };
})();
