// Making elements and attributes as the browser's HTML parser would have made them.

import { get, set, unset } from "./dom.js";

const HTML = "http://www.w3.org/1999/xhtml";
const SVG = "http://www.w3.org/2000/svg";
const MATHML = "http://www.w3.org/1998/Math/MathML";

const SVG_WITH_HTML = /^(foreignObject|desc|title)$/;
const MATHML_WITH_HTML = /^(m[inos]|mtext)$/;
const MATHML_WITHOUT_HTML = /^(mglyph|malignmark)$/;
const HTML_ENCODINGS = /^(text\/html|application\/xhtml\+xml)$/i;

const PREFIXED = /^(xlink:(actuate|arcrole|href|role|show|title|type)|xml:(lang|space)|xmlns(:xlink)?)$/;
const PREFIXES = {
  xlink: "http://www.w3.org/1999/xlink",
  xml: "http://www.w3.org/XML/1998/namespace",
  xmlns: "http://www.w3.org/2000/xmlns/",
};

// The classes that the client sets; a patch of `class` leaves them where they are.
const OWN_CLASS = /^live-(loading|(dis)?connect(ed|ing)|stopped)$/;

/** The namespace of an element named `tag` as a child of `parent`. */
function namespaceIn(parent, tag) {
  const { namespaceURI: namespace, localName } = parent;
  let html = namespace === HTML;
  if (namespace === SVG) {
    html = SVG_WITH_HTML.test(localName);
  } else if (namespace === MATHML) {
    if (localName === "annotation-xml") {
      if (tag === "svg") return SVG;
      html = HTML_ENCODINGS.test(get(parent, "encoding"));
    } else {
      html = MATHML_WITH_HTML.test(localName) && !MATHML_WITHOUT_HTML.test(tag);
    }
  }
  if (!html) return namespace;
  return tag === "svg" ? SVG : tag === "math" ? MATHML : HTML;
}

// Scripts that arrive in a patch never run, as with innerHTML: a clone of a script that has run counts as run. Those of
// SVG are left to the page's policy.
const spentScript = document.currentScript?.cloneNode(false);
if (spentScript) {
  for (const name of spentScript.getAttributeNames()) spentScript.removeAttribute(name);
  spentScript.nonce = "";
}

/** A new element named `tag`, made to become a child of `parent`. A template's content has an inert `page` of its own. */
export function createElement(tag, attributes, parent, page) {
  const namespace = namespaceIn(parent, tag);
  let element;
  try {
    if (namespace !== HTML) element = page.createElementNS(namespace, tag);
    else if (tag === "script" && spentScript) element = spentScript.cloneNode(false);
    else element = page.createElement(tag, { is: attributes.is });
  } catch (error) {
    // The parser accepts names that the DOM's methods refuse; the place must be filled all the same.
    console.error(`PykkaLive: this browser refuses ${tag}`, error);
    element = page.createElementNS(namespace, tag.replace(/[^a-zA-Z0-9-]/g, "_"));
  }
  for (const [name, value] of Object.entries(attributes)) writeAttribute(element, name, value);
  // A value is cut to the limits that are there when it is set; a range's own one lies between them.
  if ("value" in attributes) writeAttribute(element, "value", attributes.value);
  else if (attributes.type === "range") element.toggleAttribute("value", !element.toggleAttribute("value"));
  if (attributes.muted !== undefined && "defaultMuted" in element) element.muted = true;
  return element;
}

function writeAttribute(element, name, value) {
  try {
    if (element.namespaceURI !== HTML && PREFIXED.test(name)) element.setAttributeNS(PREFIXES[name.split(":")[0]], name, value);
    else set(element, name, value);
  } catch (error) {
    // A policy (Trusted Types) or an old browser refuses it; the rest of the page still counts.
    console.error(`PykkaLive: this browser refuses ${name}`, element, error);
  }
}

export const attributesOf = (element) =>
  Object.fromEntries(element.getAttributeNames().map((name) => [name, get(element, name)]));

/** Sets an attribute or, without a value, takes it away. */
export function changeAttribute(element, name, value) {
  const own = name === "class" && get(element, name)?.split(" ").filter((one) => OWN_CLASS.test(one));
  if (own?.length) value = [value, ...own].filter((one) => one !== undefined).join(" ");
  const given = get(element, "value");
  if (value == null) unset(element, name);
  else writeAttribute(element, name, value);
  // Of some types the value is the attribute, and what another type held goes there.
  if (name === "type") changeAttribute(element, "value", given);
}
