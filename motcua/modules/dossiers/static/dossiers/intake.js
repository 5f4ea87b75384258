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
  let shots = [], stream, into; /* shots: promises of files: a picture takes a moment to be made, and nobody waits for it */
  const camera = () => document.getElementById("in-camera");
  function close() { stream?.getTracks().forEach((track) => track.stop()); stream = null; camera()?.querySelectorAll("[data-shots] img").forEach((img) => { URL.revokeObjectURL(img.src); img.remove(); }); }
  /* With a camera: shoot and done. Without one: say so, and the files. */
  function offer(works) {
    camera().querySelector("[data-none]").hidden = works;
    camera().querySelector("[data-files]").hidden = works;
    camera().querySelectorAll("video, [data-shoot], [data-done], [data-taken]").forEach((part) => { part.hidden = !works; });
  }
  async function open() {
    const dialog = camera(), video = dialog.querySelector("video"), row = wanted();
    into = row?.querySelector("[type=file]");
    if (!into) return;
    shots = []; offer(true);
    dialog.querySelector("[data-count]").textContent = "0";
    dialog.querySelector("[data-camera-for]").textContent = row.querySelector("b").textContent;
    dialog.showModal();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 2560 }, facingMode: "environment" } });
      if (!dialog.open) return close();
      video.srcObject = stream;
      await video.play();
    } catch { if (dialog.open) offer(false); }
  }
  function shoot() {
    const dialog = camera(), video = dialog.querySelector("video");
    if (!stream || !video.videoWidth) return;
    const canvas = document.createElement("canvas"), number = shots.length + 1;
    canvas.width = video.videoWidth; canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    dialog.querySelector("[data-count]").textContent = String(number);
    shots.push(new Promise((made) => canvas.toBlob((blob) => {
      const img = document.createElement("img");
      img.alt = ""; img.src = URL.createObjectURL(blob);
      if (dialog.open) dialog.querySelector("[data-shots]").append(img);
      made(new File([blob], `trang-${number}.jpg`, { type: "image/jpeg" }));
    }, "image/jpeg", 0.9)));
  }
  async function done() {
    const taken = shots, given = new DataTransfer();
    camera().close();
    if (!taken.length || !into) return;
    (await Promise.all(taken)).forEach((shot) => given.items.add(shot));
    into.files = given.files;
    into.dispatchEvent(new Event("change", { bubbles: true }));
  }
  document.addEventListener("close", (event) => { if (event.target.id === "in-camera") close(); }, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest("#intake [data-scan]")) wanted()?.querySelector("[type=file]").click();
    else if (event.target.closest("#intake [data-camera]")) open();
    else if (event.target.closest("#in-camera [data-shoot]")) shoot();
    else if (event.target.closest("#in-camera [data-done]")) done();
    else if (event.target.closest("#in-camera [data-files]")) { camera().close(); into?.click(); }
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
