/* What a form does at once where a script runs; without one the server does the same at the next press of a button.
   [data-form-step] holds the fields; [data-show] and [data-compute] are JSON-Logic; [data-pick] finds a commune while it
   is typed. */
(() => {
  "use strict";
  const NUMBERS = ["number", "integer", "money"];

  /* Answers as conditions see them: typed, and nothing for what is empty or cannot be read. */
  function read(field) {
    const kind = field.dataset.kind, text = field.value.trim();
    if (kind === "declaration") return field.checked || null;
    if (kind === "yes-no") return text === "yes";
    if (!text) return null;
    if (NUMBERS.includes(kind)) {
      const plain = kind === "number" ? text.replace(",", ".") : /^[+-]?\d{1,3}([. ]\d{3})+$/.test(text) ? text.replace(/[. ]/g, "") : text;
      return /^[+-]?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
    }
    if (kind === "date") {
      const parts = /^(\d{1,2})[\s/.-]+(\d{1,2})[\s/.-]+(\d{4})$/.exec(text) || /^(\d{2})(\d{2})(\d{4})$/.exec(text);
      return parts ? `${parts[3]}-${parts[2].padStart(2, "0")}-${parts[1].padStart(2, "0")}` : text;
    }
    return text;
  }

  function put(answers, path, value) {
    const parts = path.split(".");
    let at = answers;
    parts.forEach((part, place) => {
      const last = place === parts.length - 1, key = Array.isArray(at) ? Number(part) : part;
      if (last) { at[key] = value; return; }
      at[key] ??= /^\d+$/.test(parts[place + 1]) ? [] : {};
      at = at[key];
    });
  }

  function gather(step, before) {
    const answers = structuredClone(before);
    for (const field of step.querySelectorAll("[data-kind]")) {
      const path = field.name || field.dataset.name;
      if (!path || field.tagName === "OUTPUT" || field.closest("[hidden]")) continue;
      if (field.dataset.kind === "choices") { if (field.checked) put(answers, path, [...([path].flatMap((p) => p.split(".").reduce((at, part) => at?.[part], answers)) || []).filter(Boolean), field.value]); continue; }
      if (field.type === "radio" && !field.checked) continue;
      const value = read(field);
      if (value !== null) put(answers, path, value);
    }
    return answers;
  }

  const shown = new Intl.NumberFormat(document.documentElement.lang === "en" ? "en" : "vi");
  function words(value, output) {
    if (value === null || value === undefined || value === "") return "—";
    const kind = output.dataset.kind;
    if (kind === "money") return document.documentElement.lang === "en" ? `VND ${shown.format(value)}` : `${shown.format(value)} đ`;
    if (kind === "date" && /^\d{4}-\d\d-\d\d$/.test(value)) return value.split("-").reverse().join("/");
    const text = typeof value === "number" ? String(value).replace(".", ",") : String(value);
    return output.dataset.unit ? `${text} ${output.dataset.unit}` : text;
  }

  /* In the order of the page: a condition looks only at what stands before it. */
  function update(step) {
    const before = JSON.parse(step.dataset.known || "{}");
    for (const part of step.querySelectorAll("[data-show], [data-compute]")) {
      const answers = gather(step, before), scope = part.closest("[data-scope]")?.dataset.scope;
      for (const output of step.querySelectorAll("output[data-compute]")) if (output.mcValue != null && !output.closest("[hidden]")) put(answers, output.dataset.name, output.mcValue);
      const item = scope ? scope.split(".").reduce((at, name) => at?.[name], answers) : null;
      const data = scope ? { ...(item || {}), form: answers } : answers;
      if (part.dataset.show) part.hidden = !window.mcLogic.holds(JSON.parse(part.dataset.show), data);
      if (part.dataset.compute) {
        let value = window.mcLogic.value(JSON.parse(part.dataset.compute), data);
        if (["integer", "money"].includes(part.dataset.kind) && typeof value === "number") value = Math.floor(value + 0.5);
        part.mcValue = value;
        const text = words(value, part);
        if (part.textContent !== text) part.textContent = text;
      }
    }
  }

  /* ── Finding a commune ── */
  function pick(box) {
    const input = box.querySelector("input"), field = box.closest("[data-path]");
    const named = (name) => field.querySelector(`[name="${field.dataset.path}.${name}"]`);
    const list = document.createElement("ul");
    let timer, asked = "", active = -1;
    list.id = `${input.id}-list`;
    list.className = "f-list";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.querySelector("label[for$='-place']").textContent);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    box.append(list);

    function close() { list.hidden = true; active = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); }
    function choose(option) {
      const area = named("area");
      field.querySelector("[role=radiogroup]")?.remove();
      let hidden = area && area.type === "hidden" ? area : null;
      if (!hidden) { hidden = document.createElement("input"); hidden.type = "hidden"; hidden.name = `${field.dataset.path}.area`; field.append(hidden); }
      if (option.dataset.mark !== "!") input.value = option.dataset.label;
      hidden.value = option.dataset.mark;
      named("for").value = input.value;
      close();
    }
    function mark(step) {
      const options = [...list.children];
      if (!options.length) return;
      active = (active + step + options.length) % options.length;
      options.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
      input.setAttribute("aria-activedescendant", options[active].id);
      options[active].scrollIntoView({ block: "nearest" });
    }
    function option(place, found) {
      const element = document.createElement("li");
      element.id = `${list.id}-${place}`;
      element.setAttribute("role", "option");
      element.setAttribute("aria-selected", "false");
      Object.assign(element.dataset, { mark: found.mark, label: found.label });
      element.append(found.label);
      if (found.note) { const note = document.createElement("span"); note.className = "small muted"; note.textContent = found.note; element.append(document.createElement("br"), note); }
      return element;
    }
    async function ask() {
      const text = input.value.trim();
      if (text.length < 2 && !/\d/.test(text)) { close(); return; }
      asked = text;
      let places;
      try {
        const answer = await fetch(`${box.dataset.pick}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
        if (!answer.ok) return;
        places = (await answer.json()).places;
      } catch { return; } /* no connection: the button of the form asks the server later */
      if (asked !== input.value.trim() || document.activeElement !== input) return;
      list.replaceChildren(...places.map((found, place) => option(place, found)), option("x", { mark: "!", label: box.dataset.none, note: "" }));
      active = -1;
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
    }
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 200); });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || list.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); mark(event.key === "ArrowDown" ? 1 : -1); }
      else if (event.key === "Enter" && active >= 0) { event.preventDefault(); choose(list.children[active]); }
      else if (event.key === "Escape") { event.preventDefault(); close(); }
    });
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => { const chosen = event.target.closest("[role=option]"); if (chosen) choose(chosen); });
    input.addEventListener("blur", close);
  }

  function watch(root) {
    for (const step of root.querySelectorAll("[data-form-step]")) {
      if (step.dataset.on) continue;
      step.dataset.on = "1";
      step.querySelector("[name=_seen]").value = "*"; /* nothing appears behind one's back: the script opens it at once */
      step.querySelectorAll("[data-noscript]").forEach((button) => { button.hidden = true; });
      step.querySelectorAll("[data-pick]").forEach(pick);
      for (const name of ["input", "change"]) step.addEventListener(name, () => update(step));
      update(step);
      step.querySelector("[role=alert]")?.focus();
    }
  }

  document.addEventListener("htmx:load", (event) => watch(event.detail.elt));
  watch(document);
})();
