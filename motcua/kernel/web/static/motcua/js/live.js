/* Live regions. <section data-live-url="/live/…" data-live-swap="/part/url/"> listens to the event stream and,
   when something happened, fetches its own content anew through htmx; the region itself stays and goes on listening. Events that arrive together cause one fetch.
   The state of the line is shown in every [data-live-state] element: on, or stale with the time of the last word. */
(() => {
  "use strict";
  const FIRST = 1_000, LONGEST = 60_000, SILENCE = 60_000, GATHER = 400;
  const streams = new Map();

  function state(value, at) {
    document.querySelectorAll("[data-live-state]").forEach((element) => {
      element.dataset.live = value;
      const words = element.querySelector("[data-live-words]") || element;
      words.textContent = (value === "on" ? element.dataset.on : element.dataset.stale).replace("{time}", window.mcTime(at));
    });
  }

  class Stream {
    constructor(url) {
      this.url = url;
      this.regions = new Set();
      this.wait = FIRST;
      this.heard = new Date();
      this.open();
      this.watch = setInterval(() => { if (new Date() - this.heard > SILENCE) { state("stale", this.heard); this.again(); } }, SILENCE / 2);
    }

    open() {
      this.source = new EventSource(this.url, { withCredentials: true }); /* the streams may be on another port */
      this.source.addEventListener("open", () => { this.wait = FIRST; this.hear(); });
      this.source.addEventListener("error", () => { if (this.source.readyState === EventSource.CLOSED) this.again(); state("stale", this.heard); });
      this.source.addEventListener("ping", () => this.hear());
      this.source.addEventListener("message", (event) => { this.hear(); this.happened(event.data); });
    }

    hear() { this.heard = new Date(); state("on", this.heard); }

    again() {
      this.source.close();
      clearTimeout(this.retry);
      this.retry = setTimeout(() => { this.open(); this.happened(""); }, this.wait * (0.75 + Math.random() / 2));
      this.wait = Math.min(this.wait * 2, LONGEST);
    }

    happened(data) {
      clearTimeout(this.gather);
      this.gather = setTimeout(() => {
        for (const region of this.regions) {
          if (!region.isConnected) { this.leave(region); continue; }
          if (region.dataset.livePaused !== undefined || busy(region)) { this.gather = setTimeout(() => this.happened(data), 2_000); continue; }
          document.dispatchEvent(new CustomEvent("live", { detail: { region, data } }));
          if (region.dataset.liveSwap) this.swap(region);
        }
      }, GATHER);
    }

    /* What somebody unfolded stays so. */
    async swap(region) {
      const open = [...region.querySelectorAll("details[id][open]")].map((one) => one.id);
      /* The region is the source: without one, regions that are fetched at the same time push each other out of one queue. */
      await htmx.ajax("GET", region.dataset.liveSwap, { source: region, target: region, swap: region.dataset.liveHow || "innerHTML" });
      for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    }

    leave(region) {
      this.regions.delete(region);
      if (this.regions.size) return;
      this.source.close(); clearInterval(this.watch); clearTimeout(this.retry); streams.delete(this.url);
    }
  }

  /* Never pull a field away from under somebody's fingers. */
  const busy = (region) => region.contains(document.activeElement) && /INPUT|TEXTAREA|SELECT/.test(document.activeElement.tagName);

  function join(root) {
    const regions = [...root.querySelectorAll("[data-live-url]")];
    if (root.matches("[data-live-url]")) regions.push(root);
    for (const region of regions) {
      const url = region.dataset.liveUrl;
      if (!streams.has(url)) streams.set(url, new Stream(url));
      streams.get(url).regions.add(region);
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-live-stop]");
    if (!button) return;
    const stopped = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(stopped));
    document.querySelectorAll("[data-live-url]").forEach((region) => { if (stopped) region.dataset.livePaused = ""; else delete region.dataset.livePaused; });
  });
  /* A part that was fetched without being told (a page asks by itself now and then, should no stream get through) is as
     fresh as one that was. */
  document.addEventListener("htmx:afterRequest", (event) => {
    const status = event.detail.xhr.status, region = event.detail.elt.closest("[data-live-url]");
    if (!region || status < 200 || status >= 300) return;
    const stream = streams.get(region.dataset.liveUrl);
    if (!stream) return;
    stream.heard = new Date();
    state(stream.source.readyState === EventSource.OPEN ? "on" : "stale", stream.heard);
  });
  document.addEventListener("htmx:load", (event) => join(event.detail.elt));
  window.addEventListener("pagehide", () => streams.forEach((stream) => stream.source.close()));
  window.addEventListener("pageshow", (event) => { if (event.persisted) streams.forEach((stream) => stream.again()); });
  join(document.body);
})();
