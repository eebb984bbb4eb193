// The ground of a map with WebGL2: cells as a texture, robots as instances, tiles as a texture.
//
// Robots cross a frame's time in the vertex shader, so a picture between two frames costs one
// number. Shapes are distances in the fragment shader: they are as sharp as the screen at any zoom.
import { partsOf, paintCells } from './palette.js';

const SHAPES_FROM = 7; // pixels of a robot's side; below, it is a point

const COMMON = `#version 300 es
precision highp float;
uniform vec4 u_view; // middle x, y; 2 * scale / width, 2 * scale / height
`;

const CELLS_VERTEX = `${COMMON}
uniform vec4 u_part; // x, y, width, height
out vec2 v_uv;
out vec2 v_cell;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  v_uv = corner;
  v_cell = u_part.xy + corner * u_part.zw;
  vec2 at = (v_cell - u_view.xy) * u_view.zw;
  gl_Position = vec4(at.x, -at.y, 0, 1);
}`;

const CELLS_FRAGMENT = `${COMMON}
uniform sampler2D u_cells;
uniform vec4 u_grid; // colour, strength
uniform float u_scale;
in vec2 v_uv;
in vec2 v_cell;
out vec4 o_colour;
void main() {
  vec4 colour = texture(u_cells, v_uv);
  vec2 away = abs(fract(v_cell + 0.5) - 0.5) * u_scale;
  float line = (1.0 - smoothstep(0.2, 0.8, min(away.x, away.y))) * u_grid.a;
  o_colour = vec4(mix(colour.rgb, u_grid.rgb, line), 1);
}`;

const TILES_FRAGMENT = `${COMMON}
uniform sampler2D u_tiles;
uniform vec3 u_idle, u_busy, u_broken;
uniform float u_full; // robots of a full tile, as the texture counts
in vec2 v_uv;
in vec2 v_cell;
out vec4 o_colour;
void main() {
  vec4 tile = texture(u_tiles, v_uv) * 255.0;
  float robots = tile.r + 256.0 * tile.g;
  float fill = clamp(robots / u_full, 0.0, 1.0);
  vec3 colour = mix(mix(u_idle, u_busy, sqrt(tile.b / 255.0)), u_broken, min(1.0, tile.a / 255.0 * 2.5));
  o_colour = vec4(colour, 1) * (robots > 0.0 ? 0.3 + 0.7 * sqrt(fill) : 0.0);
}`;

const ROBOTS_VERTEX = `${COMMON}
uniform float u_part_done, u_size, u_px;
layout(location = 0) in vec4 a_line;
layout(location = 1) in uint a_look;
out vec2 v_at;
flat out uint v_look;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) - 0.5;
  vec2 middle = mix(a_line.xy, a_line.zw, u_part_done);
  float size = u_size + 2.0 / u_px;
  v_at = corner * size / u_size;
  v_look = a_look;
  vec2 at = (middle + corner * size - u_view.xy) * u_view.zw;
  gl_Position = vec4(at.x, -at.y, 0, 1);
}`;

// Robots of few pixels, that show no shape: a point each.
const POINTS_VERTEX = `${COMMON}
uniform float u_part_done, u_side;
uniform vec3 u_states[5];
layout(location = 0) in vec4 a_line;
layout(location = 1) in uint a_look;
flat out vec3 v_colour;
void main() {
  v_colour = u_states[min(a_look & 255u, 4u)];
  vec2 at = (mix(a_line.xy, a_line.zw, u_part_done) - u_view.xy) * u_view.zw;
  gl_Position = vec4(at.x, -at.y, 0, 1);
  gl_PointSize = u_side;
}`;

const POINTS_FRAGMENT = `${COMMON}
flat in vec3 v_colour;
out vec4 o_colour;
void main() {
  o_colour = vec4(v_colour, 1);
}`;

// v_at is -0.5 to 0.5 over the robot. Shapes as in shapes.js.
const ROBOTS_FRAGMENT = `${COMMON}
uniform vec3 u_states[5];
uniform vec3 u_cargo, u_halo;
uniform float u_px, u_size;
in vec2 v_at;
flat in uint v_look;
out vec4 o_colour;
float box(vec2 p, vec2 half_size, float round_by) {
  vec2 q = abs(p) - half_size + round_by;
  return length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - round_by;
}
void main() {
  float px = u_px * u_size; // pixels of the robot's side
  uint state = v_look & 255u, load = (v_look >> 8) & 255u, late = v_look >> 16;
  vec3 colour = u_states[min(state, 4u)];
  float outer = box(v_at, vec2(0.5), 0.14) * px;
  float cover = clamp(0.5 - outer, 0.0, 1.0);
  float mark = -1.0;
  if (state == 0u) mark = -box(v_at, vec2(0.31), 0.06);
  else if (state == 2u) mark = -max(abs(v_at.x) + v_at.y * 0.6 - 0.16, -v_at.y - 0.26);
  else if (state == 3u) mark = -min(box(v_at, vec2(0.28, 0.075), 0.0), box(v_at, vec2(0.075, 0.28), 0.0));
  else if (state == 4u) {
    vec2 r = vec2(v_at.x + v_at.y, v_at.x - v_at.y) * 0.7071;
    mark = -min(box(r, vec2(0.36, 0.075), 0.0), box(r, vec2(0.075, 0.36), 0.0));
  } else if (load == 0u && late > 0u) mark = -box(v_at, vec2(0.28, 0.075), 0.0);
  vec3 inner = u_halo;
  if (load > 0u && state != 4u) {
    inner = u_cargo;
    mark = load == 1u ? -box(v_at, vec2(0.24), 0.04) : load == 2u ? -box(v_at, vec2(0.38), 0.02) : -(abs(v_at.x) + abs(v_at.y) - 0.32);
  }
  float inside = clamp(mark * px + 0.5, 0.0, 1.0);
  o_colour = vec4(mix(colour, inner, inside), 1) * cover;
}`;

function compile(gl, kind, source) {
  const shader = gl.createShader(kind);
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader) || 'a shader that does not compile');
  return shader;
}

function link(gl, vertex, fragment) {
  const program = gl.createProgram();
  gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, vertex));
  gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, fragment));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) || 'a program that does not link');
  const at = {};
  const count = gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS);
  for (let i = 0; i < count; i++) {
    const { name } = gl.getActiveUniform(program, i);
    at[name.replace('[0]', '')] = gl.getUniformLocation(program, name);
  }
  return { program, at };
}

function texture(gl, filter_min, filter_mag) {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  for (const [name, value] of [[gl.TEXTURE_MIN_FILTER, filter_min], [gl.TEXTURE_MAG_FILTER, filter_mag], [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE]])
    gl.texParameteri(gl.TEXTURE_2D, name, value);
  return made;
}

function isSoftware(gl) {
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return info !== null && /swiftshader|llvmpipe|softpipe|software|basic render/i.test(gl.getParameter(info.UNMASKED_RENDERER_WEBGL));
}

// Throws where there is no WebGL2, or only one without a graphics card, to which the plain canvas is
// several times as quick (bench/web); forced: takes that one too.
export function createGroundGl(canvas, forced = false) {
  const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false, stencil: false, failIfMajorPerformanceCaveat: !forced });
  if (!gl) throw new Error('no WebGL2 here');
  if (!forced && isSoftware(gl)) throw new Error('WebGL2 without a graphics card');
  const cells_program = link(gl, CELLS_VERTEX, CELLS_FRAGMENT);
  const tiles_program = link(gl, CELLS_VERTEX, TILES_FRAGMENT);
  const robots_program = link(gl, ROBOTS_VERTEX, ROBOTS_FRAGMENT);
  const points_program = link(gl, POINTS_VERTEX, POINTS_FRAGMENT);
  const empty = gl.createVertexArray();
  const lines = gl.createBuffer();
  const looks = gl.createBuffer();
  const tiles = texture(gl, gl.NEAREST, gl.NEAREST);
  let parts = [];
  let palette = null;
  let uploaded = -1;
  let room = 0;
  let tiles_of = null;

  // The two buffers as attributes, one item an instance or a vertex.
  function attributes(divisor) {
    const made = gl.createVertexArray();
    gl.bindVertexArray(made);
    gl.bindBuffer(gl.ARRAY_BUFFER, lines);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 4, gl.FLOAT, false, 16, 0);
    gl.vertexAttribDivisor(0, divisor);
    gl.bindBuffer(gl.ARRAY_BUFFER, looks);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_INT, 4, 0);
    gl.vertexAttribDivisor(1, divisor);
    return made;
  }
  const robots = attributes(1);
  const points = attributes(0);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);

  function upload(motion) {
    if (uploaded === motion.changed) return;
    uploaded = motion.changed;
    gl.bindBuffer(gl.ARRAY_BUFFER, lines);
    if (motion.count > room) {
      room = motion.count * 2;
      gl.bufferData(gl.ARRAY_BUFFER, room * 16, gl.DYNAMIC_DRAW);
      gl.bindBuffer(gl.ARRAY_BUFFER, looks);
      gl.bufferData(gl.ARRAY_BUFFER, room * 4, gl.DYNAMIC_DRAW);
      gl.bindBuffer(gl.ARRAY_BUFFER, lines);
    }
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, motion.lines, 0, motion.count * 4);
    gl.bindBuffer(gl.ARRAY_BUFFER, looks);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, motion.looks, 0, motion.count);
  }

  function drawCells(view, scale) {
    const { program, at } = cells_program;
    gl.useProgram(program);
    gl.uniform4fv(at.u_view, view);
    gl.uniform1f(at.u_scale, scale);
    gl.uniform4f(at.u_grid, ...palette.grid.rgb, palette.grid.alpha * Math.max(0, Math.min(1, (scale - 8) / 8)));
    gl.bindVertexArray(empty);
    for (const part of parts) {
      gl.bindTexture(gl.TEXTURE_2D, part.texture);
      gl.uniform4f(at.u_part, part.x, part.y, part.width, part.height);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
  }

  function drawTiles(view, frame) {
    const { program, at } = tiles_program;
    gl.useProgram(program);
    gl.bindTexture(gl.TEXTURE_2D, tiles);
    if (tiles_of !== frame) {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, frame.columns, frame.rows, 0, gl.RGBA, gl.UNSIGNED_BYTE, frame.tiles);
      tiles_of = frame;
    }
    const side = frame.tile_cells;
    gl.uniform4fv(at.u_view, view);
    gl.uniform4f(at.u_part, Math.floor(frame.x0 / side) * side, Math.floor(frame.y0 / side) * side, frame.columns * side, frame.rows * side);
    gl.uniform1f(at.u_full, side * side);
    gl.uniform3fv(at.u_idle, palette.idle.rgb);
    gl.uniform3fv(at.u_busy, palette['density-busy'].rgb);
    gl.uniform3fv(at.u_broken, palette.broken.rgb);
    gl.bindVertexArray(empty);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  const statesOf = () => ['idle', 'busy', 'to-charger', 'charging', 'broken'].flatMap((name) => palette[name].rgb);

  function drawPoints(view, side, motion, part_done) {
    const { program, at } = points_program;
    gl.useProgram(program);
    gl.uniform4fv(at.u_view, view);
    gl.uniform1f(at.u_part_done, part_done);
    gl.uniform1f(at.u_side, Math.max(1, side));
    gl.uniform3fv(at.u_states, statesOf());
    gl.bindVertexArray(points);
    gl.disable(gl.BLEND);
    gl.drawArrays(gl.POINTS, 0, motion.count);
    gl.enable(gl.BLEND);
  }

  function drawRobots(view, scale, motion, part_done) {
    const size = scale < 6 ? 0.9 : 0.74;
    upload(motion);
    if (scale * size < SHAPES_FROM) {
      drawPoints(view, scale * size, motion, part_done);
      return;
    }
    const { program, at } = robots_program;
    gl.useProgram(program);
    gl.uniform4fv(at.u_view, view);
    gl.uniform1f(at.u_part_done, part_done);
    gl.uniform1f(at.u_px, scale);
    gl.uniform1f(at.u_size, size);
    gl.uniform3fv(at.u_states, statesOf());
    gl.uniform3fv(at.u_cargo, palette.cargo.rgb);
    gl.uniform3fv(at.u_halo, palette.halo.rgb);
    gl.bindVertexArray(robots);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, motion.count);
  }

  return {
    name: 'WebGL2',
    setHall(hall, cells, next_palette) {
      palette = next_palette;
      parts.forEach((part) => gl.deleteTexture(part.texture));
      parts = partsOf(hall.columns, hall.rows).map((part) => {
        const made = texture(gl, gl.LINEAR_MIPMAP_LINEAR, gl.NEAREST);
        const pixels = new Uint8Array(paintCells(cells, hall.columns, part, palette).buffer);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, part.width, part.height, 0, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
        gl.generateMipmap(gl.TEXTURE_2D);
        return { ...part, texture: made };
      });
    },
    // scene: {motion, frame}; a frame of tiles is drawn as it is, else the robots of motion.
    draw(camera, ratio, scene, part_done) {
      if (!palette) return;
      const scale = camera.scale * ratio;
      const view = new Float32Array([camera.x, camera.y, (2 * camera.scale) / camera.width, (2 * camera.scale) / camera.height]);
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(...palette.void.rgb, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
      drawCells(view, scale);
      if (scene.frame && scene.frame.type === 'tiles') drawTiles(view, scene.frame);
      else if (scene.motion.count > 0) drawRobots(view, scale, scene.motion, part_done);
    },
    // Waits until what was asked for is drawn; for measuring.
    settle() { gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4)); },
    finish() {
      const lose = gl.getExtension('WEBGL_lose_context');
      if (lose) lose.loseContext();
    },
  };
}
