// Motion: where robots are between two frames.
//
// Each robot goes in a straight line from where it was drawn when a frame came to the cell that the
// frame says, in the time that frames lie apart; so it is drawn up to one step behind, and never
// jumps. One that is new, or that was moved further than a robot goes, stands where it is at once.

const JUMP_CELLS = 12;
const INTERVAL_MAX_MS = 2000;
const INTERVAL_MIN_MS = 30;

export function createMotion() {
  let seen_x = new Float32Array(0); // by robot: where it goes, or went when it was last in view
  let seen_y = new Float32Array(0);
  let from_x = new Float32Array(0);
  let from_y = new Float32Array(0);
  let seen_in = new Uint32Array(0); // number of the frame that it was last in
  let frames = 1;
  let interval_ms = 400;

  const motion = {
    count: 0,
    ids: new Uint32Array(0),
    looks: new Uint32Array(0), // state | load << 8 | late steps << 16
    lines: new Float32Array(0), // four a robot: from x, y, to x, y
    changed: 0, // counts frames taken
    began_ms: 0,
    now_ms: null,
  };

  function room(id) {
    if (id < seen_in.length) return;
    const size = Math.max(1024, 2 * (id + 1));
    const grown = (old, Type) => { const next = new Type(size); next.set(old); return next; };
    [seen_x, seen_y, from_x, from_y] = [seen_x, seen_y, from_x, from_y].map((each) => grown(each, Float32Array));
    seen_in = grown(seen_in, Uint32Array);
  }

  // How much of the way robots have gone.
  motion.part = (time_ms) => Math.max(0, Math.min(1, (time_ms - motion.began_ms) / interval_ms));
  motion.rests = (time_ms) => motion.count === 0 || motion.part(time_ms) >= 1;

  motion.clear = () => {
    motion.count = 0;
    frames += 2;
    motion.now_ms = null;
    motion.changed++;
  };

  // Whether a frame says of each robot that was in the last one what that said: where it goes.
  function saysTheSame(frame, columns) {
    if (frame.now_ms !== motion.now_ms) return false;
    for (let i = 0; i < frame.count; i++) {
      const id = frame.words[i * 3];
      const cell = frame.words[i * 3 + 1];
      if (id < seen_in.length && seen_in[id] === frames && (seen_x[id] !== (cell % columns) + 0.5 || seen_y[id] !== Math.floor(cell / columns) + 0.5)) return false;
    }
    return true;
  }

  function begin(frame, time_ms) {
    if (motion.now_ms !== null && frame.now_ms !== motion.now_ms)
      interval_ms = Math.max(INTERVAL_MIN_MS, Math.min(INTERVAL_MAX_MS, 0.6 * interval_ms + 0.4 * (time_ms - motion.began_ms)));
    frames++;
    motion.began_ms = time_ms;
    motion.now_ms = frame.now_ms;
  }

  function makeRoom(count) {
    if (motion.ids.length >= count) return;
    motion.ids = new Uint32Array(count * 2);
    motion.looks = new Uint32Array(count * 2);
    motion.lines = new Float32Array(count * 8);
  }

  // Sets out a robot on its way to (x, y), from where it is drawn if it was in frame `last`.
  function setOut(id, x, y, last, part) {
    let x0 = x;
    let y0 = y;
    if (seen_in[id] === last) {
      x0 = from_x[id] + (seen_x[id] - from_x[id]) * part;
      y0 = from_y[id] + (seen_y[id] - from_y[id]) * part;
      if (Math.abs(x - x0) + Math.abs(y - y0) > JUMP_CELLS) { x0 = x; y0 = y; }
    }
    seen_in[id] = frames;
    seen_x[id] = x;
    seen_y[id] = y;
    from_x[id] = x0;
    from_y[id] = y0;
  }

  // Takes a frame of robots; still: they stand where it says (the past).
  motion.take = (frame, columns, time_ms, still) => {
    const same = !still && saysTheSame(frame, columns);
    const part = motion.part(time_ms);
    const last = still ? 0xffffffff : frames;
    if (!same) begin(frame, time_ms);
    makeRoom(frame.count);
    const { ids, looks, lines } = motion;
    for (let i = 0; i < frame.count; i++) {
      const id = frame.words[i * 3];
      const cell = frame.words[i * 3 + 1];
      room(id);
      if (!same || seen_in[id] !== frames) setOut(id, (cell % columns) + 0.5, Math.floor(cell / columns) + 0.5, same ? 0xffffffff : last, part);
      ids[i] = id;
      looks[i] = frame.words[i * 3 + 2];
      lines[i * 4] = from_x[id];
      lines[i * 4 + 1] = from_y[id];
      lines[i * 4 + 2] = seen_x[id];
      lines[i * 4 + 3] = seen_y[id];
    }
    motion.count = frame.count;
    motion.changed++;
  };

  // Where a robot is drawn, or null.
  motion.placeOf = (id, time_ms) => {
    if (id >= seen_in.length || seen_in[id] !== frames || motion.count === 0) return null;
    const part = motion.part(time_ms);
    return [from_x[id] + (seen_x[id] - from_x[id]) * part, from_y[id] + (seen_y[id] - from_y[id]) * part];
  };
  return motion;
}
