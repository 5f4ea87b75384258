/* The slip prints itself; then, and whenever nobody touches the screen, the kiosk is ready for the next person. */
(() => {
  "use strict";
  const AFTER_SLIP = 15_000, IDLE = 60_000;
  const box = document.querySelector("[data-home]"), again = document.querySelector("[data-print-again]");
  let timer;
  const home = () => location.replace(box.dataset.home);
  const wait = () => { clearTimeout(timer); timer = setTimeout(home, box.dataset.print === undefined ? IDLE : AFTER_SLIP); };
  if (again) { again.hidden = false; again.addEventListener("click", () => print()); }
  if (box.dataset.print !== undefined) addEventListener("load", () => print());
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, wait);
  wait();
})();
