/* Clock badges count in working time, which only the server knows. Once a minute, while the page is looked at, ask it for
   the words of every badge on the page and put in those that changed. Badges are not live regions: nothing is announced. */
(() => {
  "use strict";
  const MINUTE = 60_000, AT_ONCE = 100;
  let timer;

  /* The time of day in Vietnam, as everywhere on the page, wherever the device is. */
  window.mcTime = (at, more = {}) => new Date(at).toLocaleTimeString(document.documentElement.lang,
    { timeZone: "Asia/Ho_Chi_Minh", hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...more });

  async function refresh() {
    const badges = [...document.querySelectorAll(".mc-clock[data-clock]")];
    const address = document.body.dataset.clocks;
    if (document.hidden || !address || !badges.length || !navigator.onLine) return;
    const wanted = [...new Set(badges.map((badge) => badge.dataset.clock))].slice(0, AT_ONCE);
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams(wanted.map((token) => ["c", token])) });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const badge of badges) {
      const next = [...fresh.querySelectorAll(".mc-clock")].find((one) => one.dataset.clock === badge.dataset.clock);
      if (next && next.outerHTML !== badge.outerHTML) badge.replaceWith(next.cloneNode(true));
    }
  }

  function plan() {
    clearTimeout(timer);
    /* Just after the full minute, spread over ten seconds so that a thousand screens do not ask at once. */
    timer = setTimeout(() => refresh().catch(() => {}).finally(plan), MINUTE - (Date.now() % MINUTE) + Math.random() * 10_000);
  }

  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh().catch(() => {}); });
  plan();
})();
