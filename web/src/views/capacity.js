// Capacity: what is sold of every accelerator and until when, and the answer to "when can I have N
// accelerators for H hours?". What is asked for stands in the URL (n, h, chip, within, tenant), so
// a question can be sent to someone else; so do the calendar's span and what its rows are.
import { createAsk } from '../capacity/ask.js';
import { createCalendar } from '../capacity/calendar.js';
import { createChanges } from '../capacity/changes.js';
import { createJobs } from '../capacity/jobs.js';
import { createPrices } from '../capacity/prices.js';
import { createQueue } from '../capacity/queue.js';
import { createTenants } from '../capacity/tenants.js';
import { h } from '../dom.js';

const REFRESH_MS = 3000; // the books change slowly; a page does not ask more often

export const view = {
  path: '/capacity',
  title: 'Capacity',
  key: '6',
  mount(root, app) {
    const names = { tenants: new Map(), chips: new Map() };
    const calendar = createCalendar(app);
    const ask = createAsk(app, names, {
      onOffer: (offer) => calendar.frame(offer),
      onChange: () => refresh(true),
    });
    const prices = createPrices(app, names);
    const parts = [
      ask,
      calendar,
      createJobs(app, names, () => refresh(true)),
      createQueue(app, names),
      createTenants(app),
      createChanges(app, (changes) => calendar.mark(changes)),
      prices,
    ];
    root.append(
      h(
        'div.capacity',
        parts.map((part) => part.element),
      ),
    );

    let asked = -Infinity; // when, by this machine's clock
    let at = null; // the instant shown then
    let running = false;
    let again = false;

    async function refresh(now) {
      if (app.clock.shown_ms === null) return;
      const due = now || at !== app.clock.at_ms || performance.now() - asked >= REFRESH_MS;
      if (!due) return;
      if (running) {
        again = again || now;
        return;
      }
      running = true;
      asked = performance.now();
      at = app.clock.at_ms;
      // Prices bring the names that the others show.
      await prices.refresh();
      await Promise.all(parts.map((part) => part !== prices && part.refresh()));
      running = false;
      app.ready();
      if (again) {
        again = false;
        refresh(true);
      }
    }

    refresh(true);
    return {
      update() {
        refresh(false);
      },
      unmount() {
        calendar.finish();
        ask.finish();
      },
    };
  },
};
