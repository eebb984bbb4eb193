// What is said of a drone, a flight, a pad or a closed volume when it is selected.
import * as format from '../format.js';

const DRONE_LEVELS = { ready: 'good', preparing: 'active', flying: 'active', charging: 'normal', grounded: 'critical' };
const FLIGHT_LEVELS = { accepted: 'normal', activated: 'active', nonconforming: 'warning', contingent: 'critical', ended: 'normal' };

const padName = (scene, id) => (id === null || id < 0 || !scene.air.pads[id] ? null : scene.air.pads[id].name);
const metres = (mm) => `${format.count(mm / 1000)} m`;

function flightRows(scene, flight, now_ms) {
  return [
    ['Flight', String(flight.id)], ['From', padName(scene, flight.from_pad)], ['To', padName(scene, flight.to_pad)],
    ['Takes off', `${format.clock(flight.start_ms)}, ${format.relative(flight.start_ms, now_ms)}`],
    ['Lands', `${format.clock(flight.end_ms)}, ${format.relative(flight.end_ms, now_ms)}`],
    ['Energy', `${format.count(flight.energy_j / 1000)} kJ planned`],
    ['Delivery', flight.delivery ? String(flight.delivery) : 'none: it flies empty, to fetch'],
  ];
}

function whyItWaits(drone, flight, now_ms, grounded) {
  if (drone.state === 'grounded') return grounded ? 'All drones are grounded: none takes off until they are released.' : 'It is grounded.';
  if (drone.state === 'flying') return null;
  if (flight && flight.start_ms > now_ms) return `It takes off ${format.relative(flight.start_ms, now_ms)}: what it will fly through is its own from then on.`;
  if (drone.state === 'charging') return 'Its battery is being charged.';
  if (drone.ready_ms > now_ms) return `It is ready ${format.relative(drone.ready_ms, now_ms)}.`;
  if (grounded) return 'All drones are grounded.';
  return drone.state === 'ready' ? 'It has nothing to bring.' : null;
}

export async function droneFacts(app, scene, id) {
  const drone = await app.api.get(`/v1/drones/${id}`);
  const flight = drone.flight ? await app.api.get(`/v1/flights/${drone.flight}`).catch(() => null) : null;
  const seen = scene.frame ? scene.frame.drones[id] : null;
  const now_ms = app.clock.shown_ms;
  return {
    title: drone.name, state: drone.state, level: DRONE_LEVELS[drone.state], why: whyItWaits(drone, flight, now_ms, scene.grounded),
    rows: [
      ['Model', drone.model], [drone.state === 'flying' ? 'Will land on' : 'Stands on', padName(scene, drone.pad)],
      ['Altitude', seen && drone.state === 'flying' ? metres(seen.z) : null],
      ['Heading', seen && drone.state === 'flying' && seen.heading !== null ? `${format.count(seen.heading)}°` : null],
      ['Battery', seen ? `${format.count(seen.charge_milli / 10)} %, heard ${format.relative(drone.charge_ms, now_ms)}` : null],
      ...(flight ? flightRows(scene, flight, now_ms) : []),
    ],
    cli: `plenum drone show ${drone.name}`,
  };
}

export async function flightFacts(app, scene, id) {
  const flight = await app.api.get(`/v1/flights/${id}`);
  return {
    title: `Flight ${id}`, state: flight.state, level: FLIGHT_LEVELS[flight.state], why: null,
    rows: flightRows(scene, flight, app.clock.shown_ms).slice(1), links: [['Its drone', `/air?sel=drone-${flight.drone}`]],
    cli: `plenum flight show ${id}`,
  };
}

export function padFacts(scene, pad) {
  const there = scene.frame ? scene.frame.drones.filter((drone) => drone.pad === pad.id && drone.state !== 2).map((drone) => scene.names[drone.id] || `drone ${drone.id}`) : [];
  const coming = scene.frame ? scene.frame.flights.filter((flight) => flight.to_pad === pad.id).length : 0;
  return {
    title: pad.name, state: pad.outlying ? 'Pad at another place' : 'Pad at the site', level: 'normal', why: null,
    rows: [['Place', `${metres(pad.x_mm)} east, ${metres(pad.y_mm)} north`], ['Stands', `${there.length} of ${pad.stands} taken`], ['Drones there', there.join(', ') || 'none'],
      ['Flights to it', format.count(coming)], ['Charging', format.watts(pad.charge_w)]],
    links: pad.cell === null ? [] : [['On the floor', `/floor?sel=pad-${pad.id}`]],
    cli: null,
  };
}

export function zoneFacts(zone, now_ms, text) {
  return {
    title: zone.name || 'Closed by a command', state: text, level: zone.from_ms <= now_ms ? 'critical' : 'warning', why: 'No flight may be in it while it is closed.',
    rows: [['Altitude', `${metres(zone.lower)} to ${metres(zone.upper)}`], ['Closed from', Number.isFinite(zone.from_ms) ? format.minute(zone.from_ms) : 'always'],
      ['Until', Number.isFinite(zone.until_ms) ? format.minute(zone.until_ms) : 'for ever'], ['Shape', zone.points.length ? `polygon of ${zone.points.length} corners` : `circle of ${metres(zone.radius)}`]],
    cli: null,
  };
}
