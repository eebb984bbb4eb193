// What stands around every view: who we are, the way to the views, the clock, what is lost, and
// what was just done.
import { h, say } from './dom.js';
import * as format from './format.js';
import { createClockBar } from './clockbar.js';

const THEME_KEY = 'plenum.theme';
const TOAST_MS = 8000;

function systemTheme() {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export function themeNow() {
  return document.documentElement.dataset.theme || systemTheme();
}

function themeButton(tell) {
  const button = h('button.quiet', {
    type: 'button',
    'data-act': 'theme',
    onclick: () => {
      const theme = themeNow() === 'dark' ? 'light' : 'dark';
      document.documentElement.dataset.theme = theme;
      try {
        localStorage.setItem(THEME_KEY, theme);
      } catch {
        /* for this page only */
      }
      show();
      tell();
    },
  });
  function show() {
    const other = themeNow() === 'dark' ? 'light' : 'dark';
    say(button, themeNow() === 'dark' ? '☀' : '☾');
    button.setAttribute('aria-label', `Show it ${other}`);
    button.title = `Show it ${other}`;
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    show();
    tell();
  });
  show();
  return button;
}

const KEYS = [
  ['1 – 7', 'the views'],
  ['Space', 'pause and run the clock'],
  ['L', 'back to live'],
  ['/', 'to the filter of a view'],
  ['← → ↑ ↓', 'in tables, and on the maps'],
  ['Enter', 'open a row'],
  ['Esc', 'close, or back'],
  ['?', 'this help'],
];

export function openHelp() {
  const dialog = h(
    'dialog.help',
    { 'aria-label': 'Keys', role: 'dialog', onclose: () => dialog.remove() },
    h('h2', 'Keys'),
    h(
      'dl',
      KEYS.map(([key, what]) => [h('dt', h('kbd', key)), h('dd', what)]),
    ),
    h(
      'p',
      'Everything here can be done from a shell too: the line stands beside each button. ',
      h('code', 'plenum help'),
      ' lists them.',
    ),
    h('p.end', h('button', { type: 'button', onclick: () => dialog.close() }, 'Close')),
  );
  document.body.append(dialog);
  dialog.showModal();
}

// Asks for the token that the server was started with.
export function askToken(wrong) {
  return new Promise((resolve) => {
    const input = h('input', {
      id: 'token',
      type: 'password',
      required: true,
      autocomplete: 'off',
    });
    const dialog = h(
      'dialog.help',
      { 'aria-label': 'Token', role: 'dialog', oncancel: (event) => event.preventDefault() },
      h(
        'form',
        {
          method: 'dialog',
          onsubmit: () => {
            dialog.close();
            dialog.remove();
            resolve(input.value);
          },
        },
        h('h2', 'This site asks for a token'),
        h(
          'p',
          wrong ? 'That was not it. ' : '',
          'It is in the file that plenum run was given with --token-file. It is kept until this tab is closed.',
        ),
        h('p.field', h('label', { for: 'token' }, 'Token'), input),
        h('p.end', h('button.primary', { type: 'submit' }, 'Go on')),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}

export function createShell(app, views) {
  const site = h('span.site');
  const links = views.map((view) =>
    h(
      'a',
      { href: view.path, 'data-key': view.key },
      h('kbd', { 'aria-hidden': 'true' }, view.key),
      h('span', view.title),
    ),
  );
  const lost = h(
    'div.banner.lost',
    { role: 'alert', 'data-link': 'lost', hidden: true },
    h('strong', 'No connection. '),
    'The site does not answer; what you see is what was last heard. Trying again.',
  );
  const past_text = h('span');
  const past = h(
    'div.banner.past',
    { role: 'status', hidden: true },
    h('strong', 'You look at the past. '),
    past_text,
    h('button', { type: 'button', onclick: () => app.clock.live() }, 'Back to live'),
  );
  const toasts = h('div.toasts', { role: 'status', 'aria-live': 'polite' });
  const view_root = h('main', { id: 'view', tabindex: -1 });
  const bar = createClockBar(app);
  const header = h(
    'header.top',
    h(
      'a.skip',
      {
        href: '#view',
        onclick: (event) => {
          event.preventDefault();
          view_root.focus();
        },
      },
      'Skip to the view',
    ),
    h('a.brand', { href: '/' }, h('span.mark', { 'aria-hidden': 'true' }), 'Plenum'),
    site,
    h('nav', { 'aria-label': 'Views' }, links),
    h(
      'span.tools',
      themeButton(() => app.redraw()),
      h(
        'button.quiet',
        {
          type: 'button',
          'aria-label': 'Keys and help',
          title: 'Keys and help',
          onclick: openHelp,
        },
        '?',
      ),
    ),
  );
  document.body.append(header, bar.element, lost, past, view_root, toasts);

  app.toast = (text, { seq = null, level = 'normal' } = {}) => {
    const toast = h(
      'div.toast',
      { data: { level } },
      text,
      seq ? [' as ', h('a', { href: `/events?seq=${seq}` }, `#${format.count(seq)}`)] : '',
    );
    toasts.append(toast);
    setTimeout(() => toast.remove(), TOAST_MS);
  };

  let silent = 0;
  app.clock.on((clock) => {
    silent = clock.connected ? 0 : silent + 1;
    lost.hidden = clock.connected || silent === 0;
    past.hidden = !clock.past;
    if (clock.past)
      say(
        past_text,
        `${format.instant(clock.at_ms)} UTC${clock.state ? `, ${format.relative(clock.at_ms, clock.state.now_ms)}` : ''}. Nothing can be changed here. `,
      );
  });

  return {
    view_root,
    togglePause: bar.togglePause,
    setSite(name) {
      say(site, name);
    },
    setCurrent(view) {
      links.forEach((link, i) => {
        if (views[i] === view) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
      });
    },
  };
}
