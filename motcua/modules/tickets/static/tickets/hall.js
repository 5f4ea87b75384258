/* The hall screen calls each new number aloud, once somebody has allowed it: a gong, then the number in Vietnamese and in
   English as far as the device has the voices. What changed comes by the event stream (live.js). */
(() => {
  "use strict";
  const KEPT = "mc-hall-voice", LONGEST = 15_000, GONG = 1_600;
  const LANGUAGES = [
    ["vi", "vi-VN", (number, counter) => `Mời số ${number}, đến quầy số ${counter}.`],
    ["en", "en-GB", (number, counter) => `Number ${number}, please go to counter ${counter}.`],
  ];
  const button = document.querySelector("[data-voice]"), speech = window.speechSynthesis;
  const seen = new Set();
  let isOn = false, sound, last = Promise.resolve();

  const calls = () => [...document.querySelectorAll("[data-call]")];
  const voice = (language) => speech?.getVoices().find((one) => one.lang.toLowerCase().startsWith(language));
  const after = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  calls().forEach((call) => seen.add(call.dataset.call)); /* what was called before this screen was switched on */

  /* Browsers let a page make sounds only after somebody touched it. */
  const isBlocked = () => isOn && sound?.state === "suspended";

  function show() {
    const words = !isOn ? "off" : isBlocked() ? "touch" : voice("vi") || voice("en") ? "on" : "gong";
    button.setAttribute("aria-pressed", String(isOn));
    button.querySelector("[data-voice-on]").hidden = !isOn;
    button.querySelector("[data-voice-off]").hidden = isOn;
    button.querySelector("[data-voice-words]").textContent = button.dataset[words];
  }

  async function gong() {
    for (const [place, pitch] of [659, 523].entries()) {
      const tone = sound.createOscillator(), volume = sound.createGain(), at = sound.currentTime + place * 0.6;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.5, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 1);
      tone.connect(volume).connect(sound.destination);
      tone.start(at);
      tone.stop(at + 1);
    }
    await after(GONG);
  }

  async function say(call) {
    if (isOn && !isBlocked()) await gong();
    for (const [language, lang, sentence] of LANGUAGES) {
      const chosen = voice(language);
      if (!isOn || !chosen) continue;
      const words = new SpeechSynthesisUtterance(sentence([...call.number].join(" "), call.counter));
      Object.assign(words, { lang, voice: chosen, rate: 0.9 });
      const ended = new Promise((done) => { words.onend = words.onerror = done; });
      speech.speak(words);
      await Promise.race([ended, after(LONGEST)]); /* some browsers forget to say that they ended */
    }
  }

  document.addEventListener("htmx:afterSettle", () => {
    for (const call of calls().reverse()) { /* the oldest call first, one after the other */
      if (seen.has(call.dataset.call)) continue;
      seen.add(call.dataset.call);
      if (isOn && call.dataset.new !== undefined) {
        const told = { ...call.dataset };
        last = last.then(() => say(told));
      }
    }
  });

  function switchOn(value) {
    isOn = value;
    if (isOn && !sound) { sound = new AudioContext(); sound.addEventListener("statechange", show); }
    show();
  }

  button.addEventListener("click", () => {
    if (isBlocked()) { sound.resume(); return; }
    switchOn(!isOn);
    if (!isOn) speech?.cancel();
    try { localStorage.setItem(KEPT, isOn ? "1" : "0"); } catch { /* private mode: for this page only */ }
  });

  let wasOn = false;
  try { wasOn = localStorage.getItem(KEPT) === "1"; } catch { /* stays off */ }
  speech?.addEventListener?.("voiceschanged", show);
  switchOn(wasOn);

  /* Nobody stands beside this screen: what could not be fetched is said in the state of the line, not in a toast. */
  for (const name of ["htmx:sendError", "htmx:responseError"]) window.addEventListener(name, (event) => event.stopPropagation(), true);
})();
