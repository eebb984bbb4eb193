// The price list: what an accelerator of each chip costs for an hour, by week, how much is sold
// then, and what a change of a price means. It also brings the names of chips and tenants, which the
// other parts of the view show.
import { emptyPanel, problemPanel } from '../components/empty.js';
import { fill, h, say } from '../dom.js';
import * as format from '../format.js';
import * as words from './words.js';

const WEEKS = 8; // shown; the rest is a scroll nobody takes

// A price of the list: from low on, where up to a share is sold, it grows by the same factor from
// tenth to tenth, to high where all is.
function meaning({ low_hour_micro: low, high_hour_micro: high }) {
  const share = 1 / (1 + Math.log(high / low));
  const factor = (high / low) ** (0.1 / (1 - share));
  return (
    `While up to ${format.percent(share, 1)} of a chip is sold in an hour, that hour costs ` +
    `${words.price(low)}; each tenth more makes it ${words.price(factor * 1_000_000)} times as ` +
    `dear, to ${words.price(high)} when all is sold. So a price that rises says that little is ` +
    'left then. What is reserved keeps the price it was sold at.'
  );
}

export function createPrices(app, names) {
  const body = h('div.scroll', { tabindex: 0, role: 'region', 'aria-label': 'Price list' });
  const note = h('p.in.muted.meaning');
  const element = h(
    'section.panel.prices',
    { 'aria-label': 'Prices' },
    h(
      'header',
      h('h2', 'Prices'),
      h(
        'span.muted',
        'of one accelerator for an hour, by the week from that day on, and the share sold then',
      ),
    ),
    body,
    note,
  );

  function learn(answer) {
    names.tenants.clear();
    names.chips.clear();
    for (const each of answer.tenants || []) names.tenants.set(String(each.id), each.name);
    for (const each of answer.chips) names.chips.set(String(each.chip), each.name);
  }

  function row(chip) {
    return h(
      'tr',
      { 'data-row': `price/${chip.chip}` },
      h('th', { scope: 'row' }, chip.name),
      h(
        'td.num',
        { 'data-value': chip.price_hour_micro },
        words.price(chip.price_hour_micro),
        h('span.share', format.percent(chip.sold, chip.accelerators)),
      ),
      (chip.weeks || [])
        .slice(0, WEEKS)
        .map((each, week) =>
          h(
            'td.num',
            { 'data-value': each },
            words.price(each),
            h('span.share', format.percent(chip.weeks_sold_milli[week], 1000)),
          ),
        ),
    );
  }

  async function refresh() {
    try {
      const answer = await app.api.get('/v1/capacity/prices');
      learn(answer);
      say(note, meaning(answer));
      if (answer.chips.length === 0)
        return fill(body, emptyPanel('No prices', 'This site has no accelerators to sell.'));
      const weeks = (answer.chips[0].weeks || []).slice(0, WEEKS);
      return fill(
        body,
        h(
          'table.plain',
          h(
            'thead',
            h(
              'tr',
              h('th', { scope: 'col' }, 'Chip'),
              h('th.num', { scope: 'col' }, 'Now'),
              weeks.map((_, i) =>
                h(
                  'th.num',
                  { scope: 'col' },
                  format.date(answer.from_ms + i * answer.step_ms).slice(5),
                ),
              ),
            ),
          ),
          h('tbody', answer.chips.map(row)),
        ),
      );
    } catch (error) {
      return fill(body, problemPanel(error));
    }
  }

  return { element, refresh };
}
