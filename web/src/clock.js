// The clock of the site, and the instant that is shown: now, or one of the past (`at` in the URL).

export function createClock(url) {
  const listeners = new Set();
  const clock = {
    // {seq, now_ms, paused, speed_milli}, or null before the first answer
    state: null,
    // What the site says of its history: {start_ms, from_ms}; from_ms null: it cannot be asked
    span: { start_ms: null, from_ms: null },
    connected: false,

    // The instant of the past that is shown, or null for now.
    get at_ms() {
      const text = url.get('at');
      return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
    },
    get past() {
      return clock.at_ms !== null;
    },
    // The instant that is shown.
    get shown_ms() {
      return clock.at_ms ?? (clock.state ? clock.state.now_ms : null);
    },

    // Called with the clock when its state, its span or the shown instant changes.
    on(fn) {
      listeners.add(fn);
      return () => listeners.delete(fn);
    },
    tell() {
      listeners.forEach((fn) => fn(clock));
    },

    // What was heard of the site: told when it differs.
    hear(state, connected = true) {
      const had = clock.state;
      const same =
        had &&
        state &&
        clock.connected === connected &&
        had.seq === state.seq &&
        had.now_ms === state.now_ms &&
        had.paused === state.paused &&
        had.speed_milli === state.speed_milli &&
        had.alarms === state.alarms;
      if (state) clock.state = state;
      clock.connected = connected;
      if (!same) clock.tell();
    },

    show(at_ms, options) {
      url.set({ at: at_ms }, options);
    },
    live() {
      url.set({ at: null }, { push: true });
    },
    // A URL may name an instant that the site never had: one to come is now, one before the first
    // is the first.
    keepInSpan(from_ms, now_ms) {
      if (!clock.past) return;
      if (clock.at_ms > now_ms) url.set({ at: null });
      else if (clock.at_ms < from_ms) url.set({ at: from_ms });
    },
  };
  return clock;
}
