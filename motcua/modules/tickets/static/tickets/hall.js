/* The hall screen reads each new call aloud, in Vietnamese, once somebody has allowed it; and says when its numbers are old.
   The page asks for itself every three seconds (htmx); an answer, also one that nothing changed, is a sign of life. */
(() => {
  "use strict";
  const OLD = 15_000, KEPT = "mc-hall-voice";
  const button = document.querySelector("[data-voice]"), speech = window.speechSynthesis;
  const seen = new Set();
  let fresh = Date.now(), isOn = false;

  const calls = () => [...document.querySelectorAll("[data-call]")];
  const voice = () => speech?.getVoices().find((one) => one.lang.toLowerCase().startsWith("vi"));
  calls().forEach((call) => seen.add(call.dataset.call)); /* what was called before this screen was switched on */

  function show() {
    const has = Boolean(voice());
    isOn &&= has;
    button.disabled = !has;
    button.setAttribute("aria-pressed", String(isOn));
    button.querySelector("[data-voice-on]").hidden = !isOn;
    button.querySelector("[data-voice-off]").hidden = isOn;
    button.querySelector("[data-voice-words]").textContent = has ? (isOn ? button.dataset.on : button.dataset.off) : button.dataset.none;
  }

  function say(call) {
    const words = new SpeechSynthesisUtterance(`Mời số ${[...call.dataset.number].join(" ")}, đến quầy số ${call.dataset.counter}.`);
    words.lang = "vi-VN";
    words.voice = voice();
    words.rate = 0.9;
    speech.speak(words);
  }

  document.addEventListener("htmx:afterSettle", () => {
    for (const call of calls().reverse()) { /* the oldest call first */
      if (seen.has(call.dataset.call)) continue;
      seen.add(call.dataset.call);
      if (isOn && call.dataset.new !== undefined) say(call);
    }
  });

  button.addEventListener("click", () => {
    isOn = !isOn;
    if (!isOn) speech.cancel();
    try { localStorage.setItem(KEPT, isOn ? "1" : "0"); } catch { /* private mode: for this page only */ }
    show();
  });

  try { isOn = localStorage.getItem(KEPT) === "1"; } catch { /* stays off */ }
  speech?.addEventListener?.("voiceschanged", () => { try { isOn ||= localStorage.getItem(KEPT) === "1"; } catch { /* stays off */ } show(); });
  show();

  /* Nobody stands beside this screen: what could not be fetched is said in the state of the line, not in a toast. */
  for (const name of ["htmx:sendError", "htmx:responseError"]) window.addEventListener(name, (event) => event.stopPropagation(), true);
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.xhr.status >= 200 && event.detail.xhr.status < 300) fresh = Date.now(); });
  function state() {
    document.querySelectorAll("[data-live-state]").forEach((line) => {
      const isOld = Date.now() - fresh > OLD, lang = document.documentElement.lang;
      line.dataset.live = isOld ? "stale" : "on";
      const time = new Date(isOld ? fresh : Date.now()).toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
      line.querySelector("[data-live-words]").textContent = (isOld ? line.dataset.stale : line.dataset.on).replace("{time}", time);
    });
  }
  setInterval(state, 2_000);
  state();
})();
