// The reference of this deployment, from its own contract. Nothing is asked of any other host.

/** An operation with more parameters than this shows those that are filled in, and adds the others one by one. */
const MANY = 8;

/** True when the form fills the parameter in, or cannot be sent without it. */
function isFilledIn(parameter) {
  const schema = parameter.get("schema");
  return [parameter.get("required"), parameter.get("example"), schema?.get("default")].some((it) => it);
}

/** Folds long lists of parameters, such as the filters of the screener. */
function foldParameters({ React: { createElement, useState } }) {
  const fold = (Parameters) => (props) => {
    const [added, setAdded] = useState([]);
    const { parameters, pathMethod, specSelectors } = props;
    const isShown = (parameter) => {
      const value = specSelectors.parameterWithMetaByIdentity(pathMethod, parameter).get("value");
      return isFilledIn(parameter) || added.includes(parameter.get("name")) || (value?.size ?? value?.length) > 0;
    };
    const hidden = parameters.filterNot(isShown).map((parameter) => parameter.get("name"));
    if (parameters.size <= MANY || hidden.isEmpty()) return createElement(Parameters, props);
    const options = ["Add a filter or another parameter", ...hidden].map((name, index) =>
      createElement("option", { key: name, value: index ? name : "" }, name),
    );
    const add = createElement(
      "select",
      { value: "", onChange: (event) => setAdded([...added, event.target.value]), "aria-label": "Add a parameter" },
      options,
    );
    return createElement(
      "div",
      null,
      createElement(Parameters, { ...props, parameters: parameters.filter(isShown) }),
      createElement("div", { className: "add-parameter" }, add),
    );
  };
  return { wrapComponents: { parameters: fold } };
}

/** Moves to the first scheme, and shows its explanation; Swagger UI moves to the last. */
function focusFirstScheme({ React: { createElement, useEffect } }) {
  const focus = (Popup) => (props) => {
    useEffect(() => {
      document.querySelector("#reference .dialog-ux input")?.focus();
      document.querySelector("#reference .modal-ux-content")?.scrollTo(0, 0);
    }, []);
    return createElement(Popup, props);
  };
  return { wrapComponents: { authorizationPopup: focus } };
}

/** Follows the colour scheme of the browser. */
function followColours() {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", follow);
  follow();
}

window.addEventListener("DOMContentLoaded", () => {
  followColours();
  SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#reference",
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    plugins: [foldParameters, focusFirstScheme],
    tryItOutEnabled: true,
    validatorUrl: null,
  });
});
