// What is in plotly.js.gz: `npm install && npm run build` here makes it anew.
const { environmentPlugin } = require("esbuild-plugin-environment");
const { glsl } = require("esbuild-plugin-glsl");
const { gzipSync } = require("node:zlib");
const { writeFileSync } = require("node:fs");
const inlineCss = require("esbuild-plugin-inline-css");

require("esbuild").build({
  entryPoints: ["plotly.js"],
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  globalName: "Plotly",
  target: "es2022",
  plugins: [inlineCss(), glsl({ minify: true }), environmentPlugin({ NODE_DEBUG: false })],
  alias: { regl: "@plotly/regl", stream: "stream-browserify" },
  define: { global: "window", "define.amd": "false" },
}).then(({ outputFiles }) => writeFileSync("plotly.js.gz", gzipSync(outputFiles[0].contents, { level: 9 })));
