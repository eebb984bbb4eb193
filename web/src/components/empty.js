// A panel with nothing in it says why.
import { h } from '../dom.js';

export function emptyPanel(title, why, ...more) {
  return h('div.empty', { role: 'status' }, h('strong', title), h('p', why), more);
}

// An answer that did not come: what the server said.
export function problemPanel(error) {
  const past = error.status === 400 && /query "at/.test(error.message);
  return emptyPanel(
    error.status === 0
      ? 'No connection'
      : (error.problem && error.problem.title) || 'This did not work',
    past ? 'The past of this cannot be shown.' : error.message,
  );
}
