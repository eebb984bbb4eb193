// What the site says by itself: over the WebSocket /v1/watch where it can be had, else by asking.
//
// One connection for the page. The state of the clock always comes; one picture, of the floor or of
// the air, when a view wants it: `frame` listeners get ArrayBuffers, the newest only. When the past
// is shown its pictures are asked for, one for each instant.

const POLL_MS = 1000;
const RETRY_MS = [500, 1000, 2000, 4000, 8000, 15_000];

// A browser lets no page set headers of a WebSocket: the token goes among the subprotocols.
function protocolsOf(token) {
  if (!token) return ['plenum.v1'];
  const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(token)));
  const url_safe = base64.replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
  return ['plenum.v1', `plenum.bearer.${url_safe}`];
}

function pathOf(wanted) {
  const { watch, hz, ...params } = wanted;
  return { path: `/v1/${watch}/frame`, params, every_ms: Math.max(250, 1000 / (hz || 4)) };
}

export function createWatch(api, clock) {
  const listeners = { state: new Set(), frame: new Set(), connection: new Set() };
  const tell = (kind, value) => listeners[kind].forEach((fn) => fn(value));
  let socket = null;
  let open = false;
  let tries = 0;
  let next_try = 0; // to open a socket again, where the site answers but gives none
  let wanted = null; // {watch: 'floor' | 'air', ...}
  let frame_timer = null;
  let frame_stop = null;

  async function pollState() {
    if (!open) {
      try {
        clock.hear(await api.get('/v1/state', {}, { live: true }));
        if (!socket && performance.now() >= next_try) connect();
      } catch {
        clock.hear(null, false);
      }
    }
    setTimeout(pollState, POLL_MS);
  }

  function stopFrames() {
    clearTimeout(frame_timer);
    if (frame_stop) frame_stop.abort();
    frame_stop = null;
  }

  async function pollFrame() {
    stopFrames();
    if (!wanted || (open && !clock.past)) return;
    const { path, params, every_ms } = pathOf(wanted);
    const stop = (frame_stop = new AbortController());
    try {
      const frame = await api.get(path, params, { signal: stop.signal });
      if (frame instanceof ArrayBuffer) tell('frame', frame);
    } catch (error) {
      if (error.name === 'AbortError') return;
      tell('frame', error);
    }
    if (frame_stop === stop && !clock.past) frame_timer = setTimeout(pollFrame, every_ms);
  }

  function send() {
    if (!open) return;
    socket.send(JSON.stringify(wanted && !clock.past ? wanted : { watch: 'none' }));
  }

  function hear(event) {
    if (typeof event.data !== 'string') {
      if (!clock.past) tell('frame', event.data);
      return;
    }
    const message = JSON.parse(event.data);
    if (!message.state) return;
    clock.hear(message.state);
    tell('state', message.state);
  }

  function connect() {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    socket = new WebSocket(`${scheme}//${location.host}/v1/watch`, protocolsOf(api.token()));
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      open = true;
      tries = 0;
      socket.send(JSON.stringify({ watch: 'state' }));
      send();
      pollFrame(); // ends asking for pictures, or asks again for that of the past
      tell('connection', true);
    };
    socket.onmessage = hear;
    socket.onclose = () => {
      if (open) tell('connection', false);
      open = false;
      socket = null;
      next_try = performance.now() + RETRY_MS[Math.min(tries, RETRY_MS.length - 1)];
      tries += 1;
      pollFrame();
    };
  }

  let shown_at = clock.at_ms;
  clock.on(() => {
    if (shown_at === clock.at_ms) return;
    shown_at = clock.at_ms;
    send();
    pollFrame();
  });

  return {
    get open() {
      return open;
    },
    start() {
      pollState();
    },
    // 'state' (as clock.state), 'frame' (ArrayBuffer, or an ApiError when it was asked for and
    // refused), 'connection' (boolean). Returns what ends it.
    on(kind, fn) {
      listeners[kind].add(fn);
      return () => listeners[kind].delete(fn);
    },
    // {hall, x0, y0, x1, y1, width, height, hz}: a view of the floor, from now on.
    floor(view) {
      this.want({ watch: 'floor', ...view });
    },
    air(view) {
      this.want({ watch: 'air', ...view });
    },
    none() {
      this.want(null);
    },
    want(what) {
      wanted = what;
      send();
      pollFrame();
    },
  };
}
