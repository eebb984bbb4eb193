// A stretch of the journal, as far as it was read: rows `low` to `high`, of which those that are
// wanted are kept. It grows at its new end (follow) and at its old end (back); numbers are never
// skipped silently: a jump to the newest rows begins a new stretch.

const PAGE = 1000; // rows of one request
const JUMP = 6000; // more than this behind: the newest rows are shown rather than all between
const KEPT = 20_000; // rows in the page

export const isNoise = (row) => row.taken && (row.kind === 'tick' || row.kind === 'robot.step');

export function createJournal(api, wants) {
  const journal = {
    rows: [], // ascending
    low: 0, // the first row that was read; rows before it exist where it is over 1
    high: 0, // the last row that was read
    jumped: 0, // rows left out by the last jump

    // Begins anew with the row `seq` as the last that is read.
    begin(seq) {
      journal.rows = [];
      journal.high = Math.max(0, seq);
      journal.low = journal.high + 1;
      journal.jumped = 0;
    },

    async read(since, until, signal) {
      const page = await api.get(
        '/v1/events',
        { since, limit: Math.min(PAGE, until - since) },
        { signal, live: true },
      );
      return { rows: page.items.filter(wants), next: page.next };
    },

    // Reads up to the row `seq`. Returns the rows that are new.
    async follow(seq, signal) {
      if (seq - journal.high > JUMP) {
        const left_out = seq - PAGE - journal.high;
        journal.begin(seq - PAGE);
        journal.jumped = left_out;
      }
      const fresh = [];
      while (journal.high < seq) {
        const { rows, next } = await journal.read(journal.high, seq, signal);
        if (next === journal.high) break; // not durable yet
        journal.high = next;
        fresh.push(...rows);
      }
      journal.rows.push(...fresh);
      if (journal.rows.length > KEPT) {
        journal.rows.splice(0, journal.rows.length - KEPT);
        journal.low = journal.rows[0].seq;
      }
      return fresh;
    },

    // Reads one page further back. Returns how many rows of it are kept.
    async back(signal) {
      if (journal.low <= 1) return 0;
      const since = Math.max(0, journal.low - 1 - PAGE);
      const until = journal.low - 1;
      const older = [];
      for (let at = since; at < until;) {
        const { rows, next } = await journal.read(at, until, signal);
        if (next === at) break;
        at = next;
        older.push(...rows);
      }
      journal.low = since + 1;
      journal.rows.unshift(...older);
      return older.length;
    },
  };
  return journal;
}
