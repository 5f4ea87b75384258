/* Ready for the next person by itself. Whoever touched a face and went on their way has rated: it is sent without reasons. */
(() => {
  "use strict";
  const box = document.querySelector("[data-home]"), form = box.querySelector("form");
  const AFTER = { thanks: 5_000, why: 25_000, faces: 120_000 };  // the faces come anew, in Vietnamese
  let timer;
  const wait = () => { clearTimeout(timer); timer = setTimeout(() => form ? form.requestSubmit() : location.replace(box.dataset.home), AFTER[box.dataset.step]); };
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, wait);
  wait();
})();
