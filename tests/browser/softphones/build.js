/** Bundles the example page with the softphones of this folder in place of its own: `node build.js FILE`. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: [here('../../../examples/browser/page.js')],
  outfile: process.argv[2],
  bundle: true,
  alias: { axios: here('node_modules/axios') },
  logLevel: 'error',
  plugins: [
    {
      name: 'other softphones',
      setup: ({ onResolve }) => onResolve({ filter: /^\.\/media\.js$/ }, () => ({ path: here('chosen.js') })),
    },
  ],
});
