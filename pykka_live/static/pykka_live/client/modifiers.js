// The grammar of `live-on:<event>[.modifier...]`, in the words of Vue and Alpine.

import { BINDING } from "./names.js";

const FLAGS = ["prevent", "stop", "self", "once"];
const PLACES = ["window", "document", "outside"];
const SYSTEM = ["ctrl", "alt", "shift", "meta"];
const DEFAULT_WAIT = { debounce: 250, throttle: 250 };

const KEYBOARD = /^key(?:down|up|press)$/;
const MOUSE = /^(?:mouse|pointer|click$|dblclick$|auxclick$|contextmenu$)/;
const BUTTONS = ["left", "middle", "right"];   // in the order of MouseEvent.button
const ALIASES = {
  esc: ["escape"], space: [" "], delete: ["delete", "backspace"],
  up: ["arrow-up"], down: ["arrow-down"], left: ["arrow-left"], right: ["arrow-right"],
  slash: ["/"], period: ["."], comma: [","], equal: ["="], plus: ["+"], minus: ["-"],
};

const parsed = new Map();

/** What the attribute's name says, or null where it says what is not known. What keys there are the server knows. */
export function parseBinding(attribute) {
  if (!parsed.has(attribute)) parsed.set(attribute, parse(attribute));
  return parsed.get(attribute);
}

function parse(attribute) {
  const [type, ...words] = attribute.slice(BINDING.length).split(".");
  const binding = { attribute, type, place: null, debounce: null, throttle: null, keys: [], buttons: [], system: [] };
  while (words.length) {
    const word = words.shift();
    if (FLAGS.includes(word)) binding[word] = true;
    else if (PLACES.includes(word)) binding.place = word;
    else if (SYSTEM.includes(word)) binding.system.push(word);
    else if (Object.hasOwn(DEFAULT_WAIT, word)) binding[word] = wait(words) ?? DEFAULT_WAIT[word];
    else if (KEYBOARD.test(type)) binding.keys.push(word);
    else if (MOUSE.test(type) && BUTTONS.includes(word)) binding.buttons.push(BUTTONS.indexOf(word));
    else {
      console.error(`PykkaLive: "${word}" in ${attribute} is no modifier`);
      return null;
    }
  }
  return binding;
}

function wait(words) {
  const [, amount, unit] = /^(\d+)(ms|s)?$/.exec(words[0] ?? "") ?? [];
  if (amount === undefined) return null;
  words.shift();
  return Number(amount) * (unit === "s" ? 1000 : 1);
}

/** Whether the event is one that the binding's keys and buttons ask for. */
export function answersTo(binding, event) {
  if (binding.system.some((name) => !event[`${name}Key`])) return false;
  if (binding.buttons.length && !binding.buttons.includes(event.button)) return false;
  if (!binding.keys.length) return true;
  // While an input method composes, Enter and the arrows are its own. Autofill sends keydowns without a key.
  if (event.isComposing || event.keyCode === 229 || typeof event.key !== "string") return false;
  return binding.keys.some((key) => pressed(binding, event, key));
}

function pressed(binding, event, key) {
  const name = event.key.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
  if ((ALIASES[key] ?? [key]).includes(name)) return true;
  // With a system key a shortcut means the key's place: the layout may be Cyrillic, or alt may make a symbol.
  return binding.system.length > 0 && (event.code === `Key${key.toUpperCase()}` || event.code === `Digit${key}`);
}
