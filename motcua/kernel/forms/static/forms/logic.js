/* JSON-Logic, the same as motcua/lib/jsonlogic.py: nothing is converted, and what is not there makes a sum come out as
   nothing. Both are tried on motcua/lib/tests/jsonlogic_cases.json. */
(() => {
  "use strict";
  const isNumber = (value) => typeof value === "number";
  const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

  function truth(value) {
    if (Array.isArray(value)) return value.length > 0;
    if (isObject(value)) return Object.keys(value).length > 0;
    return Boolean(value);
  }

  function lookUp(data, name) {
    if (name === "") return data;
    for (const part of String(name).split(".")) {
      if (Array.isArray(data)) data = /^\d+$/.test(part) ? data[Number(part)] : undefined;
      else if (isObject(data) && Object.hasOwn(data, part)) data = data[part];
      else return null;
      if (data === undefined) return null;
    }
    return data;
  }

  function same(left, right) {
    if (Array.isArray(left) && Array.isArray(right)) return left.length === right.length && left.every((one, place) => same(one, right[place]));
    if (isObject(left) && isObject(right)) {
      const keys = Object.keys(left);
      return keys.length === Object.keys(right).length && keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key]));
    }
    return left === right;
  }

  function ordered(values, holds) {
    if (!(values.every(isNumber) || values.every((value) => typeof value === "string"))) return false;
    return values.slice(1).every((value, place) => holds(values[place], value));
  }

  function sum(values, reckon) {
    if (values.length === 1 && Array.isArray(values[0])) values = values[0];
    if (!values.length || !values.every(isNumber)) return null;
    const outcome = reckon(values);
    return Number.isFinite(outcome) ? (Object.is(outcome, -0) ? 0 : outcome) : null;
  }

  function written(value) {
    if (value === null || value === undefined || isObject(value)) return "";
    return Array.isArray(value) ? value.map(written).join(",") : String(value);
  }

  const plain = {
    "==": ([left, right]) => same(left, right),
    "!=": ([left, right]) => !same(left, right),
    "<": (values) => ordered(values, (left, right) => left < right),
    "<=": (values) => ordered(values, (left, right) => left <= right),
    ">": (values) => ordered(values, (left, right) => left > right),
    ">=": (values) => ordered(values, (left, right) => left >= right),
    "!": ([value]) => !truth(value),
    "!!": ([value]) => truth(value),
    in: ([wanted, among]) => {
      if (typeof among === "string") return typeof wanted === "string" && wanted !== "" && among.includes(wanted);
      return Array.isArray(among) && among.some((one) => same(wanted, one));
    },
    "+": (values) => sum(values, (all) => all.reduce((so, one) => so + one)),
    "-": (values) => sum(values, (all) => (all.length === 1 ? -all[0] : all[0] - all[1])),
    "*": (values) => sum(values, (all) => all.reduce((so, one) => so * one)),
    "/": (values) => sum(values, (all) => all[0] / all[1]),
    "%": (values) => sum(values, (all) => all[0] % all[1]),
    min: (values) => sum(values, (all) => Math.min(...all)),
    max: (values) => sum(values, (all) => Math.max(...all)),
    cat: (values) => values.map(written).join(""),
  };
  plain["==="] = plain["=="];
  plain["!=="] = plain["!="];

  function value(rule, data) {
    if (Array.isArray(rule)) return rule.map((part) => value(part, data));
    if (!isObject(rule)) return rule;
    const [operator, given] = Object.entries(rule)[0];
    const parts = Array.isArray(given) ? given : [given];
    switch (operator) {
      case "var": {
        const found = lookUp(data, parts[0]);
        return found === null ? (parts[1] ?? null) : found;
      }
      case "and": case "or": {
        let found = null;
        for (const part of parts) { found = value(part, data); if (truth(found) === (operator === "or")) return found; }
        return found;
      }
      case "if":
        for (let place = 0; place < parts.length - 1; place += 2) if (truth(value(parts[place], data))) return value(parts[place + 1], data);
        return parts.length % 2 ? value(parts[parts.length - 1], data) : null;
      case "missing": {
        let names = parts.map((part) => value(part, data));
        if (names.length === 1 && Array.isArray(names[0])) names = names[0];
        return names.filter((name) => typeof name === "string" && [null, ""].includes(lookUp(data, name)));
      }
      case "some": case "all": case "none": {
        const items = value(parts[0], data);
        const found = Array.isArray(items) ? items.map((item) => truth(value(parts[1], item))) : [];
        if (operator === "some") return found.some(Boolean);
        return operator === "none" ? !found.some(Boolean) : found.length > 0 && found.every(Boolean);
      }
      case "reduce": {
        const items = value(parts[0], data);
        return (Array.isArray(items) ? items : []).reduce((accumulator, current) => value(parts[1], { current, accumulator }), value(parts[2], data));
      }
      default:
        return plain[operator](parts.map((part) => value(part, data)));
    }
  }

  window.mcLogic = { value, holds: (rule, data) => truth(value(rule, data)) };
})();
