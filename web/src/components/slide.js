// Slide to confirm: for an act that is hard to take back. A range input, so that mouse, touch and
// keyboard all move it and it is announced; but a press beside the thumb does not make it jump, and
// let go before its end it goes back. At the end it fires, once.
import { h, say } from '../dom.js';

const END = 100;

export function slideToConfirm({ label, onconfirm }) {
  let held = false; // by a pointer that took the thumb
  let fired = false;
  const text = h('span.slide-text', { 'aria-hidden': 'true' }, label);
  const input = h('input.slide-input', {
    type: 'range',
    min: 0,
    max: END,
    value: 0,
    step: 1,
    'aria-label': `${label}: slide to the end to confirm`,
    'data-slide': true,
  });
  const element = h('div.slide', text, input);

  function show() {
    element.style.setProperty('--part', Number(input.value) / END);
    input.setAttribute(
      'aria-valuetext',
      fired ? 'confirmed' : `${input.value} of ${END}, nothing is done yet`,
    );
  }
  function reset() {
    fired = false;
    held = false;
    input.value = 0;
    say(text, label);
    show();
  }
  function fire() {
    if (fired) return;
    fired = true;
    say(text, 'Confirmed');
    show();
    onconfirm();
  }

  input.addEventListener('pointerdown', (event) => {
    const box = input.getBoundingClientRect();
    held = event.clientX - box.left < 56;
    if (!held) event.preventDefault();
  });
  input.addEventListener('input', () => {
    if (fired) input.value = END;
    show();
    if (!held && Number(input.value) >= END) fire();
  });
  const release = () => {
    if (fired || !held) return;
    held = false;
    if (Number(input.value) >= END) fire();
    else reset();
  };
  input.addEventListener('pointerup', release);
  input.addEventListener('pointercancel', release);
  input.addEventListener('change', release);
  input.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 10, ArrowUp: 10, ArrowLeft: -10, ArrowDown: -10 }[event.key];
    if (!step || fired) return;
    event.preventDefault();
    input.value = Number(input.value) + step;
    show();
    if (Number(input.value) >= END) fire();
  });
  input.addEventListener('blur', () => {
    if (!fired) reset();
  });
  show();
  return {
    element,
    input,
    reset,
    set disabled(off) {
      input.disabled = off;
      element.classList.toggle('off', off);
    },
  };
}
