/* Maps and charts are heavy: their code is fetched when the first one comes near the screen. Until then the element shows
   its own words (an address, a sentence, a table beside it), which also serve readers without script. */
(() => {
  "use strict";
  const body = document.body.dataset;
  const loaded = {};

  function script(url) {
    return new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = url;
      element.onload = resolve;
      element.onerror = reject;
      document.head.append(element);
    });
  }

  function style(url) {
    return new Promise((resolve, reject) => {
      const element = document.createElement("link");
      element.rel = "stylesheet";
      element.href = url;
      element.onload = resolve;
      element.onerror = reject;
      document.head.append(element);
    });
  }

  const kinds = {
    map: { code: () => Promise.all([style(body.mapCss), script(body.mapJs)]), draw: (element) => window.mcMap.draw(element) },
    chart: { code: () => script(body.chartJs), draw: (element) => window.mcChart.draw(element) },
  };

  async function draw(element) {
    const name = element.dataset.map !== undefined ? "map" : "chart";
    loaded[name] ||= kinds[name].code();
    try { await loaded[name]; } catch { delete loaded[name]; return; } /* offline: the words stay */
    kinds[name].draw(element);
  }

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { seen.unobserve(entry.target); draw(entry.target); }
  }, { rootMargin: "200px" });

  const watch = (root) => root.querySelectorAll("[data-map], [data-chart]").forEach((element) => seen.observe(element));
  document.addEventListener("htmx:load", (event) => watch(event.detail.elt));
  watch(document);
})();
