// The URL is the state: which view, what it looks at, and the instant that is shown (`at`). Going
// back in the browser goes back to what was seen.

export function createUrl() {
  const listeners = new Set();
  const tell = () => listeners.forEach((fn) => fn());

  const url = {
    // '/racks/12'
    get path() {
      return location.pathname;
    },
    // '/racks': what names the view
    get view() {
      return `/${location.pathname.split('/')[1]}`;
    },
    // '12': what follows it, or ''
    get rest() {
      return decodeURIComponent(location.pathname.split('/').slice(2).join('/'));
    },

    get(name) {
      return new URLSearchParams(location.search).get(name);
    },

    // Sets members of the query, and takes those away that are null. A step that one wants to come
    // back to is pushed: {push: true}.
    set(members, { push = false } = {}) {
      const query = new URLSearchParams(location.search);
      for (const [name, value] of Object.entries(members)) {
        if (value === null || value === undefined || value === '') query.delete(name);
        else query.set(name, String(value));
      }
      url.put(location.pathname, query, push);
    },

    // Goes to a path of the dashboard, with this query; the instant that is shown stays.
    go(path, members = {}, { push = true } = {}) {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries({ at: url.get('at'), ...members }))
        if (value !== null && value !== undefined && value !== '') query.set(name, String(value));
      url.put(path, query, push);
    },

    put(path, query, push) {
      const text = query.toString();
      const next = path + (text ? `?${text}` : '');
      if (next === location.pathname + location.search) return;
      history[push ? 'pushState' : 'replaceState'](null, '', next);
      tell();
    },

    on(fn) {
      listeners.add(fn);
      return () => listeners.delete(fn);
    },
  };

  addEventListener('popstate', tell);
  return url;
}
