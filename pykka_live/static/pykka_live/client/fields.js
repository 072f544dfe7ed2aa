// What a person is doing in a field outranks what the server says about it.

import { holds, madeIn } from "./names.js";

const NOT_TYPED = new Set(["button", "submit", "reset", "image", "checkbox", "radio", "file", "hidden"]);

// Forms whose submission is under way, with the value that their focused field had then. The answer may
// change that field (a chat's input is emptied), unless the person has typed on.
const submitted = new WeakMap();

export function formSubmitted(form) {
  const field = form.ownerDocument.activeElement;
  if (field?.form === form) submitted.set(form, { field, value: field.value });
}

export const formAnswered = (form) => submitted.delete(form);

function isProtected(element) {
  if (element.isContentEditable) return true;
  if (element.localName !== "textarea" && element.localName !== "select") {
    if (element.localName !== "input" || NOT_TYPED.has(element.type)) return false;
  }
  if (element.disabled || element.readOnly) return false;
  const submission = element.form && submitted.get(element.form);
  return !(submission?.field === element && submission.value === element.value);
}

/** Guards the focused field through one round of patches; made before it, settled after it. */
export class FieldGuard {
  #root;
  #active = null;
  #kept = null;
  #touched = new Map();
  #wanted = null;

  /** The editing host that has the focus: its subtree is not to be changed. */
  editing = null;

  constructor(root) {
    this.#root = root;
    const active = root.ownerDocument.activeElement;
    if (!active || active === root || !holds(root, active)) return;
    this.#active = active;
    if (!isProtected(active)) return;
    if (active.isContentEditable) {
      this.editing = active;
      const { anchorNode, anchorOffset, focusNode, focusOffset } = root.ownerDocument.getSelection();
      this.#kept = { range: anchorNode && [anchorNode, anchorOffset, focusNode, focusOffset] };
    } else if (active.localName === "select") {
      this.#kept = { chosen: new Set(Array.from(active.selectedOptions, (option) => option.value)) };
    } else {
      const { value, selectionStart, selectionEnd, selectionDirection } = active;
      this.#kept = { value, selection: [selectionStart, selectionEnd, selectionDirection] };
    }
  }

  /** A patch changed something that a field's property does not follow by itself. */
  touch(element, name) {
    if (name === "selected") element = element.closest("select");
    if (element && (name !== "text" || element.localName === "textarea")) madeIn(this.#touched, element, Set).add(name);
  }

  /** An element that asks for the focus has come. */
  wish(element) {
    this.#wanted = element;
  }

  settle() {
    for (const [element, names] of this.#touched) {
      for (const name of names) if (!this.#keeps(element, name)) follow(element, name);
    }
    if (this.#active?.isConnected) this.#restore(this.#active, this.#kept);
    if (this.#wanted?.isConnected && !(this.#kept && this.#active.isConnected)) this.#wanted.focus();
  }

  #keeps(element, name) {
    return element === this.#active && this.#kept !== null && name !== "checked";
  }

  // Nothing is set that is already so: that could end the composition of an input method.
  #restore(active, kept) {
    const page = this.#root.ownerDocument;
    if (page.activeElement !== active) active.focus({ preventScroll: true });
    if (!kept) return;
    if (kept.chosen) {
      restoreChoice(active, kept.chosen);
    } else if (kept.selection) {
      if (active.value !== kept.value) active.value = kept.value;
      const [start, end, direction] = kept.selection;
      if (start !== null && (active.selectionStart !== start || active.selectionEnd !== end)) {
        active.setSelectionRange(start, end, direction);
      }
    } else if (kept.range) {
      const selection = page.getSelection();
      const [anchor, , focus] = kept.range;
      const moved = selection.anchorNode !== anchor || selection.focusNode !== focus;
      if (moved && holds(active, anchor) && holds(active, focus)) selection.setBaseAndExtent(...kept.range);
    }
  }
}

function restoreChoice(select, chosen) {
  const options = Array.from(select.options);
  if (!options.some((option) => chosen.has(option.value)) && chosen.size) return;
  for (const option of options) {
    const wanted = chosen.has(option.value);
    if (option.selected !== wanted && (wanted || select.multiple)) option.selected = wanted;
  }
}

/** Sets a field's property from what the markup says now. */
function follow(element, name) {
  const { localName } = element;
  if (name === "text") element.value = element.defaultValue;
  else if (name === "selected") followSelected(element);
  else if (name === "muted" && "defaultMuted" in element) element.muted = element.defaultMuted;
  else if (name === "checked" && localName === "input") element.checked = element.defaultChecked;
  else if (name === "value" && localName === "input" && element.type !== "file") element.value = element.getAttribute(name) ?? "";
}

function followSelected(select) {
  const options = Array.from(select.options);
  if (select.multiple) {
    for (const option of options) option.selected = option.defaultSelected;
    return;
  }
  const last = options.filter((option) => option.defaultSelected).pop();
  const first = select.size > 1 ? null : options.find((option) => !option.disabled);
  select.selectedIndex = options.indexOf(last ?? first);
}
