// The panel of the one thing that is selected: its facts, why it waits, where to read on, and the
// command line that says the same.
import { h, fill } from '../dom.js';
import * as format from '../format.js';
import { cliLine } from '../components/cli.js';

// facts: {title, state, level, why, why_level, rows: [[name, value]], links: [[text, href]], cli}
export function factsPanel({ onclose }) {
  const title = h('h2');
  const close = h('button.quiet', { type: 'button', 'aria-label': 'Select nothing', title: 'Select nothing (Esc)', onclick: onclose }, '✕');
  const body = h('div.in');
  const element = h('section.panel.map-facts', { 'aria-live': 'polite', 'aria-label': 'Selected' }, h('header', title, h('span.end', close)), body);
  let cli = null;
  let cli_text = '';
  let shown = '';
  return {
    element,
    set(facts) {
      const key = JSON.stringify(facts);
      if (key === shown) return;
      shown = key;
      title.textContent = facts ? facts.title : 'Nothing selected';
      close.hidden = !facts;
      if (!facts) {
        fill(body, h('p.muted', 'Click a robot, a rack, a pad or a drone, or open one from the list below.'));
        return;
      }
      if (!cli || cli_text !== facts.cli) {
        cli_text = facts.cli;
        cli = facts.cli ? cliLine(facts.cli) : null;
      }
      fill(body,
        facts.state ? h('p.map-facts-state', h('span.state', { data: { level: facts.level || 'normal' } }, facts.state)) : null,
        facts.why ? h('p.map-facts-why', { data: { level: facts.why_level || (facts.level === 'critical' ? 'warning' : 'normal') } }, facts.why) : null,
        h('dl.map-facts-list', facts.rows.filter((row) => row[1] !== null && row[1] !== undefined).map(([name, value]) => [h('dt', name), h('dd', value)])),
        facts.links && facts.links.length > 0 ? h('p.map-facts-links', facts.links.map(([text, href]) => h('a', { href }, text))) : null,
        cli ? cli.element : null);
    },
  };
}

// A line of figures of the whole site, as /v1/overview has them: [['robots.total', 'robots'], ...].
export function figuresLine(names) {
  const values = names.map(([name]) => h('span', { 'data-figure': name }, '–'));
  const element = h('p.map-figures', names.map(([, text], i) => h('span', values[i], ` ${text}`)));
  return {
    element,
    set(figures) {
      names.forEach(([name], i) => {
        const value = name.split('.').reduce((at, key) => (at ? at[key] : undefined), figures);
        values[i].textContent = format.count(value);
        if (value !== undefined) values[i].dataset.value = value;
      });
    },
  };
}
