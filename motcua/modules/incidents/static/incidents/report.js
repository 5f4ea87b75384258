/* The report in four steps: photos go ahead in the background, the place comes from the photo or the device, the server
   gives hints while one writes, and everything is kept on this device until it has arrived. The form below is complete
   without all this; here it is only walked through. */
(() => {
  "use strict";
  const root = document.documentElement, wizard = document.getElementById("wizard"), form = document.getElementById("report");
  if (!wizard || !root.classList.contains("wz-on")) return;
  root.dataset.ready = "1";
  const say = wizard.dataset, box = window.mcOutbox;
  const STEPS = ["anh", "vi-tri", "loai", "xem-lai"], LONGEST = 1600, QUALITY = 0.85, SAVE_AFTER = 400, ASK_AFTER = 500, AGAIN = 15_000; /* pixels, share, milliseconds */
  const field = (name) => form.elements[name];
  const by = (id) => document.getElementById(id);
  const fill = (words, n) => words.replace("{n}", n);

  let step = "anh", photos = [], source = "", savedAt = 0, answers = {}, sending = false;
  const newKey = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18)))).replaceAll("+", "-").replaceAll("/", "_");
  field("key").value = newKey();

  /* ── Draft ── */

  const KEPT = ["text", "address", "lat", "lon", "name", "phone", "email", "category_by"];
  const chosen = () => { const radio = form.querySelector("[name=category][type=radio]:checked"); return radio && radio.value !== "other" ? radio.value : (form.querySelector("select[name=category]")?.value || ""); };
  const asked = () => [...form.elements].filter((one) => one.name?.startsWith("q-") && one.value && (!/radio|checkbox/.test(one.type) || one.checked)).map((one) => [one.name, one.value]);

  let saver;
  function save() { clearTimeout(saver); saver = setTimeout(() => keep().catch(() => {}), SAVE_AFTER); }
  async function keep() {
    if (sending) return;
    const values = Object.fromEntries(KEPT.map((name) => [name, field(name)?.value || ""]));
    if (!photos.length && !values.text && !values.address && !values.lat) return;
    savedAt = Date.now();
    await box.put("drafts", {
      key: "report", at: savedAt, id: field("key").value, step, source, values, category: chosen(), danger: field("is_danger").checked, hides: field("hides_name").checked, answers: Object.fromEntries(asked()),
      photos: photos.map(({ blob, name, token, lat, lon }) => ({ blob, name, token, lat, lon })),
    });
  }

  async function restore() {
    const draft = await box.get("drafts", "report");
    if (!draft) return;
    if (box.isOld(draft)) { await box.remove("drafts", "report"); return; }
    field("key").value = draft.id;
    for (const name of KEPT) if (field(name) && !field(name).value) field(name).value = draft.values[name];
    const select = form.querySelector("select[name=category]");
    if (select) select.value = draft.category;
    field("is_danger").checked = draft.danger;
    field("hides_name").checked = draft.hides;
    ({ source, answers } = draft);
    if (draft.values.lat) putPin(Number(draft.values.lat), Number(draft.values.lon));
    for (const photo of draft.photos) add(photo);
    const note = by("draft-note");
    note.querySelector("[data-words]").textContent = say.wDraft.replace("{time}", window.mcTime(draft.at));
    note.hidden = false;
    show(draft.step, false);
  }

  by("draft-drop").addEventListener("click", async () => {
    sending = true; /* nothing is saved any more */
    await box.remove("drafts", "report").catch(() => {});
    location.replace(say.page);
  });

  /* ── Steps ── */

  function show(name, remember = true) {
    step = name;
    for (const section of form.querySelectorAll("[data-step]")) section.classList.toggle("on", section.dataset.step === name);
    root.dataset.at = name;
    const at = STEPS.indexOf(name);
    by("back").hidden = at < 1;
    by("back").href = `#${STEPS[Math.max(at - 1, 0)]}`;
    by("next").textContent = name === "vi-tri" && field("lat").value ? say.wNextPlace : say.wNext;
    if (name === "xem-lai") review();
    if (name === "vi-tri") lookForDevice();
    if (remember) {
      if (location.hash !== `#${name}`) history.pushState({ step: name }, "", `#${name}`);
      scrollTo(0, 0);
      form.querySelector(`[data-step="${name}"] h2`)?.focus({ preventScroll: true });
    }
    save();
  }

  function complain(name, words) {
    const input = name === "place" ? by("id_address") : by(`id_${name}`);
    const home = input?.closest(".mc-field");
    if (!home) return;
    home.querySelector(".mc-err")?.remove();
    home.toggleAttribute("data-err", Boolean(words));
    input.toggleAttribute("aria-invalid", Boolean(words));
    if (!words) { input.removeAttribute("aria-invalid"); return; }
    input.setAttribute("aria-invalid", "true");
    const told = by("shots-error").cloneNode(true);
    told.id = `${input.id}_error`;
    told.hidden = false;
    told.removeAttribute("role");
    told.querySelector("[data-words]").textContent = words;
    (input.closest(".mc-opts") || input).before(told);
    const described = new Set((input.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
    input.setAttribute("aria-describedby", [...described.add(told.id)].join(" "));
    input.focus();
  }

  function isRight(name) {
    if (name === "vi-tri") {
      const right = Boolean(field("lat").value || field("address").value.trim());
      complain("address", right ? "" : say.wNeedPlace);
      return right;
    }
    if (name === "loai") {
      const right = photos.length > 0 || field("text").value.trim().length >= Number(say.shortest);
      complain("text", right ? "" : say.wNeedText);
      return right;
    }
    return true;
  }

  by("next").addEventListener("click", () => { if (isRight(step)) show(STEPS[STEPS.indexOf(step) + 1]); });
  wizard.addEventListener("click", (event) => {
    const link = event.target.closest("[data-go], #back");
    if (!link) return;
    event.preventDefault();
    show(link.dataset.go || link.hash.slice(1));
  });
  addEventListener("popstate", () => { const name = location.hash.slice(1) || "anh"; if (STEPS.includes(name) && name !== step) show(name, false); });

  /* ── Photos ── */

  const shots = by("shots"), pattern = by("shot");

  function paint(photo) {
    const number = photos.indexOf(photo) + 1, { figure } = photo;
    figure.querySelector("img").alt = fill(say.wPhoto, number);
    figure.querySelector(".rm").setAttribute("aria-label", fill(say.wRemove, number));
    const words = { uploading: fill(say.wUploading, photo.percent || 0), uploaded: say.wUploaded, waiting: say.wWaiting, failed: say.wFailed }[photo.state] || "…";
    figure.querySelector("[data-words]").textContent = words;
    figure.dataset.state = photo.state || "";
    figure.querySelector("[data-retry]").hidden = photo.state !== "failed";
    const meter = figure.querySelector("progress");
    meter.hidden = photo.state !== "uploading";
    meter.value = photo.percent || 0;
    let token = figure.querySelector("input");
    if (photo.token && !token) {
      token = document.createElement("input");
      token.type = "hidden";
      token.name = "file";
      figure.append(token);
    }
    if (token) token.value = photo.token || "";
    if (token && !photo.token) token.remove();
    const words2 = by("cam").querySelector("[data-first]");
    words2.textContent = photos.length ? words2.dataset.more : words2.dataset.first;
    by("cam").classList.toggle("mini", photos.length % 2 === 1);
  }

  function add(photo) {
    photo.figure = pattern.content.firstElementChild.cloneNode(true);
    photo.figure.querySelector("img").src = photo.preview = URL.createObjectURL(photo.blob);
    photo.figure.querySelector(".rm").addEventListener("click", () => drop(photo));
    photo.figure.querySelector("[data-retry]").addEventListener("click", () => upload(photo));
    photos.push(photo);
    by("cam").before(photo.figure);
    photo.state = photo.token ? "uploaded" : "waiting";
    paint(photo);
    if (!photo.token) upload(photo);
  }

  function drop(photo) {
    photo.request?.abort();
    photos = photos.filter((one) => one !== photo);
    photo.figure.remove();
    URL.revokeObjectURL(photo.preview);
    if (photo.token) fetch(`${say.stage}${photo.token}/bo/`, { method: "POST", headers: { "X-CSRFToken": field("csrfmiddlewaretoken").value } }).catch(() => {});
    photos.forEach(paint);
    if (!photos.length) by("cam").querySelector("[data-first]").textContent = by("cam").querySelector("[data-first]").dataset.first;
    by("cam").classList.toggle("mini", photos.length % 2 === 1);
    by("camera").focus();
    save();
  }

  function shotsError(words) {
    by("shots-error").querySelector("[data-words]").textContent = words;
    by("shots-error").hidden = !words;
  }

  async function shrink(file, segment) {
    let picture;
    try { picture = await createImageBitmap(file, { imageOrientation: "from-image" }); } catch { return file; } /* HEIC: the server reads it */
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size < 600_000 && file.type === "image/jpeg") { picture.close(); return file; }
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const small = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
    if (!small) return file;
    return segment ? mcExif.put(small, segment) : small;
  }

  async function take(files) {
    shotsError("");
    for (const file of files) {
      if (photos.length >= Number(say.most)) { shotsError(fill(say.wTooMany, say.most)); break; }
      const told = await mcExif.read(file);
      const photo = { blob: await shrink(file, told?.segment), lat: told?.lat, lon: told?.lon, token: "" };
      add(photo);
      if (photo.lat !== undefined) offerPlace(photo.lat, photo.lon);
      await keep().catch(() => {});
    }
  }

  for (const id of ["camera", "library"]) by(id).addEventListener("change", (event) => {
    const files = [...event.target.files];
    event.target.value = ""; /* so that the same photo can be chosen again */
    take(files).catch(() => shotsError(say.wFailed));
  });

  /* A form that was kept for long, or came without a connection, has an old proof of where it comes from. */
  async function renewProof(photo) {
    const fresh = { page: say.page };
    await box.proof(fresh);
    field("csrfmiddlewaretoken").value = fresh.proof;
    photo.renewed = true;
    upload(photo);
  }

  function upload(photo) {
    if (!navigator.onLine) { photo.state = "waiting"; paint(photo); return; }
    const request = photo.request = new XMLHttpRequest(), body = new FormData();
    body.append("tep", photo.blob, "anh.jpg");
    request.open("POST", say.stage);
    request.setRequestHeader("X-CSRFToken", field("csrfmiddlewaretoken").value);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) { photo.percent = Math.round((100 * event.loaded) / event.total); paint(photo); } });
    request.addEventListener("load", () => {
      const told = request.response;
      if (request.status === 201) {
        photo.state = "uploaded";
        photo.token = told.token;
        if (told.lat !== null && photo.lat === undefined) offerPlace(told.lat, told.lon);
        save();
      } else if (request.status === 403 && !photo.renewed) { renewProof(photo).catch(() => { photo.state = "waiting"; paint(photo); }); return; }
      else if ([413, 415, 422].includes(request.status)) { drop(photo); shotsError(told?.detail || say.wFailed); return; }
      else photo.state = "failed";
      paint(photo);
    });
    /* What the device says of its connection is not always true: no answer means none. */
    request.addEventListener("error", () => { photo.state = "waiting"; paint(photo); });
    photo.state = "uploading";
    photo.percent = 0;
    paint(photo);
    request.send(body);
  }

  const uploadWaiting = () => photos.filter((photo) => !photo.token && photo.state === "waiting").forEach(upload);
  addEventListener("online", uploadWaiting);
  setInterval(() => { if (!sending) uploadWaiting(); }, AGAIN);

  /* ── Place ── */

  const map = by("place-map");

  function putPin(lat, lon) {
    field("lat").value = lat.toFixed(6);
    field("lon").value = lon.toFixed(6);
    map.dataset.lat = lat;
    map.dataset.lon = lon;
    if (map.classList.contains("leaflet-container")) document.dispatchEvent(new CustomEvent("pin:set", { detail: { lat, lon } }));
    placed();
  }

  function placed() {
    by("place-lead").textContent = source === "photo" ? say.wFromPhoto : source === "device" ? say.wFromDevice : by("place-lead").textContent;
    complain("address", "");
    if (step === "vi-tri") by("next").textContent = say.wNextPlace;
    save();
    hint();
  }

  /* The photo's place is better than the device's, and the person's own better than both. */
  function offerPlace(lat, lon) {
    if (source === "person" || source === "photo") return;
    source = "photo";
    putPin(lat, lon);
  }

  let looked = false;
  function lookForDevice() {
    if (looked || source || field("address").value || !navigator.geolocation || !window.isSecureContext) return;
    looked = true;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      if (source || field("address").value) return;
      source = "device";
      putPin(coords.latitude, coords.longitude);
    }, () => {}, { enableHighAccuracy: true, timeout: 8_000, maximumAge: 60_000 });
  }

  document.addEventListener("click", (event) => { if (event.target.closest("[data-map-locate]")) source = "locating"; });
  map.addEventListener("pin:moved", () => {
    if (source === "locating") source = "device";
    else if (samePlace()) return;
    else source = "person";
    map.dataset.lat = field("lat").value;
    map.dataset.lon = field("lon").value;
    placed();
  });
  /* Putting the pin, or showing the map, moves it by a pixel, and it tells of it: that is not the person's doing. */
  const PIXEL = 3e-5;
  const samePlace = () => Math.abs(Number(map.dataset.lat) - Number(field("lat").value)) < PIXEL && Math.abs(Number(map.dataset.lon) - Number(field("lon").value)) < PIXEL;

  /* The address as a way to the pin: our own streets, places and communes, and what the city asks besides. */
  const search = by("place-search");

  async function searchPlace() {
    const words = field("address").value.trim(), list = search.querySelector("ul"), told = search.querySelector("[role=status]");
    list.replaceChildren();
    if (!words) { field("address").focus(); return; }
    let items = [];
    try { items = (await (await fetch(`${search.dataset.url}?q=${encodeURIComponent(words)}`)).json()).items || []; } catch { /* said below */ }
    told.textContent = items.length ? search.dataset.found : search.dataset.none;
    for (const item of items) {
      const line = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.className = "mc-btn block";
      button.textContent = [item.label, item.within, item.approximate ? search.dataset.near : ""].filter(Boolean).join(" · ");
      button.addEventListener("click", () => {
        source = "person";
        putPin(item.lat, item.lon);
        list.replaceChildren();
        told.textContent = "";
        map.focus({ preventScroll: true });
        map.scrollIntoView({ block: "nearest" });
      });
      line.append(button);
      list.append(line);
    }
    list.querySelector("button")?.focus();
  }

  search.querySelector("button").addEventListener("click", searchPlace);
  field("address").addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); searchPlace(); } });

  /* ── Hints ── */

  let asker, request;
  const last = {};

  function hint() { clearTimeout(asker); asker = setTimeout(() => askHints().catch(() => {}), ASK_AFTER); }

  async function askHints() {
    if (!navigator.onLine) return;
    request?.abort();
    request = new AbortController();
    const body = new URLSearchParams();
    for (const name of ["lat", "lon", "text", "category_by"]) body.append(name, field(name).value);
    for (const one of form.querySelectorAll("[name=category]")) if (one.tagName === "SELECT" || one.checked) body.append("category", one.value);
    if (field("is_danger").checked) body.append("is_danger", "on");
    for (const [name, value] of [...Object.entries(answers), ...asked()]) body.append(name, value);
    const answer = await fetch(say.hints, { method: "POST", body, signal: request.signal });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of fresh.querySelectorAll("[id^=hint-]")) swap(part);
  }

  const names = (element) => [...element.querySelectorAll("[name]")].map((one) => one.name).join(" ");

  /* What did not change is left alone: a screen reader stays quiet, and nobody loses the field they are in. */
  function swap(part) {
    const home = by(part.id), html = part.innerHTML;
    if (!home || last[part.id] === html) return;
    last[part.id] = html;
    if (part.id === "hint-questions" && names(home) === names(part) && home.children.length) return;
    const focused = home.contains(document.activeElement) ? document.activeElement.id : "";
    home.replaceChildren(...part.childNodes);
    if (part.id === "hint-questions") answers = {};
    if (focused) by(focused)?.focus({ preventScroll: true });
  }

  form.addEventListener("input", (event) => {
    save();
    if (event.target.name === "text") { if (event.target.value.trim().length >= Number(say.shortest)) complain("text", ""); hint(); }
    if (event.target.name === "address" && event.target.value.trim()) complain("address", "");
  });
  form.addEventListener("change", (event) => {
    const { name, value, type } = event.target;
    if (name === "category") field("category_by").value = "person";
    if ((name === "category" && !(type === "radio" && value === "other")) || name === "is_danger") hint();
    save();
  });

  /* ── Review ── */

  function review() {
    const put = (name, words) => { form.querySelector(`[data-review="${name}"]`).textContent = words; };
    const row = form.querySelector('[data-review="shots"]');
    row.querySelectorAll("img, .none").forEach((one) => one.remove());
    for (const photo of photos.slice(0, 3).reverse()) {
      const image = document.createElement("img");
      image.src = photo.preview;
      image.alt = fill(say.wPhoto, photos.indexOf(photo) + 1);
      image.className = "rv-shot";
      row.prepend(image);
    }
    if (!photos.length) row.prepend(Object.assign(document.createElement("span"), { className: "none muted", textContent: say.wNoPhoto }));
    const area = by("hint-place").querySelector("b")?.textContent || "";
    const address = field("address").value.trim();
    put("place", field("lat").value ? [address || say.wPin, area].filter(Boolean).join(", ") : address);
    put("text", field("text").value.trim() || say.wNone);
    const radio = form.querySelector("[name=category][type=radio]:checked"), select = form.querySelector("select[name=category]");
    const name = radio && radio.value !== "other" ? radio.closest("label").querySelector("b").textContent : select?.selectedOptions[0]?.textContent;
    put("category", `${name || say.wUnsure}${field("is_danger").checked ? `, ${say.wDanger}` : ""}`);
  }

  /* ── Sending ── */

  const STEP_OF = { shots: "anh", address: "vi-tri", lat: "vi-tri", lon: "vi-tri", text: "loai", category: "loai", name: "xem-lai", phone: "xem-lai", email: "xem-lai" };

  function refused(errors) {
    const told = Object.entries(errors);
    const home = by("refusal");
    home.replaceChildren();
    const note = Object.assign(document.createElement("div"), { className: "mc-note mb-3" });
    note.dataset.k = "bad";
    note.setAttribute("role", "alert");
    const list = Object.assign(document.createElement("div"), { className: "mc-sum" });
    list.append(Object.assign(document.createElement("b"), { textContent: say.wRefused }));
    for (const [name, messages] of told) {
      const to = STEP_OF[name] || (name.startsWith("q-") ? "loai" : "");
      const line = document.createElement(to ? "a" : "p");
      if (to) { line.href = `#${to}`; line.dataset.go = to; }
      line.textContent = messages.join(" ");
      list.append(line);
    }
    note.append(list);
    home.append(note);
    const first = STEPS.find((name) => told.some(([one]) => (STEP_OF[one] || "loai") === name)) || "xem-lai";
    show(first);
    for (const [name, messages] of told) {
      if (name === "shots") shotsError(messages.join(" "));
      else complain(name === "lat" || name === "lon" ? "address" : name, messages.join(" "));
    }
  }

  function entryOf() {
    const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !["csrfmiddlewaretoken", "file"].includes(name));
    const title = field("text").value.trim().slice(0, 60) || form.querySelector('[data-review="category"]').textContent;
    return {
      key: field("key").value, page: say.page, stage: say.stage, proof: field("csrfmiddlewaretoken").value, fields, title, at: Date.now(), state: "waiting",
      photos: photos.map(({ blob, token }) => ({ blob, token })),
    };
  }

  function busy(is) {
    const button = by("send");
    button.disabled = is;
    button.toggleAttribute("aria-busy", is);
    button.lastChild.textContent = is ? say.wSending : say.wSend;
  }
  say.wSend = by("send").lastChild.textContent;

  async function send() {
    const wrong = ["vi-tri", "loai"].find((name) => !isRight(name));
    if (wrong) { show(wrong); isRight(wrong); return; }
    by("refusal").replaceChildren();
    review();
    busy(true);
    sending = true;
    clearTimeout(saver);
    photos.forEach((photo) => photo.request?.abort());
    const entry = entryOf();
    try {
      await box.put("outbox", entry);
      await box.remove("drafts", "report");
      const result = navigator.onLine ? await box.alone(() => box.deliver(entry)) : { state: "waiting" };
      await then(entry, result);
    } catch { /* no storage on this device: the plain way */
      form.removeEventListener("submit", onSubmit);
      form.submit();
    }
  }

  async function then(entry, result) {
    if (result.state === "sent") {
      box.follow(result.code);
      location.replace(result.url);
      return;
    }
    busy(false);
    sending = false;
    if (result.state === "refused") {
      await box.remove("outbox", entry.key);
      await keep();
      refused(result.errors);
      return;
    }
    navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("mc-outbox")).catch(() => {});
    sending = true; /* it is in the outbox now, not a draft */
    await waiting();
    show("mat-mang");
  }

  async function waiting() {
    const home = by("waiting");
    home.replaceChildren();
    for (const entry of await box.all("outbox")) {
      const card = by("waiting-card").content.firstElementChild.cloneNode(true), [photo] = entry.photos;
      card.querySelector("[data-title]").textContent = entry.title || home.dataset.untitled;
      card.querySelector("[data-line]").textContent = fill(say.wSaved, entry.photos.length).replace("{time}", window.mcTime(entry.at));
      if (photo?.blob) { const image = card.querySelector("img"); image.src = URL.createObjectURL(photo.blob); image.hidden = false; }
      home.append(card);
    }
  }

  by("again").addEventListener("click", async () => {
    by("again").setAttribute("aria-busy", "true");
    await box.flush().catch(() => {});
    by("again").removeAttribute("aria-busy");
  });

  /* Sent in the background, by this page, another one, or the service worker. */
  document.addEventListener("outbox", async (event) => {
    const mine = event.detail.find((one) => one.key === field("key").value);
    if (!mine || step !== "mat-mang") return;
    const entry = await box.get("outbox", mine.key);
    if (mine.state === "sent") { box.follow(mine.code); location.replace(mine.url); }
    if (mine.state === "refused" && entry) { await then(entry, mine); }
  });

  function onSubmit(event) {
    if (event.submitter?.dataset.join !== undefined) { sending = true; return; } /* they join another report instead */
    event.preventDefault();
    if (event.submitter && event.submitter.id !== "send") return;
    if (step !== "xem-lai") { by("next").click(); return; }
    send();
  }
  form.addEventListener("submit", onSubmit);
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  const hash = location.hash.slice(1);
  restore().catch(() => {}).finally(() => {
    if (step === "anh" && STEPS.includes(hash) && hash !== "anh") show(hash, false);
    history.replaceState({ step }, "", `#${step}`);
    hint();
  });
})();
