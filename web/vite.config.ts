import { defineConfig } from 'vite';
import { coreFolder } from './dev/core-folder.ts';
import { docs } from './dev/docs.ts';

export default defineConfig(({ mode }) => ({
  base: './',
  plugins: [coreFolder({ fake: mode === 'fake' }), docs()],
  server: { fs: { allow: ['..'] } },
  build: {
    outDir: mode === 'fake' ? '../build/site-fake' : '../build/site',
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
      },
      output: {
        // Other pages have these names in them.
        entryFileNames: ({ name }) =>
          /^(embed|frame)$/.test(name) ? '[name].js' : 'assets/[name]-[hash].js',
      },
    },
  },
}));
