// The views, in the order of their keys. One that is not here is not in the navigation.
import { view as overview } from './overview.js';
import { view as floor } from './floor.js';
import { view as air } from './air.js';
import { view as racks } from './racks.js';
import { view as power } from './power.js';
import { view as capacity } from './capacity.js';
import { view as events } from './events.js';

export const views = [overview, floor, air, racks, power, capacity, events];
