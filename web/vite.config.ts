import { defineConfig } from 'vite';
import { coreFolder } from './dev/core-folder.ts';
import { docs } from './dev/docs.ts';
import { coreResults } from './dev/core-results.ts';
import { scripts } from './dev/scripts.ts';
import { serviceWorker } from './dev/service-worker.ts';

export default defineConfig({
  base: './',
  plugins: [coreFolder(), coreResults(), docs(), scripts(), serviceWorker()],
  server: { fs: { allow: ['..'] } },
  build: {
    outDir: '../build/site',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: {
      polyfill: false,
      // In another's page, embed.js leaves the head alone.
      resolveDependencies: (_, files, { hostType }) => (hostType === 'html' ? files : []),
    },
    rolldownOptions: {
      input: {
        index: 'index.html',
        'embed-page': 'embed.html',
        embed: 'src/embed/index.ts',
        frame: 'src/embed/frame.ts',
        'service-worker': 'src/service-worker.ts',
      },
      output: {
        // What the page and every figure have in common, once: apart, it would compress less well.
        codeSplitting: {
          groups: [
            {
              name: 'shared',
              test: /src\/(base\/(?!latest|format)|figures\/|embed\/attributes|chart\/(colour-)?scale\.ts|experiment\/settings|(heatmap|plane)\/view\.ts|style\/theme)/,
            },
          ],
        },
        // Other pages have these names in them.
        entryFileNames: ({ name }) =>
          /^(embed|frame|service-worker)$/.test(name) ? '[name].js' : 'assets/[name]-[hash].js',
      },
    },
  },
});
