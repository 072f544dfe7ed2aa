// Where the server sends the page.

/** Goes there, as long as it is a page. */
export function goTo(to) {
  const { href, protocol } = Object.assign(document.createElement("a"), { href: to });
  if (/^https?:$/.test(protocol)) location.assign(href);
  else console.error(`PykkaLive: a redirect to ${to} is refused`);
}
