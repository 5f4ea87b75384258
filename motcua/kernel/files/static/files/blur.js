/* Regions are drawn with the pointer and kept as numbers in the form, where they can be typed and removed as well. */
(() => {
  "use strict";
  const stage = document.querySelector("[data-blur]");
  const list = document.querySelector("[data-blur-list]");
  const blank = document.querySelector("[data-blur-row]");
  if (!stage || !list || !blank) return;
  const SMALLEST = 1; // hundredths: a click is no region

  const parts = (input) => input.value.trim().replaceAll(",", ".").split(/\s+/).map(Number);
  const isRegion = (numbers) => numbers.length === 4 && numbers.every(Number.isFinite) && numbers[2] > 0 && numbers[3] > 0;

  function place(box, [left, top, width, height]) {
    box.style.left = `${left}%`;
    box.style.top = `${top}%`;
    box.style.width = `${Math.min(width, 100 - left)}%`;
    box.style.height = `${Math.min(height, 100 - top)}%`;
  }

  function draw() {
    stage.querySelectorAll("i").forEach((box) => box.remove());
    for (const row of list.querySelectorAll("[data-blur-region]")) {
      const input = row.querySelector("input");
      const numbers = parts(input);
      row.querySelector("[data-blur-remove]").hidden = !input.value.trim();
      if (!isRegion(numbers)) continue;
      const box = document.createElement("i");
      place(box, numbers);
      stage.append(box);
    }
  }

  function add(numbers) {
    const inputs = [...list.querySelectorAll("input")];
    let input = inputs.find((one) => !one.value.trim());
    if (!input) {
      list.append(blank.content.cloneNode(true));
      input = list.lastElementChild.querySelector("input");
    }
    input.value = numbers.map((number) => number.toFixed(1)).join(" ");
    draw();
  }

  function at(event) {
    const area = stage.getBoundingClientRect();
    const inside = (value) => Math.min(100, Math.max(0, value));
    return [inside((100 * (event.clientX - area.left)) / area.width), inside((100 * (event.clientY - area.top)) / area.height)];
  }

  let start = null;
  let box = null;
  const span = (end) => [Math.min(start[0], end[0]), Math.min(start[1], end[1]), Math.abs(end[0] - start[0]), Math.abs(end[1] - start[1])];

  stage.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    start = at(event);
    box = document.createElement("i");
    stage.append(box);
  });
  stage.addEventListener("pointermove", (event) => {
    if (start) place(box, span(at(event)));
  });
  const stop = (event) => {
    if (!start) return;
    const numbers = span(at(event));
    start = null;
    box.remove();
    if (event.type === "pointerup" && numbers[2] >= SMALLEST && numbers[3] >= SMALLEST) add(numbers);
  };
  stage.addEventListener("pointerup", stop);
  stage.addEventListener("pointercancel", stop);
  list.addEventListener("input", draw);
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-blur-remove]");
    if (!button) return;
    const input = button.closest("[data-blur-region]").querySelector("input");
    input.value = "";
    input.focus();
    draw();
  });
  draw();
})();
