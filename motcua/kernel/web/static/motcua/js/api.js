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
