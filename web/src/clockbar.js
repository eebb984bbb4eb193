// One clock for the whole page: the site's time, how fast it runs, and back through its journal.
import { h, say } from './dom.js';
import * as format from './format.js';
import { cliLine } from './components/cli.js';

const SPEEDS = [
  [1000, '1×'],
  [10_000, '10×'],
  [60_000, '60×'],
  [0, 'max'],
];

export function createClockBar(app) {
  const { clock, api } = app;
  const day = h('span.clock-date');
  const time = h('span.clock-time');
  const pause = h(
    'button.clock-pause',
    { type: 'button', 'data-act': 'pause', 'aria-pressed': 'false', onclick: togglePause },
    'Pause',
  );
  const step = h(
    'button',
    {
      type: 'button',
      'data-act': 'step',
      title: "One step of the site's clock, while it is paused",
      onclick: () => post({ steps: 1 }),
    },
    'Step',
  );
  const speeds = h(
    'select',
    {
      'data-act': 'speed',
      'aria-label': 'Speed of the clock',
      onchange: () => post({ speed_milli: Number(speeds.value) }),
    },
    SPEEDS.map(([value, name]) => h('option', { value }, name)),
  );
  const scrub = h('input.scrub', {
    type: 'range',
    'data-act': 'scrub',
    min: 0,
    max: 1,
    value: 1,
    step: 1000,
    'aria-label': 'The instant that is shown, back through the journal',
    disabled: true,
  });
  const from = h('span.scrub-from');
  const until = h('span.scrub-until');
  const live = h(
    'button.clock-live',
    { type: 'button', 'data-act': 'live', 'aria-pressed': 'true', onclick: () => clock.live() },
    'Live',
  );
  const cli = cliLine('plenum status');
  const bar = h(
    'section.clock',
    { 'aria-label': 'Clock' },
    h('div.clock-now', time, day),
    h('div.clock-run', pause, step, speeds),
    h('div.clock-past', from, scrub, until, live),
    h('div.clock-cli', cli.element),
  );

  let moving = null; // the value of the slider while it is held
  let timer = null;

  async function post(body) {
    try {
      const state = await api.post('/v1/clock', body);
      clock.hear({ ...clock.state, ...pick(state) });
    } catch (error) {
      app.toast(error.message, { level: 'critical' });
      show();
    }
  }
  function pick(state) {
    const known = {};
    for (const name of ['paused', 'speed_milli', 'now_ms', 'seq'])
      if (state[name] !== undefined) known[name] = state[name];
    return known;
  }
  function togglePause() {
    if (clock.past) app.toast('You look at the past: go back to live first.');
    else if (clock.state) post({ paused: !clock.state.paused });
  }

  // While the slider moves the past is shown a few times a second, not at every pixel.
  scrub.addEventListener('input', () => {
    moving = Number(scrub.value);
    show();
    timer =
      timer ||
      setTimeout(() => {
        timer = null;
        if (moving !== null) clock.show(moving);
      }, 150);
  });
  scrub.addEventListener('change', () => {
    clearTimeout(timer);
    timer = null;
    const to = Number(scrub.value);
    moving = null;
    const { state } = clock;
    if (state && to >= Number(scrub.max) - Number(scrub.step)) clock.live();
    else clock.show(to, { push: true });
  });

  // The line of what the pointer or the focus is on; else what one would do next.
  function showCli() {
    const { state, at_ms } = clock;
    if (!state) return;
    const on = (each) => each.matches(':hover, :focus-visible');
    if (at_ms !== null)
      cli.set(`plenum status --at ${new Date(at_ms).toISOString().slice(0, 19)}Z`);
    else if (on(step)) cli.set('plenum clock step 1');
    else if (on(speeds))
      cli.set(
        `plenum clock speed ${state.speed_milli === 0 ? 'max' : `${state.speed_milli / 1000}x`}`,
      );
    else cli.set(`plenum clock ${state.paused ? 'resume' : 'pause'}`);
  }
  for (const name of ['pointerover', 'pointerout', 'focusin', 'focusout'])
    bar.addEventListener(name, () => showCli());

  function showSpan(now_ms) {
    const first = clock.span.from_ms;
    scrub.disabled = first === null || first >= now_ms;
    scrub.title = first === null ? 'This site does not tell of its past' : '';
    if (first === null) return;
    const grain = Math.max(1000, Math.ceil((now_ms - first) / 2000 / 1000) * 1000);
    scrub.min = first;
    scrub.max = first + Math.floor((now_ms - first) / grain) * grain;
    scrub.step = grain;
    say(from, format.minute(first).slice(5));
    say(until, 'now');
  }

  function speedOption(speed_milli) {
    const known = Array.from(speeds.options).some((each) => Number(each.value) === speed_milli);
    if (!known) speeds.append(h('option', { value: speed_milli }, format.speed(speed_milli)));
    if (document.activeElement !== speeds || speeds.value !== String(speed_milli))
      speeds.value = String(speed_milli);
  }

  function show() {
    const { state, at_ms } = clock;
    const shown_ms = moving ?? clock.shown_ms;
    say(time, format.clock(shown_ms));
    say(day, `${format.date(shown_ms)} UTC`);
    bar.dataset.past = at_ms !== null || moving !== null;
    live.setAttribute('aria-pressed', String(at_ms === null));
    if (!state) return;
    say(pause, state.paused ? 'Run' : 'Pause');
    pause.setAttribute('aria-pressed', String(state.paused));
    speedOption(state.speed_milli);
    showSpan(state.now_ms);
    if (moving === null) scrub.value = at_ms ?? scrub.max;
    scrub.setAttribute('aria-valuetext', format.instant(shown_ms));
    const acts = at_ms === null && moving === null;
    for (const each of [pause, speeds]) {
      each.disabled = !acts;
      each.title = acts ? '' : 'You look at the past: go back to live first.';
    }
    step.disabled = !acts || !state.paused;
    showCli();
  }

  clock.on(show);
  show();
  return { element: bar, togglePause };
}
