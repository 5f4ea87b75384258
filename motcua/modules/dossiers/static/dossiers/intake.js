/* The counter by keyboard alone. What is typed while the server answers is not lost: it waits, and then goes where the
   hand expects it. Papers are ticked without asking the server; arrows walk through the procedures that were found. */
(() => {
  "use strict";
  const waiting = [];
  let busy = false;
  const form = () => document.querySelector("#intake form");
  const boxes = () => [...document.querySelectorAll("#intake [name=paper]")];

  function missing() {
    const note = document.querySelector("[data-missing]");
    if (!note) return;
    const there = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
    let some = false;
    note.querySelectorAll("[data-missing-paper]").forEach((line) => { line.hidden = there.has(line.dataset.missingPaper); some ||= !line.hidden; });
    note.hidden = !some;
  }
  document.addEventListener("change", (event) => { if (event.target.matches("#intake [name=paper]")) missing(); });

  /* Pages for the paper on which the cursor is, else for the first one that is ticked and has none. */
  const rows = () => [...document.querySelectorAll("#intake [data-paper]")];
  const bare = (row) => row.querySelector("[name=paper]").checked && !row.querySelector(".in-page");
  const wanted = () => document.activeElement?.closest("[data-paper]") || rows().find(bare) || rows()[0];
  let shots = [], stream, into;
  function close() { stream?.getTracks().forEach((track) => track.stop()); stream = null; }
  async function open() {
    const dialog = document.getElementById("in-camera"), video = dialog.querySelector("video"), none = dialog.querySelector("[data-none]");
    into = wanted()?.querySelector("[type=file]");
    shots = []; none.hidden = true; dialog.querySelector("[data-count]").textContent = "0";
    dialog.showModal();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 2560 }, facingMode: "environment" } });
      if (!dialog.open) return close();
      video.srcObject = stream;
      await video.play();
    } catch { none.hidden = false; }
  }
  function shoot() {
    const dialog = document.getElementById("in-camera"), video = dialog.querySelector("video");
    if (!video.videoWidth) return;
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth; canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    canvas.toBlob((blob) => { shots.push(new File([blob], `trang-${shots.length + 1}.jpg`, { type: "image/jpeg" })); dialog.querySelector("[data-count]").textContent = String(shots.length); }, "image/jpeg", 0.9);
  }
  function done() {
    document.getElementById("in-camera").close();
    if (!shots.length || !into) return;
    const given = new DataTransfer();
    shots.forEach((shot) => given.items.add(shot));
    into.files = given.files;
    into.dispatchEvent(new Event("change", { bubbles: true }));
  }
  document.addEventListener("close", (event) => { if (event.target.id === "in-camera") close(); }, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest("#intake [data-scan]")) wanted()?.querySelector("[type=file]").click();
    else if (event.target.closest("#intake [data-camera]")) open();
    else if (event.target.closest("#in-camera [data-shoot]")) shoot();
    else if (event.target.closest("#in-camera [data-done]")) done();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-tick-all]")) return;
    event.preventDefault();
    const all = boxes(), tick = all.some((box) => !box.checked);
    all.forEach((box) => { box.checked = tick; });
    missing();
    if (document.activeElement?.matches("[data-tick-all]")) all[0]?.focus();
  }, true);

  document.addEventListener("keydown", (event) => {
    if (busy && event.isTrusted && !event.isComposing && event.keyCode !== 229 && !event.altKey && /^(.|Enter)$/u.test(event.key)
      && (!(event.ctrlKey || event.metaKey) || event.key === "Enter")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting.push({ key: event.key, ctrl: event.ctrlKey || event.metaKey, shift: event.shiftKey });
      return;
    }
    if (!/^Arrow(Up|Down)$/.test(event.key) || !event.target.closest?.("#id_q, #intake-found")) return;
    const stops = [document.getElementById("id_q"), ...document.querySelectorAll("#intake-found button")];
    const next = stops[stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
  }, true);

  function deliver() {
    while (waiting.length && !busy) {
      const { key, ctrl, shift } = waiting.shift(), at = document.activeElement || document.body;
      if (at.matches("input:not([type=checkbox], [type=radio])") && !ctrl && key !== "Enter") {
        at.setRangeText(key, at.selectionStart, at.selectionEnd, "end");
        at.dispatchEvent(new Event("input", { bubbles: true }));
      } else if (key === "Enter" && !ctrl && at.matches("button, a")) at.click();
      else if (key === "Enter" && !ctrl) form()?.requestSubmit(form().querySelector("button"));
      else at.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey: ctrl, shiftKey: shift, bubbles: true, cancelable: true }));
    }
  }
  const whole = (event) => event.detail.target?.id === "intake";
  document.addEventListener("htmx:beforeRequest", (event) => { if (whole(event)) busy = true; });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "intake") return;
    busy = false;
    /* an error that nobody put the cursor on, is read first */
    if (!document.querySelector("#intake [autofocus]")) document.querySelector("#intake [role=alert]")?.focus();
    deliver();
  });
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => { if (whole(event)) { busy = false; waiting.length = 0; } });
  }
})();
