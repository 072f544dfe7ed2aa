// Makes elements without markup, which a strict policy refuses.

/** `make("b.name", {title: "…"}, child, …)`: an element with classes, properties and children. */
export function make(what, properties, ...children) {
  const [tag, ...classes] = what.split(".");
  const element = Object.assign(document.createElement(tag), properties);
  if (classes.length) element.className = classes.join(" ");
  element.append(...children);
  return element;
}
