// The parameters of an event: plain JSON from data attributes, forms and fields.

import { holds, RESET, ROOT, TOKEN } from "./names.js";

const FIELDS = new Set(["input", "select", "textarea"]);
const isForm = (element) => element.localName === "form";
const isField = (element) => FIELDS.has(element.localName) || element.isContentEditable;

/** What `event` tells the handler that `element` names. The element's data attributes have the last word. */
export function eventParams(event, element) {
  return { ...eventFields(event, element), ...keyOf(event), ...dataOf(element) };
}

function eventFields(event, element) {
  const { type, target } = event;
  if (type === "submit") return isForm(target) ? formFields(target, event.submitter) : {};
  if (type === "input" || type === "change") {
    if (isForm(element)) return formFields(element);
    return isField(target) ? fieldParams(target) : {};
  }
  // A field's own focus, key and click events tell its value too: `@blur="save"`, `@keydown.enter="add"`.
  return element === target && isField(element) ? fieldParams(element) : {};
}

const keyOf = (event) => (event instanceof KeyboardEvent ? { key: event.key } : {});

function dataOf(element) {
  const params = Object.create(null);
  for (const name of element.getAttributeNames()) {
    if (name.startsWith("data-") && name !== ROOT && name !== TOKEN) {
      params[name.slice("data-".length).replaceAll("-", "_")] = element.getAttribute(name);
    }
  }
  return params;
}

/** All successful fields; a name that occurs more than once becomes a list. */
function formFields(form, submitter = null) {
  const params = Object.create(null);
  const owned = submitter && submitter.form === form && !submitter.disabled;
  for (const [name, value] of new FormData(form, owned ? submitter : null)) {
    const plain = value instanceof File ? value.name : value;
    if (name in params) params[name] = [params[name], plain].flat();
    else params[name] = plain;
  }
  return params;
}

function fieldParams(field) {
  const params = Object.create(null);
  const value = valueOf(field);
  if (field.name) params[field.name] = value;
  if (field.type === "checkbox" || field.type === "radio") params.checked = field.checked;
  params.value = value;
  return params;
}

function valueOf(field) {
  if (!FIELDS.has(field.localName)) return field.textContent;
  if (field.type === "checkbox" || field.type === "radio") {
    if (!field.hasAttribute("value")) return field.checked;
    return field.checked ? field.value : null;
  }
  if (field.type === "select-multiple") return Array.from(field.selectedOptions, (option) => option.value);
  if (field.type === "file") {
    const names = Array.from(field.files, (file) => file.name);
    return field.multiple ? names : names[0] ?? null;
  }
  return field.value;
}

/**
 * Remembers what a form holds as it is sent. What this returns resets a form that is marked `live-reset`,
 * unless someone has typed on meanwhile.
 */
export function resetLater(form) {
  if (!form.hasAttribute(RESET)) return () => {};
  const sent = Array.from(form.ownerDocument.querySelectorAll("input, select, textarea"))
    .filter((field) => field.form === form)
    .map((field) => [field, field.value, field.checked]);
  return () => {
    const typedOn = sent.some(([field, value, checked]) => field.value !== value || field.checked !== checked);
    if (!typedOn && form.isConnected) HTMLFormElement.prototype.reset.call(form);
  };
}

/** Whether a field belongs to a form, inside it or by its `form` attribute. */
export const belongsTo = (form, element) => holds(form, element) || element.form === form;
