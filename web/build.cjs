// usage: node build.cjs OUTPUT.c DEPFILE CACHE   (CACHE/node_modules: see build.sh)
//
// Bundles and minifies the dashboard with esbuild and writes its files as C (edge/http/web_files.h).
// Scripts and styles are named by a hash of what they hold, so a browser may keep them for ever;
// index.html names them. Nothing in the output depends on when or where it was made.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');
const { createRequire } = require('module');

const [, , output, depfile, cache] = process.argv;
const esbuild = createRequire(path.join(cache, 'index.js'))('esbuild');

const TYPES = {
    '.html': 'text/html; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.svg': 'image/svg+xml',
};

function hashOf(data) {
    return crypto.createHash('sha256').update(data).digest('hex').slice(0, 16);
}

async function bundle() {
    const result = await esbuild.build({
        absWorkingDir: __dirname,
        entryPoints: ['src/main.js', 'src/theme.js', 'style.css'],
        outdir: 'assets',
        entryNames: '[name]-[hash]',
        bundle: true,
        minify: true,
        write: false,
        metafile: true,
        format: 'iife',
        target: 'es2020',
        charset: 'utf8',
        legalComments: 'inline',
        nodePaths: [path.join(cache, 'node_modules')],
        logLevel: 'warning',
    });
    return {
        inputs: Object.keys(result.metafile.inputs).map((name) => path.resolve(__dirname, name)),
        files: result.outputFiles.map((file) => ({
            name: `/assets/${path.basename(file.path)}`,
            data: Buffer.from(file.contents),
        })),
    };
}

// The page, with the names of what it loads in place of what they were made from.
function page(files) {
    const source = fs.readFileSync(path.join(__dirname, 'index.html'), 'utf8');
    return source.replace(/"(?:src\/)?([a-z]+)\.(js|css)"/g, (all, name, ext) => {
        const made = files.find((file) => new RegExp(`/${name}-[^/]*\\.${ext}$`).test(file.name));
        if (!made) throw new Error(`index.html names ${all}, which is not made`);
        return `"${made.name}"`;
    });
}

function bytesAsC(name, data) {
    const lines = [];
    for (let at = 0; at < data.length; at += 24)
        lines.push(`${data.subarray(at, at + 24).join(',')},`);
    return `static const uint8_t ${name}[] = {\n${lines.join('\n')}\n};\n`;
}

function fileAsC(file, i) {
    const gzip = zlib.gzipSync(file.data, { level: 9 });
    const packed = gzip.length < file.data.length ? gzip : null;
    const bytes = bytesAsC(`plain_${i}`, file.data) + (packed ? bytesAsC(`gzip_${i}`, packed) : '');
    const row = [
        `.path = "${file.name}"`,
        `.content_type = "${TYPES[path.extname(file.name)]}"`,
        `.etag = "W/\\"${hashOf(file.data)}\\""`,
        `.plain = plain_${i}, .plain_length = ${file.data.length}`,
        packed ? `.gzip = gzip_${i}, .gzip_length = ${packed.length}` : '.gzip = NULL',
        `.immutable = ${file.name.startsWith('/assets/')}`,
    ];
    return { bytes, row: `    {${row.join(',\n     ')}},\n` };
}

async function main() {
    const { inputs, files } = await bundle();
    files.push({ name: '/index.html', data: Buffer.from(page(files)) });
    files.push({
        name: '/favicon.svg',
        data: fs.readFileSync(path.join(__dirname, 'favicon.svg')),
    });
    const parts = files.map(fileAsC);
    fs.writeFileSync(
        output,
        [
            '/* Made by web/build.cjs. */\n#include "edge/http/web_files.h"\n',
            ...parts.map((part) => part.bytes),
            'const struct web_file web_files[] = {\n',
            ...parts.map((part) => part.row),
            '};\n',
            `const size_t web_file_count = ${files.length};\n`,
            'const char *const web_missing = NULL;\n',
        ].join(''),
    );
    const own = ['build.sh', 'build.cjs', 'index.html', 'favicon.svg', 'package-lock.json'];
    const made = [...inputs, ...own.map((name) => path.join(__dirname, name))];
    fs.writeFileSync(
        depfile,
        `${output}: ${made.map((name) => name.replace(/ /g, '\\ ')).join(' ')}\n`,
    );
}

main().catch((error) => {
    if (!error.errors) console.error(error);
    process.exitCode = 1;
});
