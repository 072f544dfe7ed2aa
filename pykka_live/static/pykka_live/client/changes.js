// What a person has changed in fields, and whether the server can know of it.

import { matches } from "./dom.js";

// The fields that were used, with the call that tells of the last change or, so far, the `number` of the first one that
// can. What answers an earlier call knows nothing of it.
const used = new WeakMap();

export const isUsed = (field) => used.has(field);

/** Whether a field was changed after what is answered now was sent. */
export function isAhead(field, answered) {
  const { pending, number } = used.get(field) ?? {};
  return pending || number > answered;
}

/** A field, and those that change with it. */
export function groupOf(field) {
  if (field.type !== "radio") return [field];
  const radios = [...field.getRootNode().querySelectorAll("[type=radio]")];
  return radios.filter(({ form, name }) => form === field.form && name === field.name);
}

/** Whether a call has told, or is going to tell, what is in a field. */
export const isTold = (field) => used.get(field)?.fields;

/** A person has changed a field, of which a `call` can tell; or, without one, has only left it. */
export function fieldUsed(field, call) {
  if (call || !isUsed(field)) for (const one of groupOf(field)) used.set(one, call ?? { fields: [] });
}

/** A call is on its way, or waits for a pause: until its answer is there, its fields are ahead. */
export function tell(call) {
  call.pending = true;
  for (const field of call.fields) if (used.get(field) !== call) fieldUsed(field, call);
}

/** A field has what the server has given, and nobody has used it. */
export const fieldReset = (field) => used.delete(field);

export const isTicked = ({ type }) => type === "checkbox" || type === "radio";

/** Whether a field holds something else than the server has put there. */
export function isChanged(field) {
  if (!isUsed(field) || matches(field, ":disabled")) return false;
  if (field.options) return [...field.options].some((one) => one.selected !== one.defaultSelected);
  return isTicked(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

/** What the server has put into a field. */
export const given = ({ options, defaultChecked, defaultValue }) =>
  options ? [...options].filter((one) => one.defaultSelected).map((one) => one.value).join() : `${defaultChecked} ${defaultValue}`;

/** Takes over what a person has put into a field that was made anew, unless the server has changed its mind. */
export function inherit(field, old, answered) {
  if (field.type !== old.type || !isUsed(old)) return;
  used.set(field, used.get(old));
  if (isChanged(old) && (isAhead(old, answered) || given(field) === given(old))) kept(old)(field);
}

// What such a field holds is the server's alone.
const VALUE_IS_MARKUP = /file|hidden|image|button|submit|reset/;

/** Returns what gives a field (or another one) the present state of this one. */
export function kept(from) {
  const { value, checked, files } = from;
  const chosen = from.options && chosenIn(from);
  return (field = from) => {
    if (chosen) chooseOptions(field, chosen);
    else if (isTicked(field)) field.checked = checked;
    else if (files) field.files = files;
    else if (!VALUE_IS_MARKUP.test(field.type) && field.value !== value) field.value = value;
  };
}

export const chosenIn = (select) => Array.from(select.selectedOptions, (one) => one.value);

/** Selects the options that have these values, where there are such. */
function chooseOptions(select, chosen) {
  if (String(chosenIn(select)) === String(chosen)) return;
  const options = [...select.options];
  if (chosen.length && !options.some(({ value }) => chosen.includes(value))) return;
  for (const option of options) {
    const wanted = chosen.includes(option.value);
    if (option.selected !== wanted && (wanted || select.multiple)) option.selected = wanted;
  }
}
