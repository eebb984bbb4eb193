// Elements, made in one call. Styles are set on the style object, never as an attribute: the page's
// policy forbids inline styles as it forbids inline scripts.

const SVG = 'http://www.w3.org/2000/svg';

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
  else if (name === 'style')
    for (const [key, each] of Object.entries(value)) element.style.setProperty(key, each);
  else if (name === 'data') Object.assign(element.dataset, value);
  else element.setAttribute(name, value === true ? '' : String(value));
}

function make(element, classes, rest) {
  if (classes.length > 0) element.setAttribute('class', classes.join(' '));
  const first = rest[0];
  const has_attributes =
    first && typeof first === 'object' && !(first instanceof Node) && !Array.isArray(first);
  if (has_attributes) for (const [name, value] of Object.entries(first)) set(element, name, value);
  element.append(
    ...rest
      .slice(has_attributes ? 1 : 0)
      .flat(Infinity)
      .filter((each) => each !== null && each !== undefined && each !== false),
  );
  return element;
}

// h('div.panel.wide', {id: 'x', onclick: fn, style: {'--w': '3px'}}, child, [children], 'text')
export function h(what, ...rest) {
  const [tag, ...classes] = what.split('.');
  return make(document.createElement(tag || 'div'), classes, rest);
}

// The same for SVG.
export function svg(what, ...rest) {
  const [tag, ...classes] = what.split('.');
  return make(document.createElementNS(SVG, tag), classes, rest);
}

// Puts children in place of what an element holds.
export function fill(element, ...children) {
  element.replaceChildren(
    ...children
      .flat(Infinity)
      .filter((each) => each !== null && each !== undefined && each !== false),
  );
  return element;
}

// Sets text where it differs: what has not changed is not laid out again.
export function say(element, text) {
  const string = String(text);
  if (element.textContent !== string) element.textContent = string;
}

let ids = 0;
// An id for aria-labelledby and the like.
export function newId(prefix) {
  ids += 1;
  return `${prefix}-${ids}`;
}
