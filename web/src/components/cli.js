// The command line that does the same as a button, beside it, with a button to copy it.
import { h, say } from '../dom.js';

export function cliLine(text) {
  const code = h('code', text);
  const copy = h(
    'button.quiet.small',
    {
      type: 'button',
      'aria-label': `Copy: ${text}`,
      onclick: async () => {
        try {
          await navigator.clipboard.writeText(code.textContent);
          say(copy, 'copied');
        } catch {
          getSelection().selectAllChildren(code);
          say(copy, 'select');
        }
        setTimeout(() => say(copy, 'copy'), 1500);
      },
    },
    'copy',
  );
  const element = h('span.cli', code, copy);
  return {
    element,
    set(next) {
      say(code, next);
      copy.setAttribute('aria-label', `Copy: ${next}`);
    },
  };
}
