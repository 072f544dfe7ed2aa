// What a person is doing in a field outranks what the server says about it.

import { FIELDS, madeIn } from "./names.js";
import { all, closest, get, has, holds, matches, unset } from "./dom.js";
import { given, groupOf, inherit, isAhead, isTold, isUsed, kept } from "./changes.js";

const EDITED = "select, [type=range], [type=color], :read-write";

// What else decides about a property, as long as nobody has used the field.
const DECIDING = { name: "checked", type: "value", min: "value", max: "value", step: "value" };

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
  #keep = null;          // gives the focused field what it has now
  #touched = new Map();
  #ahead = new Map();    // field -> what makes it again what a person has made it
  #choices = new Map();  // select -> what chooses again what was chosen
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
    const active = document.activeElement;
    if (!holds(root, active)) return;
    this.#active = active;
    if (!matches(active, EDITED) || (call.form && active.form === call.form && !this.isAhead(active))) return;
    if (active.isContentEditable) this.editing = active;
    this.#keep = this.editing ? keptRange() : keptText(active);
  }

  /** Whether a field was changed after what is answered now was sent. */
  isAhead(field) {
    return isAhead(field, this.#answered);
  }

  /** A patch changes something that a field's property does not follow by itself, or not always. */
  touch(element, name) {
    const decided = DECIDING[name];
    name = decided ?? name;
    if (name === "selected") element = closest(element, "select");
    if (!FOLLOW[name] || !element || (decided && isUsed(element))) return;
    madeIn(this.#touched, element, Set).add(name);
    if (!this.isAhead(element)) return;
    for (const one of groupOf(element)) if (!this.#ahead.has(one)) this.#ahead.set(one, kept(one));
  }

  /**
   * A patch is going to change a select, or what is inside: other options of the same values are chosen as they were. Before
   * the first look somebody may have chosen unnoticed.
   */
  choose(select, isFirst) {
    if (!isUsed(select)) return isFirst || this.touch(select, "selected");
    if (this.#choices.has(select)) return;
    const before = given(select);
    const restore = kept(select);
    this.#choices.set(select, () => given(select) === before && restore());
  }

  /** An element that asks for the focus has come. */
  wish(element) {
    this.#wanted = element;
  }

  /** `gone` are the nodes that were dropped; `exchange(old, heir)` puts an old one in the place of a new one. */
  settle(gone, exchange) {
    const old = this.#active;
    const heir = gone.some((node) => holds(node, old)) && this.#heirOf(old);
    // A text goes on as it is, composition and all.
    const stays = heir && this.#keep && old.type === heir.type && !old.options && exchange(old, heir);
    this.#active = stays || heir || old;
    this.#catchUp();
    for (const [element, names] of this.#touched) for (const name of names) this.#follow(element, name);
    for (const restore of [...this.#ahead.values(), ...this.#choices.values()]) restore();
    for (const one of gone.flatMap(fieldsIn)) this.#hand(one);
    for (const node of gone) if (node !== stays) node.parentNode?.removeChild(node);
    const active = this.#active;
    if (active?.isConnected) {
      // Nothing is set that is already so: that could end the composition of an input method.
      if (document.activeElement !== active) active.focus({ preventScroll: true });
      if (this.#keep) return this.#keep(active);
    }
    this.#wanted?.focus();
  }

  /** Fields whose last change was told now, and answered, follow what was said before. */
  #catchUp() {
    for (const [element, names] of this.#late) {
      if (element.isConnected && (!isTold(element) || this.isAhead(element))) continue;
      this.#late.delete(element);
      this.#choices.delete(element);
      for (const name of names) this.touch(element, name);
    }
  }

  #follow(element, name) {
    const isTyped = element === this.#active && this.#keep && name !== "checked";
    if (isTyped || this.#ahead.has(element)) madeIn(this.#late, element, Set).add(name);
    else FOLLOW[name](element);
  }

  /** A field that was made anew takes over what was put into the one that it replaces. */
  #hand(old) {
    const heir = this.#heirOf(old);
    if (heir) inherit(heir, old, this.#answered);
  }

  /** The element of the same kind and `id` that has come. */
  #heirOf(old) {
    return old.id && [...all(this.#root, `${old.localName}#${CSS.escape(old.id)}`)].find((one) => one !== old);
  }
}

const fieldsIn = (node) => (node instanceof Element ? [node, ...all(node, FIELDS)] : []);

/** Returns what gives a field its present value and selection. */
function keptText(from) {
  const { selectionStart: start, selectionEnd: end, selectionDirection } = from;
  const restore = kept(from);
  return (field) => {
    restore(field);
    const moved = field.selectionStart !== start || field.selectionEnd !== end;
    // A patch may have changed the type to one that has no selection.
    if (moved && start !== null && field.selectionStart !== null) field.setSelectionRange(start, end, selectionDirection);
  };
}

/** Returns what gives an editor the present selection. */
function keptRange() {
  const selection = document.getSelection();
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  return (editor) => {
    if (selection.anchorNode === anchorNode && selection.focusNode === focusNode) return;
    if (!holds(editor, anchorNode) || !holds(editor, focusNode)) return;
    selection.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
  };
}

/** Sets a field's property from what the markup says now. */
const FOLLOW = {
  text(element) {
    element.value = element.defaultValue;
  },
  value(element) {
    if (element.localName !== "input" || element.type === "file" || element.validity?.badInput !== false) return;
    const value = get(element, "value");
    element.value = value ?? "";
    if (value === null) unset(element, "value");   // of a checkbox, say, the value is the attribute
  },
  checked(element) {
    if (element.localName !== "input") return;
    for (const one of groupOf(element)) if (one === element || !isUsed(one)) one.checked = one.defaultChecked;
  },
  indeterminate(element) {
    element.indeterminate = has(element, "indeterminate");
  },
  muted(element) {
    if ("defaultMuted" in element) element.muted = element.defaultMuted;
  },
  selected({ options, multiple, size }) {
    options = [...options ?? []];
    const last = options.findLast((one) => one.defaultSelected)
      ?? options.find((one) => size < 2 && !matches(one, "[disabled], optgroup[disabled] *"));
    for (const one of options) one.selected = multiple ? one.defaultSelected : one === last;
  },
};
