// What a person is doing in a field outranks what the server says about it.

import { holds, madeIn } from "./names.js";
import { chooseOptions, chosenIn, groupOf, inherit, isAhead, kept } from "./changes.js";

const FIELDS = "input, select, textarea";
const NOT_TYPED = new Set(["button", "submit", "reset", "image", "checkbox", "radio", "file", "hidden"]);

function isEdited(element) {
  if (element.isContentEditable) return true;
  if (element.localName !== "textarea" && element.localName !== "select") {
    if (element.localName !== "input" || NOT_TYPED.has(element.type)) return false;
  }
  return !element.disabled && !element.readOnly;
}

/**
 * Guards the fields through one round of patches; made before it, settled after it.
 *
 * The focused one is a person's own. The answer to the submission of its form may change it (a chat's input is emptied),
 * unless the person has typed on. What was changed meanwhile in others outranks what knows nothing of it.
 */
export class FieldGuard {
  #root;
  #late;
  #answered;
  #call;
  #active = null;
  #kept = null;
  #touched = new Map();
  #ahead = new Map();    // field -> what makes it again what a person has made it
  #wanted = null;

  /** The editing host that has the focus: its subtree is not to be changed. */
  editing = null;

  /**
   * `answered` is the number of the last call that was answered; `call` that call, if the patches are its answer. `late`
   * keeps from round to round what fields are to follow later.
   */
  constructor(root, late, answered, call = {}) {
    this.#root = root;
    this.#late = late;
    this.#answered = answered;
    this.#call = call;
    const active = root.ownerDocument.activeElement;
    if (!holds(root, active)) return;
    this.#active = active;
    if (!isEdited(active) || (call.form && active.form === call.form && !isAhead(active, answered))) return;
    if (active.isContentEditable) {
      this.editing = active;
      const { anchorNode, anchorOffset, focusNode, focusOffset } = root.ownerDocument.getSelection();
      this.#kept = { range: anchorNode && [anchorNode, anchorOffset, focusNode, focusOffset] };
    } else if (active.localName === "select") {
      this.#kept = { chosen: chosenIn(active) };
    } else {
      const { value, selectionStart, selectionEnd, selectionDirection } = active;
      this.#kept = { value, selection: [selectionStart, selectionEnd, selectionDirection] };
    }
  }

  /** A patch changes something that a field's property does not follow by itself, or not always. */
  touch(element, name) {
    if (name === "selected") element = element.closest("select");
    if (!element || (name === "text" && element.localName !== "textarea")) return;
    madeIn(this.#touched, element, Set).add(name);
    if (!isAhead(element, this.#answered)) return;
    for (const one of groupOf(element)) if (!this.#ahead.has(one)) this.#ahead.set(one, kept(one));
  }

  /** An element that asks for the focus has come. */
  wish(element) {
    this.#wanted = element;
  }

  /** `gone` are the nodes that were dropped. */
  settle(gone) {
    this.#catchUp();
    for (const [element, names] of this.#touched) for (const name of names) this.#follow(element, name);
    for (const restore of this.#ahead.values()) restore();
    for (const node of gone) for (const old of fieldsIn(node)) this.#hand(old);
    if (this.#active?.isConnected) this.#restore(this.#active, this.#kept);
    if (this.#wanted?.isConnected && !(this.#kept && this.#active.isConnected)) this.#wanted.focus();
  }

  /** Fields whose last change was told now, and answered, follow what was said before. */
  #catchUp() {
    const { field, form } = this.#call;
    for (const [element, names] of this.#late) {
      const isTold = element === field || (form && element.form === form);
      if (element.isConnected && (!isTold || isAhead(element, this.#answered))) continue;
      this.#late.delete(element);
      for (const name of names) this.touch(element, name);
    }
  }

  #follow(element, name) {
    if (element === this.#active && this.#kept && name !== "checked") return;
    if (this.#ahead.has(element)) madeIn(this.#late, element, Set).add(name);
    else follow(element, name);
  }

  /** A field that was made anew goes on as the one that it replaces. */
  #hand(old) {
    const heir = old.id && this.#root.ownerDocument.getElementById(old.id);
    if (!heir || !holds(this.#root, heir) || heir.localName !== old.localName) return;
    inherit(heir, old, this.#answered);
    if (old === this.#active) this.#active = heir;
  }

  // Nothing is set that is already so: that could end the composition of an input method.
  #restore(active, kept) {
    const page = this.#root.ownerDocument;
    if (page.activeElement !== active) active.focus({ preventScroll: true });
    if (!kept) return;
    if (kept.chosen) {
      chooseOptions(active, kept.chosen);
    } else if (kept.selection) {
      if (active.value !== kept.value) active.value = kept.value;
      const [start, end, direction] = kept.selection;
      if (start !== null && active.selectionStart !== null && (active.selectionStart !== start || active.selectionEnd !== end)) {
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

const fieldsIn = (element) => [element, ...(element.querySelectorAll?.(FIELDS) ?? [])].filter((one) => one.id);

/** Sets a field's property from what the markup says now. */
function follow(element, name) {
  const { localName } = element;
  if (name === "text") element.value = element.defaultValue;
  else if (name === "selected") followSelected(element);
  else if (name === "muted" && "defaultMuted" in element) element.muted = element.defaultMuted;
  else if (name === "checked" && localName === "input") element.checked = element.defaultChecked;
  else if (name === "indeterminate") element.indeterminate = element.hasAttribute(name);
  else if (name === "value" && localName === "input" && element.type !== "file" && !element.validity.badInput) {
    element.value = element.getAttribute(name) ?? "";
  }
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
