// A button that changes the site: with the command line that does the same beside it. It opens a
// dialog that says what will happen and what the ledger would answer, asks for the name of who does
// it (kept in this browser), and is confirmed by a slide where it is dangerous.
//
// While the past is shown nothing can be changed: the button is disabled, and says why.
import { fill, h, say, newId } from '../dom.js';
import { newKey } from '../api.js';
import { cliLine } from './cli.js';
import { slideToConfirm } from './slide.js';

const ACTOR_KEY = 'plenum.actor';

export function actorName() {
  try {
    return localStorage.getItem(ACTOR_KEY) || '';
  } catch {
    return '';
  }
}

function keepActor(name) {
  try {
    localStorage.setItem(ACTOR_KEY, name);
  } catch {
    /* asked again next time */
  }
}

function actorField() {
  const id = newId('actor');
  const input = h('input', {
    id,
    name: 'actor',
    type: 'text',
    required: true,
    maxlength: 63,
    autocomplete: 'name',
    spellcheck: 'false',
  });
  input.value = actorName();
  return {
    input,
    element: h('p.field', h('label', { for: id }, 'Your name, for the journal'), input),
  };
}

function reasonField() {
  const id = newId('reason');
  const input = h('input', {
    id,
    name: 'reason',
    type: 'text',
    maxlength: 40,
    autocomplete: 'off',
  });
  return {
    input,
    element: h('p.field', h('label', { for: id }, 'Why, if you want to say it'), input),
  };
}

// {title, what (text or nodes), cli, danger, confirm: 'Stop the floor', path, body, done, foresee}
// foresee(outcome of the dry run) says more of what will happen: text or nodes. body may be a function, called when it is sent. Resolves to the outcome, or null.
export function openAct(app, act) {
  return new Promise((resolve) => {
    const title_id = newId('act');
    const verdict = h('p.verdict', { role: 'status' }, 'Asking the ledger…');
    const actor = actorField();
    const reason = reasonField();
    let outcome = null;
    let sent = false;
    let key = newKey(); // kept when the answer was lost: sent again, it is done once

    function bodyOf() {
      const why = reason.input.value.trim();
      return {
        ...(typeof act.body === 'function' ? act.body() : act.body),
        actor: actor.input.value.trim() || 'dashboard',
        ...(why ? { reason: why } : {}),
      };
    }
    async function send() {
      if (sent) return;
      if (!actor.input.value.trim()) {
        actor.input.focus();
        verdict.dataset.level = 'warning';
        say(verdict, 'Say first who does it: the name stands in the journal.');
        if (slide) slide.reset();
        return;
      }
      sent = true;
      keepActor(actor.input.value.trim());
      say(verdict, 'Sent; waiting until it is durable…');
      try {
        outcome = await app.api.post(act.path, bodyOf(), { key });
        app.toast(`${act.done || act.title}: taken`, { seq: outcome.seq });
        dialog.close();
      } catch (error) {
        sent = false;
        if (error.status !== 0) key = newKey();
        verdict.dataset.level = 'critical';
        say(verdict, `Refused: ${error.message}`);
        if (slide) slide.reset();
      }
    }

    const slide = act.danger
      ? slideToConfirm({ label: act.confirm || act.title, onconfirm: send })
      : null;
    const confirm = slide
      ? slide.element
      : h('button.primary', { type: 'submit' }, act.confirm || act.title);
    const form = h(
      'form',
      {
        method: 'dialog',
        onsubmit: (event) => {
          event.preventDefault();
          if (!slide) send();
        },
      },
      h('h2', { id: title_id }, act.title),
      h('div.what', act.what),
      actor.element,
      reason.element,
      verdict,
      confirm,
      h('p.same', 'The same from a shell: ', cliLine(act.cli).element),
      h('p.end', h('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel')),
    );
    const dialog = h(
      'dialog.act',
      {
        'aria-labelledby': title_id,
        role: 'dialog',
        onclose: () => {
          dialog.remove();
          resolve(outcome);
        },
      },
      form,
    );
    document.body.append(dialog);
    dialog.showModal();
    (actor.input.value ? (slide ? slide.input : confirm) : actor.input).focus();

    app.api.post(act.path, bodyOf(), { dry_run: true }).then(
      (trial) => {
        if (sent) return;
        verdict.dataset.level = 'good';
        fill(verdict, 'The ledger would take this now. ', act.foresee ? act.foresee(trial) : null);
      },
      (error) => {
        if (!sent) {
          verdict.dataset.level = 'critical';
          say(verdict, `The ledger would refuse this now: ${error.message}`);
        }
      },
    );
  });
}

// {name: 'stop-floor', label, ...as openAct}. Returns {element, set({disabled: why|null})}.
export function actButton(app, act) {
  const why_id = newId('why');
  const why = h('span.why', { id: why_id });
  let own = null; // reason of the view
  const button = h(
    'button',
    {
      type: 'button',
      'data-act': act.name,
      'aria-describedby': why_id,
      onclick: () => {
        if (button.getAttribute('aria-disabled') !== 'true')
          openAct(app, typeof act.of === 'function' ? { ...act, ...act.of() } : act);
      },
    },
    act.label,
  );
  if (act.danger) button.classList.add('danger');
  const cli = cliLine(act.cli);
  const element = h('div.act-line', button, cli.element, why);
  function show() {
    const reason = app.clock.past ? 'You look at the past: go back to live first.' : own;
    button.setAttribute('aria-disabled', reason ? 'true' : 'false');
    say(why, reason || '');
  }
  const off = app.clock.on(show);
  show();
  return {
    element,
    button,
    set({ disabled = null, label = null, cli: line = null }) {
      own = disabled;
      if (label) say(button, label);
      if (line) cli.set(line);
      show();
    },
    finish: off,
  };
}
