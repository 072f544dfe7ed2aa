// The parameters of an event: plain JSON from data attributes, forms and fields.

import { fieldUsed, isAhead, isChanged, isUsed } from "./changes.js";
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
  if (type === "submit") return isForm(target) ? submission(target, event.submitter) : {};
  if (type === "input" || type === "change") {
    if (isForm(element)) return { ...formFields(element), _unused: unused(element) };
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

const fieldsOf = (form) =>
  Array.from(form.ownerDocument.querySelectorAll("input, select, textarea")).filter((field) => field.form === form);

function submission(form, submitter) {
  for (const field of fieldsOf(form)) fieldUsed(field);
  return formFields(form, submitter);
}

/** The names of fields that nobody has used yet: it is too early to call them wrong. */
function unused(form) {
  const fields = fieldsOf(form);
  const seen = new Set(fields.filter(isUsed).map(({ name }) => name));
  return Array.from(new Set(fields.map(({ name }) => name))).filter((name) => name && !seen.has(name));
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

/** Resets a form that is marked `live-reset`, unless someone has typed on since this call. */
export function resetForm({ form, number }) {
  if (!form?.hasAttribute(RESET) || !form.isConnected) return;
  if (!fieldsOf(form).some((field) => isAhead(field, number))) HTMLFormElement.prototype.reset.call(form);
}

/** Tells a server that has forgotten them of the fields that a person has changed. */
export function retell(root) {
  for (const field of Element.prototype.querySelectorAll.call(root, "input, select, textarea")) {
    if (!isChanged(field)) continue;
    for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
  }
}

/** Whether a field belongs to a form, inside it or by its `form` attribute. */
export const belongsTo = (form, element) => holds(form, element) || element.form === form;
