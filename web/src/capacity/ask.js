// "When can I have N accelerators for H hours?" The question is a sentence with places to fill in;
// the answer is a row of offers, the earliest first, and what stands in the way of sooner. The
// offer that is chosen is framed in the calendar, and can be reserved.
//
// Offers are of now: where the past is shown, nothing is asked.
import { actButton } from '../components/act.js';
import { cliLine } from '../components/cli.js';
import { emptyPanel } from '../components/empty.js';
import { fill, h, newId, say } from '../dom.js';
import * as format from '../format.js';
import * as words from './words.js';

const HOUR = 3_600_000;
const TYPING_MS = 250;
const COUNT = 4;
const BLOCKERS = 5; // shown at once
const WITHIN = [
  ['site', 'anywhere'],
  ['row', 'in one row'],
  ['rack', 'in one rack'],
  ['server', 'in one server'],
];

const DEFAULTS = { n: '8', h: '24', chip: '', within: 'site', tenant: '' };

function numberField(name, label, most) {
  return h('input', {
    type: 'number',
    name,
    min: 1,
    max: most,
    step: 'any',
    required: true,
    inputmode: 'decimal',
    'aria-label': label,
  });
}

function selectField(name, label) {
  return h('select', { name, 'aria-label': label });
}

function options(select, list, value) {
  const had = Array.from(select.options, (each) => `${each.value} ${each.text}`).join('|');
  const next = list.map(([key, text]) => `${key} ${text}`).join('|');
  if (had !== next)
    fill(
      select,
      list.map(([key, text]) => h('option', { value: key }, text)),
    );
  select.value = value;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

// {rack name: servers} in words: "dgx-03 (5 servers), dgx-04 (3 servers)".
function placeOf(offer) {
  const racks = new Map();
  for (const each of offer.servers) {
    const name = each.rack_name || each.rack;
    racks.set(name, (racks.get(name) || 0) + 1);
  }
  const all = [...racks].map(
    ([name, count]) => `${name} (${count} server${count === 1 ? '' : 's'})`,
  );
  return all.length > 4
    ? `${all.slice(0, 3).join(', ')} and ${all.length - 3} racks more`
    : all.join(', ');
}

function windowOf(offer) {
  return `${format.minute(offer.start_ms)} to ${format.minute(offer.end_ms)}`;
}

export function createAsk(app, names, { onOffer, onChange }) {
  const { url, clock } = app;
  const field = {
    n: numberField('n', 'Accelerators', 10_000_000),
    h: numberField('h', 'Hours', 8784),
    chip: selectField('chip', 'Chip'),
    within: selectField('within', 'Where'),
    tenant: selectField('tenant', 'Tenant'),
  };
  const ask_cli = cliLine('plenum capacity offer');
  const trouble_id = newId('trouble');
  const trouble = h('p.trouble', { id: trouble_id, role: 'status' });
  const offers = h('ul.offers', { 'aria-label': 'Offers' });
  const chosen = h('div.chosen');
  const blockers = h('div.blockers');
  const form = h(
    'form.sentence',
    {
      onsubmit: (event) => {
        event.preventDefault();
        asked();
      },
    },
    h('span', 'When can I have'),
    field.n,
    h('span', 'accelerators of'),
    field.chip,
    h('span', 'for'),
    field.h,
    h('span', 'hours'),
    field.within,
    h('span', 'for'),
    field.tenant,
    h('span', '?'),
    h('button.primary', { type: 'submit', 'data-act': 'ask' }, 'Ask'),
  );
  const element = h(
    'section.panel.ask',
    { 'aria-label': 'When can I have accelerators?' },
    h('header', h('h2', 'When?'), h('span.end', ask_cli.element)),
    h('div.in', form, trouble, offers, h('div.answer', chosen, blockers)),
  );

  let answer = null;
  let asked_for = null; // the request that the answer is of
  let pick = 0;
  let typing = null;
  let turn = 0; // only the answer to the last question counts
  let reserve = null;

  const value = (name) => url.get(name) ?? DEFAULTS[name];

  // The fields as the URL has them.
  function showFields() {
    for (const name of ['n', 'h'])
      if (document.activeElement !== field[name]) field[name].value = value(name);
    options(field.chip, [['', 'any chip'], ...names.chips], value('chip'));
    options(field.within, WITHIN, value('within'));
    options(field.tenant, [['', 'whom?'], ...names.tenants], value('tenant'));
  }

  // The request that the URL asks for, or what is wrong with it.
  function request() {
    const [count, length] = [Number(value('n')), Number(value('h'))];
    if (!Number.isInteger(count) || count < 1)
      return { wrong: 'Accelerators: a whole number from 1 on.' };
    if (!(length > 0) || length > 8784)
      return { wrong: 'Hours: more than 0, and at most 8784 (366 days).' };
    const body = { accelerators: count, duration_ms: Math.round(length * HOUR) };
    if (value('chip') !== '') body.chip = Number(value('chip'));
    if (value('within') !== 'site') body.within = value('within');
    if (value('tenant') !== '') body.tenant = Number(value('tenant'));
    return { body };
  }

  function named(body, start_ms = null) {
    return {
      ...body,
      chip: names.chips.get(String(body.chip)),
      start_ms,
      tenant: names.tenants.get(String(body.tenant)),
    };
  }

  // --- the answer ------------------------------------------------------------------------------

  function offerCard(offer, index) {
    const now_ms = clock.shown_ms;
    const soon = offer.start_ms - now_ms < 60_000;
    return h(
      'li',
      h(
        'button.offer',
        {
          type: 'button',
          'aria-pressed': String(index === pick),
          'data-row': `offer/${index}`,
          'data-value': offer.start_ms,
          onclick: () => {
            pick = index;
            showAnswer();
          },
        },
        h('strong', soon ? 'now' : format.relative(offer.start_ms, now_ms)),
        h('span', windowOf(offer)),
        h(
          'span',
          `${offer.chip_name || names.chips.get(String(offer.chip)) || ''} `,
          h('span.price', words.price(offer.price_micro)),
        ),
      ),
    );
  }

  function reserveButton(offer) {
    if (reserve) reserve.finish();
    const body = { ...asked_for, start_ms: offer.start_ms, chip: offer.chip };
    const whose = names.tenants.get(String(body.tenant)) || 'nobody';
    const title = `Reserve ${words.accelerators(body.accelerators)}`;
    reserve = actButton(app, {
      name: 'reserve',
      label: 'Reserve',
      title,
      confirm: 'Reserve',
      done: title,
      cli: words.cliOf('reserve', named(body, offer.start_ms)),
      path: '/v1/capacity/reservations',
      body,
      what: [
        h('p', `${windowOf(offer)} UTC, on ${placeOf(offer)}.`),
        h('p', `For ${whose}, at ${words.price(offer.price_micro)}, fixed now.`),
      ],
    });
    reserve.set({
      disabled: body.tenant === undefined ? 'Say for whom: choose a tenant above.' : null,
    });
    reserve.button.classList.add('primary');
    return reserve.element;
  }

  function showAnswer() {
    const found = answer.offers || [];
    pick = Math.min(pick, Math.max(0, found.length - 1));
    const offer = found[pick] || null;
    const focused = offers.contains(document.activeElement);
    fill(offers, found.map(offerCard));
    if (focused && offers.children[pick]) offers.children[pick].firstChild.focus();
    onOffer(offer);
    if (offer) {
      fill(
        chosen,
        h(
          'dl',
          h('dt', 'where'),
          h('dd', placeOf(offer)),
          h('dt', 'price'),
          h('dd', `${words.price(offer.price_micro)}: ${offer.why_price}`),
          offer.watts !== undefined && [
            h('dt', 'power'),
            h('dd', `${format.watts(offer.watts)} over idle`),
          ],
        ),
        reserveButton(offer),
      );
    } else {
      fill(
        chosen,
        emptyPanel(
          'No offer',
          'Nothing of this kind can start within 26 weeks. What stands in the way:',
        ),
      );
    }
    showBlockers(answer.blockers || [], offer);
  }

  function showBlockers(all, offer) {
    if (all.length === 0) {
      fill(
        blockers,
        offer
          ? h(
              'p.muted',
              'Nothing stands in the way of the first offer: it starts as soon as asked.',
            )
          : [],
      );
      return;
    }
    const line = (each) => h('li', { 'data-row': `blocker/${each.kind}` }, each.text);
    const open = blockers.querySelector('details[open]') !== null;
    const rest = all.slice(BLOCKERS);
    fill(
      blockers,
      h('h3', 'Why not sooner'),
      h('ul', all.slice(0, BLOCKERS).map(line)),
      rest.length > 0 &&
        h('details', { open }, h('summary', `${rest.length} more`), h('ul', rest.map(line))),
    );
  }

  function showTrouble(text) {
    say(trouble, text);
    trouble.hidden = text === '';
    for (const each of [offers, chosen, blockers]) each.hidden = text !== '';
    if (text !== '') onOffer(null);
  }

  // --- the question ----------------------------------------------------------------------------

  async function refresh() {
    showFields();
    const { body, wrong } = request();
    ask_cli.set(body ? words.cliOf('offer', named(body)) : 'plenum capacity offer --help');
    if (clock.past)
      return showTrouble('You look at the past: offers are of now. Go back to live to ask.');
    if (wrong) return showTrouble(wrong);
    const mine = ++turn;
    try {
      const got = await app.api.post('/v1/capacity/offers', { ...body, count: COUNT });
      if (mine !== turn) return undefined;
      if (JSON.stringify(body) !== JSON.stringify(asked_for)) pick = 0;
      answer = got;
      asked_for = body;
      showTrouble('');
      showAnswer();
    } catch (error) {
      if (mine === turn) showTrouble(error.message);
    }
    return undefined;
  }

  function asked() {
    clearTimeout(typing);
    const next = {};
    for (const [name, input] of Object.entries(field))
      next[name] = input.value === DEFAULTS[name] ? null : input.value;
    url.set(next);
    onChange();
  }

  form.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(asked, TYPING_MS);
  });

  showFields();
  return {
    element,
    refresh,
    finish() {
      clearTimeout(typing);
      if (reserve) reserve.finish();
    },
  };
}
