// The documentation of the JSON API, started by its page. What it sends is signed like our own forms, so that trying out
// works for whoever is signed in.
SwaggerUIBundle({
  url: document.body.dataset.schema,
  dom_id: "#api",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  validatorUrl: null,
  requestInterceptor: (request) => {
    request.headers["X-CSRFToken"] = document.body.dataset.csrf;
    return request;
  },
});

// What the library leaves out for who listens to the page or walks it by keyboard. It draws again and again, so do we.
new MutationObserver(() => {
  const page = document.getElementById("api");
  for (const link of page.querySelectorAll("button a[href]")) link.removeAttribute("href"); /* the button does the same */
  for (const heading of page.querySelectorAll("h3, h4, h5")) heading.setAttribute("aria-level", heading.tagName[1] - 1); /* it skips one */
  for (const button of page.querySelectorAll("button:empty:not([aria-label]), .copy-to-clipboard button:not([aria-label])")) button.setAttribute("aria-label", "Copy");
  for (const sample of page.querySelectorAll("pre.microlight:not([tabindex])")) sample.tabIndex = 0;
  for (const field of page.querySelectorAll("select:not([aria-label]), textarea:not([aria-label])")) {
    const row = field.closest("[data-param-name]");
    field.setAttribute("aria-label", row ? row.dataset.paramName : "Media type");
  }
}).observe(document.getElementById("api"), { childList: true, subtree: true } /* not attributes: those are ours */);
