import { h } from '../dom.js';
import { figure } from '../components/figure.js';
import { problemPanel } from '../components/empty.js';
import * as format from '../format.js';

export const view = {
  path: '/',
  title: 'Overview',
  key: '1',
  mount(root, app) {
    const power = figure({ label: 'Power', name: 'power.w', href: '/power' });
    const problems = h('div');
    root.append(h('h1', 'Overview'), h('div.figures', power.element), problems);
    async function update() {
      try {
        const page = await app.api.get('/v1/power');
        const w = page.items.filter((node) => node.under === null).reduce((sum, node) => sum + node.w, 0);
        power.set({ raw: w, text: format.watts(w) });
        problems.replaceChildren();
      } catch (error) {
        problems.replaceChildren(problemPanel(error));
      }
      app.ready();
    }
    return { update, unmount() {} };
  },
};
