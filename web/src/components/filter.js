// A field that narrows what a view shows; `/` goes to it, Escape empties it. What is typed stands in
// the URL.
import { h } from '../dom.js';

export function filterField(app, { name = 'q', label = 'Filter', onchange }) {
  const input = h('input.filter', {
    type: 'search',
    'data-filter': true,
    'aria-label': label,
    placeholder: `${label}  /`,
    spellcheck: 'false',
    autocomplete: 'off',
  });
  input.value = app.url.get(name) || '';
  const tell = () => {
    app.url.set({ [name]: input.value.trim() || null });
    if (onchange) onchange(input.value.trim());
  };
  input.addEventListener('input', tell);
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    input.value = '';
    tell();
    input.blur();
  });
  return {
    element: input,
    get value() {
      return input.value.trim();
    },
  };
}
