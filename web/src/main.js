// The dashboard: puts together what the views need, shows the one that the URL names, and lets it
// know when there is something new.
import { createApi } from './api.js';
import { createClock } from './clock.js';
import { createUrl } from './url.js';
import { createWatch } from './watch.js';
import { askToken, createShell, openHelp } from './shell.js';
import { emptyPanel } from './components/empty.js';
import { views } from './views/index.js';

const UPDATE_MS = 1000; // a view is told of a running clock this often at most
const SPAN_MS = 30_000;

const url = createUrl();
const clock = createClock(url);
const api = createApi({ at: () => clock.at_ms, askToken });
const watch = createWatch(api, clock);
const app = {
  api,
  url,
  clock,
  watch,
  // What /v1/site says, once it is there.
  site: null,
  toast() {},
  // A view has drawn what the API said; of is the seq or the instant of that.
  ready(of = clock.shown_ms ?? 0) {
    shell.view_root.dataset.ready = of;
  },
  // It could not: what stands in its place is to be seen.
  failed() {
    shell.view_root.dataset.failed = '';
  },
  // The theme changed: canvases take the new colours.
  redraw() {
    dispatchEvent(new Event('plenum-theme'));
    update();
  },
};
const shell = createShell(app, views);

let current = null; // {view, live: what mount gave}
let last_update = 0;
let timer = null;

function viewOf(path) {
  if (path === '/overview') return views[0];
  return views.find((view) => view.path === path) || null;
}

function show() {
  const view = viewOf(url.view);
  if (current && current.view === view) return update();
  if (current && current.live) current.live.unmount();
  shell.view_root.replaceChildren();
  delete shell.view_root.dataset.ready;
  delete shell.view_root.dataset.failed;
  shell.view_root.dataset.view = view ? view.title.toLowerCase() : 'none';
  shell.setCurrent(view);
  document.title = `${view ? view.title : 'Nothing here'} · ${app.site ? app.site.name : 'Plenum'}`;
  current = { view, live: null };
  if (!view) {
    shell.view_root.append(
      emptyPanel('Nothing is here', `No view has the path ${location.pathname}.`),
    );
    return undefined;
  }
  current.live = view.mount(shell.view_root, app);
  return update();
}

function update() {
  clearTimeout(timer);
  timer = null;
  last_update = performance.now();
  if (current && current.live) current.live.update();
}

function updateSoon() {
  if (timer) return;
  timer = setTimeout(update, Math.max(0, last_update + UPDATE_MS - performance.now()));
}

// What the site says of its history; one without it has no past to show.
async function askSpan() {
  try {
    const overview = await api.get('/v1/overview', {}, { live: true });
    if (overview.from_ms !== undefined && overview.from_ms !== clock.span.from_ms) {
      clock.span = { start_ms: overview.start_ms, from_ms: overview.from_ms };
      clock.tell();
    }
    if (overview.from_ms !== undefined)
      clock.keepInSpan(overview.from_ms, Math.max(overview.now_ms, clock.state?.now_ms ?? 0));
  } catch {
    /* asked again */
  }
  setTimeout(askSpan, SPAN_MS);
}

async function askSite() {
  try {
    app.site = await api.get('/v1/site', {}, { live: true });
    shell.setSite(app.site.name);
    document.title = `${current && current.view ? current.view.title : 'Plenum'} · ${app.site.name}`;
  } catch {
    setTimeout(askSite, 2000);
  }
}

// Links to views stay in the page, and keep the instant that is shown.
addEventListener('click', (event) => {
  const link = event.target.closest && event.target.closest('a[href]');
  if (
    !link ||
    event.defaultPrevented ||
    event.button !== 0 ||
    event.ctrlKey ||
    event.metaKey ||
    event.shiftKey ||
    link.target
  )
    return;
  const to = new URL(link.href);
  if (to.origin !== location.origin || to.pathname.startsWith('/v1/') || to.hash) return;
  event.preventDefault();
  url.go(to.pathname, Object.fromEntries(to.searchParams));
  scrollTo(0, 0);
});

addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = event.target;
  if (at.matches && at.matches('input, select, textarea, [contenteditable]')) return;
  if (document.querySelector('dialog[open]')) return;
  const view = views.find((each) => each.key === event.key);
  if (view) url.go(view.path);
  else if (event.key === '?') openHelp();
  else if (event.key === 'l' || event.key === 'L') clock.live();
  else if (event.key === ' ' && !(at.matches && at.matches('button, a, summary')))
    shell.togglePause();
  else if (event.key === '/') {
    const filter = shell.view_root.querySelector('[data-filter]');
    if (!filter) return;
    filter.focus();
  } else return;
  event.preventDefault();
});

let was_at = clock.at_ms;
url.on(() => {
  if (was_at !== clock.at_ms) {
    was_at = clock.at_ms;
    clock.tell();
  }
  show();
});
// A command changes the site while its clock stands, too.
let was = null;
clock.on(() => {
  const { state } = clock;
  const now = state && `${state.seq} ${state.now_ms} ${state.alarms}`;
  if (!clock.past && state && was !== now) {
    was = now;
    updateSoon();
  }
});

show();
watch.start();
askSite();
askSpan();
