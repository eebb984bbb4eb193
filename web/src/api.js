// The API as the views use it. Errors are problems (RFC 9457), thrown as ApiError. An answer that
// has not changed since it was last asked for is the same object, so a view can compare with ===.

const CACHE_MAX = 128;
const TOKEN_KEY = 'plenum.token';

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `status ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.problem = problem;
  }
}

// A key of our own for a command, so that it is done once however often it is sent.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (each) => each.toString(16).padStart(2, '0')).join('');
}

async function problemOf(reply) {
  try {
    return await reply.json();
  } catch {
    return {
      status: reply.status,
      title: reply.statusText,
      detail: `${reply.url}: ${reply.status}`,
    };
  }
}

function queryOf(params) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    if (value !== null && value !== undefined) query.set(name, String(value));
  const text = query.toString();
  return text ? `?${text}` : '';
}

// options.at(): the instant that is shown, or null; options.askToken(): a promise of a token.
export function createApi(options) {
  const cache = new Map(); // URL -> {tag, body}; the oldest first
  let asking = null; // for a token; one dialog for all requests that lack it

  async function send(url, init) {
    const headers = { ...init.headers };
    const token = sessionStorage.getItem(TOKEN_KEY);
    if (token) headers.authorization = `Bearer ${token}`;
    let reply;
    try {
      reply = await fetch(url, { ...init, headers, cache: 'no-store' });
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw new ApiError(0, { title: 'No connection', detail: 'the site does not answer' });
    }
    if (reply.status !== 401) return reply;
    asking =
      asking ||
      options.askToken(token !== null).finally(() => {
        asking = null;
      });
    sessionStorage.setItem(TOKEN_KEY, await asking);
    return send(url, init);
  }

  function keep(url, tag, body) {
    cache.delete(url);
    cache.set(url, { tag, body });
    if (cache.size > CACHE_MAX) cache.delete(cache.keys().next().value);
    return body;
  }

  async function read(url, signal) {
    const had = cache.get(url);
    const reply = await send(url, { signal, headers: had ? { 'if-none-match': had.tag } : {} });
    if (reply.status === 304) return keep(url, had.tag, had.body);
    if (!reply.ok) throw new ApiError(reply.status, await problemOf(reply));
    const type = reply.headers.get('content-type') || '';
    const body = type.includes('json')
      ? await reply.json()
      : type.startsWith('text/')
        ? await reply.text()
        : await reply.arrayBuffer();
    const tag = reply.headers.get('etag');
    return tag ? keep(url, tag, body) : body;
  }

  return {
    token: () => sessionStorage.getItem(TOKEN_KEY),

    // The site as it is, or as it was at the instant that is shown; {live: true}: as it is.
    // JSON as an object, text as a string, anything else as an ArrayBuffer.
    get(path, params = {}, { signal, live = false } = {}) {
      const at = live ? null : options.at();
      return read(path + queryOf(at === null ? params : { ...params, at }), signal);
    },

    // Every page of a list, up to a maximum of items.
    async all(path, params = {}, { signal, live = false, max = 20_000 } = {}) {
      const pages = [];
      let cursor = null;
      let seen = 0;
      do {
        const page = await this.get(path, { limit: 1000, ...params, cursor }, { signal, live });
        pages.push(page);
        seen += page.items.length;
        cursor = page.next;
      } while (cursor !== null && seen < max);
      return { items: pages.flatMap((page) => page.items), count: pages[0].count, pages };
    },

    // Asks for a change: {key, dry_run}. What the ledger refuses is thrown, with its words.
    async post(path, body, { key = newKey(), dry_run = false } = {}) {
      const reply = await send(path + (dry_run ? '?dry_run=true' : ''), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      });
      if (!reply.ok) throw new ApiError(reply.status, await problemOf(reply));
      return reply.json();
    },
  };
}
