// Asks and draws, one at a time: an update while one is under way comes after it, unless it asks for
// something else (another instant, another rack); then the answer that is late is dropped.

// {key() -> what is asked for, ask(signal) -> data, draw(data), fail(error)}
export function createRefresh({ key = () => '', ask, draw, fail }) {
  let running = null; // {key, stop}
  let again = false;
  let ended = false;

  async function run() {
    const mine = (running = { key: key(), stop: new AbortController() });
    again = false;
    try {
      const data = await ask(mine.stop.signal);
      if (running === mine && !ended) draw(data);
    } catch (error) {
      if (error.name === 'AbortError' || running !== mine || ended) return;
      fail(error);
    } finally {
      if (running === mine) {
        running = null;
        if (again && !ended) run();
      }
    }
  }

  return {
    update() {
      if (ended) return;
      if (running && running.key === key()) {
        again = true;
        return;
      }
      if (running) running.stop.abort();
      run();
    },
    finish() {
      ended = true;
      if (running) running.stop.abort();
    },
  };
}
