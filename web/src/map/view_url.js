// Where a map looks, kept in the URL: x and y of its middle, and z, its scale. A map that shows all
// of it has none of them.

const WRITE_MS = 300;

const number = (text) => (text !== null && text !== '' && Number.isFinite(Number(text)) ? Number(text) : null);
const short = (value) => Number(value.toPrecision(6));

export function createViewUrl(url) {
  let timer = null;
  let written = '';
  return {
    // Puts the camera where the URL says, unless that is what was written there last.
    read(camera) {
      const [x, y, z] = ['x', 'y', 'z'].map((name) => number(url.get(name)));
      const text = `${x} ${y} ${z}`;
      if (text === written) return;
      written = text;
      if (x !== null && y !== null && z !== null && z > 0) camera.set(x, y, z);
      else if (!camera.fitted) camera.fit();
    },
    write(camera) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const [x, y, z] = camera.fitted ? [null, null, null] : [camera.x, camera.y, camera.scale].map(short);
        written = `${x} ${y} ${z}`;
        url.set({ x, y, z });
      }, WRITE_MS);
    },
    finish() { clearTimeout(timer); },
  };
}
