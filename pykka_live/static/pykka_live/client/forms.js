// The parameters of an event: plain JSON from data attributes, forms and fields.

import { FIELDS, ROOT, TOKEN } from "./names.js";
import { all, get, has, matches } from "./dom.js";
import { chosenIn, fieldReset, fieldUsed, isAhead, isChanged, isTicked, isTold, isUsed } from "./changes.js";

export const CHANGES = ["input", "change"];

const isForm = (element) => matches(element, "form");
const isField = (element) => element instanceof Element && (matches(element, FIELDS) || element.isContentEditable);

/** What `event` tells the handler that `element` names: the `params`, and the `fields` whose values are in them. */
export function told(event, element) {
  const { type, target, key } = event;
  const isChange = CHANGES.includes(type);
  const form = type === "submit" ? target : isChange && element;
  let fields = [];
  let values = null;
  if (form && isForm(form)) {
    fields = fieldsOf(form);
    values = formFields(form, event.submitter);
    if (isChange) Object.assign(values, { _unused: unused(fields), _target: target.name ?? "" });
  } else if ((isChange || element === target) && isField(target)) {
    // A field's own focus, key and click events tell its value too: `@blur="save"`, `@keydown.enter="add"`.
    fields = [target];
    values = fieldParams(target);
  }
  // The element's data attributes have the last word.
  return { params: { ...values, ...(key && { key }), ...dataOf(element) }, fields: type === "submit" ? fields : fields.filter(isUsed) };
}

function dataOf(element) {
  const names = element.getAttributeNames().filter((name) => name.startsWith("data-") && name !== ROOT && name !== TOKEN);
  return Object.fromEntries(names.map((name) => [name.slice("data-".length).replaceAll("-", "_"), get(element, name)]));
}

const fieldsOf = (form) => [...document.querySelectorAll(FIELDS)].filter((field) => field.form === form);

/** The names of fields that nobody has used yet: it is too early to call them wrong. */
function unused(fields) {
  const used = fields.filter(isUsed).map(({ name }) => name);
  return [...new Set(fields.map(({ name }) => name))].filter((name) => name && !used.includes(name));
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
  const isTypedIn = (field) => isAhead(field, number);
  if (form?.isConnected && has(form, "live-reset") && !fieldsOf(form).some(isTypedIn)) HTMLFormElement.prototype.reset.call(form);
}

/** Notices what a person does with the fields inside. */
export function watchFields(root, calls) {
  const on = (type, hear) => root.addEventListener(type, ({ target }) => hear(target), true);
  const changed = (field) => fieldUsed(field, { number: calls.made + 1 });
  on("input", changed);
  // What comes when a field is left may be told since.
  on("change", (field) => isTold(field) || changed(field));
  on("focusout", (field) => fieldUsed(field));
  on("reset", (form) => fieldsOf(form).forEach(fieldReset));
}

/** Tells a server that has forgotten them of the fields that a person has changed. */
export function retell(root) {
  for (const field of [...all(root, FIELDS)].filter(isChanged)) {
    for (const type of CHANGES) field.dispatchEvent(new Event(type, { bubbles: true }));
  }
}
