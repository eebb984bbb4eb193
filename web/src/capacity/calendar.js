// The calendar panel: what there is and what of it is sold, by chip or by rack, from now on. Its
// span and its rows stand in the URL (span in hours, by).
import { emptyPanel, problemPanel } from '../components/empty.js';
import { fill, h, newId, say } from '../dom.js';
import * as format from '../format.js';
import { CalendarChart } from './calendar_chart.js';

const HOUR = 3_600_000;
const SPANS = [
  [24, '1 day'],
  [72, '3 days'],
  [168, '1 week'],
  [672, '4 weeks'],
  [4368, '26 weeks'],
];
const BUCKETS = 168;
const RACKS_MAX = 400; // rows that a canvas can hold and an eye can tell apart
const CHIP_PX = 64;
const RACK_PX = 13;

const WORDS =
  'What is filled is sold, what is pale is free; ▲ a rack comes, ▼ a rack goes. The arrow keys read it.';

// A choice that stands in the URL; initial where the URL names none.
function choice({ label, name, options, initial }, url, onchange) {
  const id = newId(name);
  const select = h(
    'select',
    {
      id,
      onchange: () => {
        url.set({ [name]: select.value });
        onchange();
      },
    },
    options.map(([value, text]) => h('option', { value }, text)),
  );
  const known = () => options.some(([value]) => String(value) === url.get(name));
  return {
    element: h('span.choice', h('label', { for: id }, label), select),
    get value() {
      return known() ? url.get(name) : initial;
    },
    show() {
      select.value = this.value;
    },
  };
}

function rowsOf(answer) {
  return (answer.racks || answer.chips).slice(0, RACKS_MAX);
}

export function createCalendar(app) {
  const readout = h('p.readout', { role: 'status' }, WORDS);
  const canvas = h('canvas', {
    tabindex: 0,
    role: 'img',
    'aria-label': 'Calendar of the accelerators',
  });
  const none = h('div');
  const chart = new CalendarChart(canvas, point);
  const by = choice(
    {
      label: 'rows',
      name: 'by',
      initial: 'chip',
      options: [
        ['chip', 'by chip'],
        ['rack', 'by rack'],
      ],
    },
    app.url,
    refresh,
  );
  const span = choice(
    { label: 'for', name: 'span', initial: '72', options: SPANS },
    app.url,
    refresh,
  );
  const element = h(
    'section.panel.calendar',
    { 'aria-label': 'Calendar' },
    h(
      'header',
      h('h2', 'Calendar'),
      h(
        'span.key',
        [
          ['sold', 'sold'],
          ['free', 'free'],
          ['coming', 'of a rack to come'],
          ['clear', 'kept clear'],
        ].map(([kind, text]) => [h(`i.${kind}`), text]),
      ),
      h('span.end', by.element, span.element),
    ),
    h('div.in', canvas, none, readout),
  );
  let frame = null;
  let data = null;

  function point(at) {
    if (!at) {
      say(readout, WORDS);
      return;
    }
    const { row, bucket, at_ms } = at;
    const [total, sold] = [row.total[bucket] || 0, row.sold[bucket] || 0];
    const [of, free] = [format.count(total), format.count(total - sold)];
    const at_text = `${row.name}, ${format.minute(at_ms)}`;
    const [coming, clear] = [row.to_come[bucket] || 0, row.kept_clear[bucket] || 0];
    const more =
      (coming > 0 ? `; ${format.count(coming)} on racks to come` : '') +
      (clear > 0 ? `; ${format.count(clear)} kept clear for work` : '');
    say(
      readout,
      total === 0
        ? `${at_text}: nothing to sell, not in service then`
        : `${at_text}: ${format.count(sold)} of ${of} sold, ${free} free${more}`,
    );
  }

  function show() {
    const empty = data.rows.length === 0;
    canvas.hidden = empty;
    if (empty) return fill(none, emptyPanel('No accelerators', 'This site has none to sell.'));
    fill(none);
    const px = by.value === 'rack' ? RACK_PX : CHIP_PX;
    canvas.style.setProperty('height', `${Math.max(72, data.rows.length * px) + 22}px`);
    return chart.draw(data, frame);
  }

  async function refresh() {
    by.show();
    span.show();
    const from_ms = app.clock.shown_ms;
    if (from_ms === null) return;
    const until_ms = from_ms + Number(span.value) * HOUR;
    try {
      const answer = await app.api.get('/v1/capacity/calendar', {
        from_ms,
        until_ms,
        buckets: BUCKETS,
        by: by.value,
      });
      data = { from_ms: answer.from_ms, step_ms: answer.step_ms, rows: rowsOf(answer) };
      show();
    } catch (error) {
      canvas.hidden = true;
      fill(none, problemPanel(error));
    }
  }

  return {
    element,
    refresh,
    // The window of an offer, or null.
    frame(offer) {
      frame = offer;
      if (data) chart.draw(data, frame);
    },
    // What comes and goes: [{ kind, from_ms }].
    mark(changes) {
      chart.marks = [...changes].sort((a, b) => a.from_ms - b.from_ms);
      if (data) chart.paint();
    },
    finish: () => chart.finish(),
  };
}
