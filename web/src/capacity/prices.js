// The price list: what an accelerator of each chip costs for an hour, by week. It also brings the
// names of chips and tenants, which the other parts of the view show.
import { emptyPanel, problemPanel } from '../components/empty.js';
import { fill, h } from '../dom.js';
import * as format from '../format.js';
import * as words from './words.js';

const WEEKS = 8; // shown; the rest is a scroll nobody takes

export function createPrices(app, names) {
  const body = h('div.scroll', { tabindex: 0, role: 'region', 'aria-label': 'Price list' });
  const element = h(
    'section.panel.prices',
    { 'aria-label': 'Prices' },
    h(
      'header',
      h('h2', 'Prices'),
      h(
        'span.muted',
        'of one accelerator for an hour, by the week it starts in; scarcer is dearer',
      ),
    ),
    body,
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
      h('td.num', { 'data-value': chip.price_hour_micro }, words.price(chip.price_hour_micro)),
      (chip.weeks || [])
        .slice(0, WEEKS)
        .map((each) => h('td.num', { 'data-value': each }, words.price(each))),
    );
  }

  async function refresh() {
    try {
      const answer = await app.api.get('/v1/capacity/prices');
      learn(answer);
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
