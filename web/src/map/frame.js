// Frames of the floor and of the air, as docs/api.md lays them out, read in place: large arrays are
// views of the buffer, so it must not be changed.

const MAGIC = 0x314E4C50;
const VERSION = 1;
const FACTS_AT = 24;
const FLOOR_AT = 88;
const AIR_AT = 56;

export const ROBOT_STATES = ['idle', 'busy', 'to-charger', 'charging', 'broken'];
export const RACK_STATES = ['ordered', 'built', 'shipped', 'at-dock', 'carried', 'placed', 'cabled', 'powered', 'tested', 'in-service', 'failed', 'retired'];
export const DRONE_STATES = ['ready', 'preparing', 'flying', 'charging', 'grounded'];
export const FLIGHT_STATES = ['accepted', 'activated', 'nonconforming', 'contingent', 'ended'];
export const LOADS = [null, 'tote', 'rack', 'part', 'robot'];

const int64 = (data, at) => Number(data.getBigInt64(at, true));

// words: three a robot: number; cell in the hall; state, load, late steps (see robotAt).
function readFloor(frame, buffer, data) {
  const facts = new Uint32Array(buffer, FACTS_AT, 16);
  Object.assign(frame, {
    hall: facts[0], x0: facts[1], y0: facts[2], x1: facts[3], y1: facts[4], step_ms: facts[5],
    counts: Array.from(facts.subarray(6, 11)),
  });
  frame.in_view = frame.counts.reduce((sum, each) => sum + each, 0);
  let at = FLOOR_AT;
  if (frame.type === 'robots') {
    frame.count = facts[11];
    frame.words = new Uint32Array(buffer, at, frame.count * 3);
    at += frame.count * 12;
  } else {
    Object.assign(frame, { tile_cells: facts[11], columns: facts[12], rows: facts[13] });
    frame.tiles = new Uint8Array(buffer, at, frame.columns * frame.rows * 4);
    at += frame.tiles.length;
  }
  frame.closed = new Uint32Array(buffer, at, facts[14]);
  frame.racks = new Uint8Array(buffer, at + facts[14] * 4, facts[15]);
  if (at + facts[14] * 4 + facts[15] !== data.byteLength) throw new Error('a frame of another length than it says');
}

export function robotAt(frame, i) {
  const word = frame.words[i * 3 + 2];
  return { id: frame.words[i * 3], cell: frame.words[i * 3 + 1], state: word & 255, load: (word >> 8) & 255, late_steps: word >>> 16 };
}

export function tileAt(frame, i) {
  const at = i * 4;
  const robots = frame.tiles[at] | (frame.tiles[at + 1] << 8);
  return { robots, busy: frame.tiles[at + 2] / 255, broken: frame.tiles[at + 3] / 255 };
}

function readDrone(data, at) {
  const heading = data.getInt32(at + 20, true);
  return {
    flight: Number(data.getBigUint64(at, true)), x: data.getInt32(at + 8, true), y: data.getInt32(at + 12, true), z: data.getInt32(at + 16, true),
    heading: heading < 0 ? null : heading / 100, id: data.getUint32(at + 24, true), charge_milli: data.getUint32(at + 28, true),
    pad: data.getInt32(at + 32, true), state: data.getUint32(at + 36, true),
  };
}

function readFlight(data, at) {
  const first = data.getUint32(at + 36, true);
  return {
    id: Number(data.getBigUint64(at, true)), start_ms: int64(data, at + 8), end_ms: int64(data, at + 16), drone: data.getInt32(at + 24, true),
    from_pad: data.getInt32(at + 28, true), to_pad: data.getInt32(at + 32, true), first, count: data.getUint32(at + 40, true), state: data.getUint32(at + 44, true),
  };
}

function readVolume(data, at, vertices_at) {
  const first = data.getUint32(at + 36, true);
  const count = data.getUint32(at + 40, true);
  const flight = data.getUint32(at + 44, true);
  const points = [];
  for (let i = first; i < first + count; i++) points.push([data.getInt32(vertices_at + i * 8, true), data.getInt32(vertices_at + i * 8 + 4, true)]);
  return {
    from_ms: int64(data, at), until_ms: int64(data, at + 8), lower: data.getInt32(at + 16, true), upper: data.getInt32(at + 20, true),
    x: data.getInt32(at + 24, true), y: data.getInt32(at + 28, true), radius: data.getUint32(at + 32, true), points, flight: flight === 0xffffffff ? null : flight,
  };
}

function readAir(frame, buffer, data) {
  const [drones, flights, volumes] = [0, 4, 8].map((each) => data.getUint32(FACTS_AT + each, true));
  const list = (count, at, size, read) => Array.from({ length: count }, (_, i) => read(data, at + i * size));
  const flights_at = AIR_AT + drones * 40;
  const volumes_at = flights_at + flights * 48;
  const vertices_at = volumes_at + volumes * 48;
  frame.until_ms = int64(data, 40);
  frame.step_ms = data.getUint32(48, true);
  frame.left_out = data.getUint32(52, true);
  frame.drones = list(drones, AIR_AT, 40, readDrone);
  frame.flights = list(flights, flights_at, 48, readFlight);
  frame.volumes = list(volumes, volumes_at, 48, (from, at) => readVolume(from, at, vertices_at));
}

// What a frame says; throws where the bytes are none that this page knows.
export function readFrame(buffer) {
  const data = new DataView(buffer);
  if (data.byteLength < FACTS_AT || data.getUint32(0, true) !== MAGIC) throw new Error('no frame');
  const version = data.getUint16(6, true);
  if (version !== VERSION) throw new Error(`frames of version ${version}; this page knows ${VERSION}`);
  const frame = { type: [null, 'robots', 'tiles', 'drones'][data.getUint16(4, true)], seq: Number(data.getBigUint64(8, true)), now_ms: int64(data, 16), bytes: data.byteLength };
  if (frame.type === 'drones') readAir(frame, buffer, data);
  else readFloor(frame, buffer, data);
  return frame;
}
