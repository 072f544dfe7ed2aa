// The grammar of `live-on:<event>[.modifier...]`, in the words of Vue and Alpine.

import { BINDING } from "./names.js";

const FLAGS = /^(prevent|stop|self|once)$/;
const PLACES = /^(window|document|outside)$/;
const SYSTEM = /^(ctrl|alt|shift|meta)$/;
const PACES = /^(debounce|throttle)$/;

const BUTTONS = ["left", "middle", "right"];   // in the order of MouseEvent.button
const ALIASES = {
  esc: "escape", space: " ", delete: "backspace",
  slash: "/", period: ".", comma: ",", equal: "=", plus: "+", minus: "-",
};

const parsed = new Map();

/** What the attribute's name says. Unknown words, which the server names, are keys and buttons that nobody presses. */
export function parseBinding(attribute) {
  if (!parsed.has(attribute)) parsed.set(attribute, parse(attribute));
  return parsed.get(attribute);
}

function parse(attribute) {
  const [type, ...words] = attribute.slice(BINDING.length).split(".");
  const binding = { attribute, type, keys: [], buttons: [], system: [] };
  while (words.length) {
    const word = words.shift();
    if (FLAGS.test(word)) binding[word] = true;
    else if (PLACES.test(word)) binding.place = word;
    else if (SYSTEM.test(word)) binding.system.push(word);
    else if (PACES.test(word)) binding[word] = wait(words);
    else (type.startsWith("key") ? binding.keys : binding.buttons).push(word);
  }
  return binding;
}

/** Milliseconds; they are taken from the words, if they come next. */
function wait(words) {
  const [, amount, unit] = /^(\d+)(ms|s)?$/.exec(words[0]) ?? [];
  if (!amount) return 250;
  words.shift();
  return amount * (unit === "s" ? 1000 : 1);
}

/** Whether the event is one that the binding's keys and buttons ask for. */
export function answersTo({ keys, buttons, system }, event) {
  if (system.some((name) => !event[`${name}Key`])) return false;
  if (buttons.length && !buttons.includes(BUTTONS[event.button])) return false;
  if (!keys.length) return true;
  // While an input method composes, Enter and the arrows are its own. Autofill sends keydowns without a key.
  if (event.isComposing || event.keyCode === 229 || !event.key) return false;
  const name = event.key.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
  // With a system key a shortcut means the key's place: the layout may be Cyrillic, or alt may make a symbol.
  const place = system.length && event.code?.replace(/^(Key|Digit)/, "").toLowerCase();
  return keys.some((key) => key === name || key === place || ALIASES[key] === name || name === `arrow-${key}`);
}
