// A bar of a part of a whole, with its limit. Beside it stands the number: the bar alone says
// nothing to those who do not see it, so it is hidden from them.
import { h } from '../dom.js';

// {value, limit, peak, warns}: how far value and peak go to the limit. One that warns is high from
// 850 thousandths and full from 950, and then hatched.
export function bar() {
  const now = h('span.bar-now');
  const peak = h('span.bar-peak');
  const element = h('span.bar', { 'aria-hidden': 'true' }, now, peak);
  return {
    element,
    set({ value, limit, peak: top = null, warns = false }) {
      const part = limit > 0 ? Math.min(1, value / limit) : 0;
      now.style.setProperty('--part', part);
      peak.hidden = top === null || !(limit > 0);
      if (!peak.hidden) peak.style.setProperty('--part', Math.min(1, top / limit));
      element.dataset.level = !warns
        ? 'normal'
        : value > limit
          ? 'over'
          : part >= 0.95
            ? 'full'
            : part >= 0.85
              ? 'high'
              : 'normal';
    },
  };
}
