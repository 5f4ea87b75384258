/* The keyboard map of the desk. Anything that a key can do is on the page as a link, button or field with
   data-key="g v" (a sequence), "n", "/", "shift+j", "ctrl+enter"…; pressing the key clicks or focuses it.
   Off inside fields and while a Vietnamese input method composes; single letters can be switched off (WCAG 2.1.4). */
(() => {
  "use strict";
  const OFF = "mc-keys-off", PAUSE = 1_200;
  let prefix = "", timer;
  const off = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
  const typing = (target) => target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || (target.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(target.type));
  const visible = (element) => element.getClientRects().length > 0 || element.dataset.keyHidden !== undefined;
  const scope = () => document.querySelector("dialog[open]") || document; /* behind a dialog no key works */
  const find = (key) => [...scope().querySelectorAll("[data-key]")].find((element) => element.dataset.key.split("|").includes(key) && visible(element) && !element.disabled);

  function name(event) {
    const key = event.key === " " ? "space" : event.key.toLowerCase();
    const shifted = event.shiftKey && (key.length > 1 || /[a-z]/.test(key));
    return (event.ctrlKey || event.metaKey ? "ctrl+" : "") + (shifted ? "shift+" : "") + key;
  }

  function act(element) {
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) && !/^(checkbox|radio|submit|button)$/.test(element.type)) { element.focus(); element.select?.(); }
    else element.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.altKey || event.defaultPrevented) return;
    const key = name(event), single = !event.ctrlKey && !event.metaKey && !/^f\d|^escape$/.test(key);
    if (key === "escape" && document.querySelector("dialog[open]")) return; /* the browser closes it */
    if (key === "escape" && typing(event.target)) { event.target.blur(); return; }
    if (single && (typing(event.target) || off())) return;
    if (single && event.target.closest("[role=toolbar] button, summary, a, button") && /^(enter|space)$/.test(key)) return;
    const whole = prefix ? `${prefix} ${key}` : key;
    const element = find(whole);
    clearTimeout(timer);
    if (element) { event.preventDefault(); prefix = ""; act(element); return; }
    const starts = [...scope().querySelectorAll("[data-key]")].some((one) => one.dataset.key.split("|").some((k) => k.startsWith(`${whole} `)));
    prefix = starts ? whole : "";
    if (starts) { event.preventDefault(); timer = setTimeout(() => { prefix = ""; }, PAUSE); }
  });

  /* ?: every key that works on this page, read off the page itself */
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keys-help]")) return;
    event.preventDefault();
    const dialog = document.getElementById("keys");
    const list = dialog.querySelector(".mc-keys");
    list.replaceChildren();
    const told = new Set();
    document.querySelectorAll("[data-key]").forEach((element) => {
      const label = element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.replace(/\s+/g, " ").trim();
      const key = element.dataset.key.split("|")[0];
      if (!label || told.has(key)) return;
      told.add(key);
      const row = document.createElement("div"), keys = document.createElement("span");
      row.append(label.replace(new RegExp(`\\s*${key.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}$`, "i"), ""), keys);
      for (const part of key.split(/[ +]/)) { const kbd = document.createElement("kbd"); kbd.textContent = part.length > 1 ? part[0].toUpperCase() + part.slice(1) : part.toUpperCase(); keys.append(kbd, " "); }
      list.append(row);
    });
    const toggle = dialog.querySelector("[data-keys-off]");
    if (toggle) { toggle.checked = off(); toggle.onchange = () => { try { localStorage.setItem(OFF, toggle.checked ? "1" : "0"); } catch { /* private mode: only for this page */ } }; }
    dialog.showModal();
  });
})();
