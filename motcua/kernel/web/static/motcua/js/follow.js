/* "Việc bạn đang theo dõi" without an account: codes are kept on this device only, and can be removed.
   A page adds one with <div data-follow="CODE">; the home page shows them in <section data-following="/url/">. */
(() => {
  "use strict";
  const KEY = "mc-follow", MOST = 20;
  const storage = (() => { try { return window.localStorage; } catch { return null; } })();
  const read = () => { try { return JSON.parse(storage.getItem(KEY)) || []; } catch { return []; } };
  const write = (codes) => { try { storage.setItem(KEY, JSON.stringify([...new Set(codes)].slice(0, MOST))); } catch { /* full or private: nothing to keep */ } };

  function show() {
    const home = document.querySelector("[data-following]");
    if (!home) return;
    const codes = read();
    if (!codes.length) return;
    htmx.ajax("POST", home.dataset.following, { target: home, swap: "innerHTML", values: { code: codes } });
  }

  document.querySelectorAll("[data-follow]").forEach((element) => write([element.dataset.follow, ...read()]));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-unfollow]");
    if (button) {
      write(read().filter((code) => code !== button.dataset.unfollow));
      button.closest("[data-followed]")?.remove();
      if (!read().length) location.reload();
      return;
    }
    const keep = event.target.closest("[data-follow-toggle]");
    if (keep) {
      const code = keep.dataset.followToggle, had = read().includes(code);
      write(had ? read().filter((one) => one !== code) : [code, ...read()]);
      mark(keep);
    }
  });
  function mark(button) {
    const on = read().includes(button.dataset.followToggle);
    button.setAttribute("aria-pressed", String(on));
    const words = button.querySelector("[data-words]");
    if (words) words.textContent = on ? button.dataset.on : button.dataset.off;
  }
  document.querySelectorAll("[data-follow-toggle]").forEach(mark);
  show();
})();
