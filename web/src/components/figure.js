// A figure that matters: its name, its value, and what it stands against.
import { h, say } from '../dom.js';
import { bar as newBar } from './bar.js';

const NOTHING = '\u00a0'; // keeps its line

// name is the path of the figure in the API's answer ("power.w"), for tests and for people.
export function figure({ label, name, href, bar: has_bar = false }) {
  const value = h('span.figure-value', { 'data-figure': name }, '–');
  const unit = h('span.figure-unit');
  const note = h('span.figure-note', NOTHING);
  const bar = has_bar ? newBar() : null;
  const inner = [
    h('span.figure-label', label),
    h('span.figure-line', value, unit),
    bar ? bar.element : null,
    note,
  ];
  const element = href ? h('a.figure', { href }, inner) : h('div.figure', inner);
  return {
    element,
    // {raw: the integer, text: '1,966.8 kW', note: 'of 2,000 kW', level, bar: as bar.set}
    set({ raw, text, note: under = '', level = 'normal', bar: part = null }) {
      const [number, ...rest] = text.split(' ');
      say(value, number);
      say(unit, rest.join(' '));
      say(note, under || NOTHING);
      if (raw === null || raw === undefined) delete value.dataset.value;
      else value.dataset.value = raw;
      element.dataset.level = level;
      if (bar && part) bar.set(part);
    },
  };
}
