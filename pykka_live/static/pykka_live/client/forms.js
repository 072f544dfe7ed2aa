// The parameters of an event: plain JSON from data attributes, forms and fields.

import { chosenIn, fieldUsed, isAhead, isChanged, isTicked, isUsed } from "./changes.js";
import { all, get, has, matches } from "./dom.js";
import { FIELDS, RESET, ROOT, TOKEN } from "./names.js";

export const CHANGES = ["input", "change"];

const isForm = (element) => element.localName === "form";
const isField = (element) => element instanceof Element && (matches(element, FIELDS) || element.isContentEditable);

/** What `event` tells the handler that `element` names. The element's data attributes have the last word. */
export function eventParams(event, element) {
  const key = event instanceof KeyboardEvent && { key: event.key };
  return { ...eventFields(event, element), ...key, ...dataOf(element) };
}

function eventFields(event, element) {
  const { type, target } = event;
  if (type === "submit") return isForm(target) && submission(target, event.submitter);
  if (CHANGES.includes(type)) {
    if (isForm(element)) return { ...formFields(element), _unused: unused(element), _target: target.name ?? "" };
    return isField(target) && fieldParams(target);
  }
  // A field's own focus, key and click events tell its value too: `@blur="save"`, `@keydown.enter="add"`.
  return element === target && isField(element) && fieldParams(element);
}

function dataOf(element) {
  const names = element.getAttributeNames().filter((name) => name.startsWith("data-") && name !== ROOT && name !== TOKEN);
  return Object.fromEntries(names.map((name) => [name.slice("data-".length).replaceAll("-", "_"), get(element, name)]));
}

const fieldsOf = (form) => [...document.querySelectorAll(FIELDS)].filter((field) => field.form === form);

function submission(form, submitter) {
  for (const field of fieldsOf(form)) fieldUsed(field);
  return formFields(form, submitter);
}

/** The names of fields that nobody has used yet: it is too early to call them wrong. */
function unused(form) {
  const names = new Set();
  const fields = fieldsOf(form);
  for (const { name } of fields) if (name) names.add(name);
  for (const field of fields) if (isUsed(field)) names.delete(field.name);
  return [...names];
}

/** All successful fields; a name that occurs more than once becomes a list. */
function formFields(form, submitter) {
  const params = Object.create(null);
  const owned = submitter?.form === form && !submitter.disabled;
  for (const [name, value] of new FormData(form, owned ? submitter : null)) {
    const plain = value instanceof File ? value.name : value;
    params[name] = name in params ? [params[name], plain].flat() : plain;
  }
  return params;
}

function fieldParams(field) {
  const { name } = field;
  const value = valueOf(field);
  return { ...(name && { [name]: value }), ...(isTicked(field) && { checked: field.checked }), value };
}

function valueOf(field) {
  if (!matches(field, FIELDS)) return field.textContent;
  const { type, value, checked, multiple } = field;
  if (isTicked(field)) return has(field, "value") ? (checked ? value : null) : checked;
  if (type === "select-multiple") return chosenIn(field);
  if (type !== "file") return value;
  const names = Array.from(field.files, (file) => file.name);
  return multiple ? names : names[0] ?? null;
}

/** Resets a form that is marked `live-reset`, unless someone has typed on since this call. */
export function resetForm({ form, number }) {
  if (!form?.isConnected || !has(form, RESET)) return;
  if (!fieldsOf(form).some((field) => isAhead(field, number))) HTMLFormElement.prototype.reset.call(form);
}

/** Tells a server that has forgotten them of the fields that a person has changed. */
export function retell(root) {
  for (const field of [...all(root, FIELDS)].filter(isChanged)) {
    for (const type of CHANGES) field.dispatchEvent(new Event(type, { bubbles: true }));
  }
}
