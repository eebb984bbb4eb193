// What is said of a robot, a rack or a place on the floor when it is selected.
import * as format from '../format.js';
import { RACK_LOOKS } from './shapes.js';

const ROBOT_LEVELS = { idle: 'normal', busy: 'active', 'to-charger': 'active', charging: 'good', broken: 'critical', carried: 'critical' };
const LOADS = ['a tote', 'a rack', 'a part', 'a robot'];
const TASK_WORDS = {
  open: 'not begun', 'to-pick': 'on its way to fetch', 'at-pick': 'takes up its load', 'to-drop': 'carries its load there', 'at-drop': 'sets down its load', done: 'done',
};

export function rackLevel(state) {
  const { group } = RACK_LOOKS[state] || RACK_LOOKS[0];
  return { coming: 'normal', building: 'active', service: 'good', failed: 'critical', retired: 'normal' }[group];
}

// What the planner says of a robot that stands: why, and what it is at the root. Empty in the past,
// which no planner remembers.
async function plannersWord(app, id) {
  if (app.clock.past) return '';
  const why = await app.api.get(`/v1/robots/${id}/why`).catch(() => null);
  if (!why) return '';
  const root = why.chain[why.chain.length - 1];
  return `: it ${why.text}${root ? `; ${root.name} ${root.text}` : ''}`;
}

// Why a robot stands, if anybody knows. still_steps: how long it has been seen in one cell.
async function whyItWaits(app, robot, task, still_steps, stopped) {
  const { shown_ms: now_ms } = app.clock;
  const ready = robot.ready_ms > now_ms ? format.relative(robot.ready_ms, now_ms) : null;
  if (robot.state === 'carried') return 'It is broken, and carried to a repair station.';
  if (robot.state === 'broken' && robot.fetch) return 'It is broken, and waits for the robot that fetches it.';
  if (robot.state === 'broken') return `It is broken${ready ? `; its repair ends ${ready}` : ''}.`;
  if (robot.state === 'charging') return 'It stands at a charger until its battery is full.';
  if (stopped) return 'The floor is stopped: no robot moves.';
  if (ready) return `It is late: it moves again ${ready}.`;
  if (robot.state === 'idle') return 'It has no task.';
  if (task && (task.state === 'at-pick' || task.state === 'at-drop')) return `It ${TASK_WORDS[task.state]}.`;
  if (still_steps >= 2) return `It has stood for ${still_steps} steps${await plannersWord(app, robot.id)}.`;
  return null;
}

function cellText(hall, cell) {
  if (cell === null || cell === undefined) return null;
  const at = cell - hall.first_cell;
  return `${at % hall.columns}, ${Math.floor(at / hall.columns)}`;
}

// What is at a cell, by name where it has one.
function placeText(scene, cell) {
  const stands = cell === null ? null : scene.index.get(cell - scene.hall.first_cell);
  return stands ? stands.item.name : cellText(scene.hall, cell);
}

// The cell of the hall that it goes to, or null.
function targetOf(scene, robot, task, carrying) {
  if (task) return (carrying ? task.to_cell : task.from_cell) - scene.hall.first_cell;
  const charger = robot.state === 'to-charger' ? scene.floor.chargers[robot.charger] : null;
  return charger && charger.hall === scene.hall.id ? charger.cell : null;
}

export async function robotFacts(app, scene, id, still_steps) {
  const robot = await app.api.get(`/v1/robots/${id}`);
  const task = robot.task ? await app.api.get(`/v1/tasks/${robot.task}`).catch(() => null) : null;
  const now_ms = app.clock.shown_ms;
  const carrying = task && (task.state === 'to-drop' || task.state === 'at-drop');
  const facts = {
    title: robot.name, state: robot.state, level: ROBOT_LEVELS[robot.state], why: await whyItWaits(app, robot, task, still_steps, scene.stopped),
    why_level: robot.ready_ms > now_ms || scene.stopped || (robot.state === 'busy' && still_steps >= 2) ? 'warning' : null,
    rows: [
      ['Model', robot.model], ['Cell', cellText(scene.hall, robot.cell)],
      ['Carries', carrying ? LOADS[task.load] || 'something' : 'nothing'],
      ['Task', task ? `${task.id}: ${TASK_WORDS[task.state]}` : robot.task ? String(robot.task) : 'none'],
      ['From', task ? placeText(scene, task.from_cell) : null], ['To', task ? placeText(scene, task.to_cell) : null],
      ['Due', task && task.due_ms ? format.relative(task.due_ms, now_ms) : null],
      ['Battery', `${format.count(robot.charge_j / 1000)} kJ, heard ${format.relative(robot.charge_ms, now_ms)}`],
      ['Charger', robot.charger === null ? null : (scene.floor.chargers[robot.charger] || {}).name],
      ['Travelled', `${format.count((robot.moves * scene.hall.cell_mm) / 1000)} m`],
      ['Since', format.clock(robot.since_ms)],
    ],
    cli: `plenum robot show ${robot.name}`,
  };
  facts.target = targetOf(scene, robot, task, carrying);
  return facts;
}

export async function rackFacts(app, scene, id) {
  const rack = await app.api.get(`/v1/racks/${id}`);
  const now_ms = app.clock.shown_ms;
  const look = RACK_LOOKS.findIndex((each, i) => scene.rack_states[i] === rack.state);
  const why = { failed: rack.part_ms ? 'Its spare part is here; it is being repaired.' : 'It waits for a spare part.', powered: 'It runs its burn-in.', placed: 'It waits to be cabled.' }[rack.state];
  return {
    title: rack.name, state: (RACK_LOOKS[look] || RACK_LOOKS[0]).text, level: rackLevel(look), why: why || null,
    rows: [['Model', rack.model], ['Position', rack.position], ['Since', `${format.instant(rack.since_ms)}, ${format.duration(now_ms - rack.since_ms)}`],
      ['Burn-ins', format.count(rack.burn_ins)], ['Failures', format.count(rack.failures)], ['Task', rack.task], ['Delivery', rack.delivery]],
    links: [['Its servers and watts', `/racks/${id}`]],
    cli: `plenum rack show ${rack.name}`,
  };
}

// A dock, a station, a charger, a hand-over, a position without a rack.
export function placeFacts(scene, kind, item) {
  const titles = { dock: 'Dock', station: 'Work station', charger: 'Charger', pad: 'Hand-over to drones', position: 'Position for a rack' };
  return {
    title: item.name, state: titles[kind], level: 'normal', why: null,
    rows: [['Cell', cellText(scene.hall, item.cell + scene.hall.first_cell)], ['Power', item.power_w ? format.watts(item.power_w) : null],
      ['Rack', kind === 'position' ? item.rack_name || 'none is ordered for it' : null]],
    links: kind === 'pad' ? [['In the air', `/air?sel=pad-${item.id}`]] : [],
    cli: null,
  };
}
