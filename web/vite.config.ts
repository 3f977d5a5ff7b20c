import { defineConfig } from 'vite';
import { coreFolder } from './dev/core-folder.ts';
import { docs } from './dev/docs.ts';
import { firstResults } from './dev/first-results.ts';

export default defineConfig(({ mode }) => ({
  base: './',
  plugins: [coreFolder({ fake: mode === 'fake' }), firstResults({ fake: mode === 'fake' }), docs()],
  server: { fs: { allow: ['..'] } },
  build: {
    outDir: mode === 'fake' ? '../build/site-fake' : '../build/site',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
  },
}));
